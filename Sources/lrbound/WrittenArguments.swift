import ArgumentParser
import Support

/// The options and other arguments of a command line, as they were written.
struct WrittenArguments {
  /// The options that take a value, such as `--steps`, with their values, in order.
  private(set) var options: [(name: String, value: String)] = []

  /// What belongs to no option.
  private(set) var others: [String] = []

  /// Takes apart arguments that a command has accepted.
  ///
  /// - Parameters:
  ///   - arguments: those of the process.
  ///   - command: the command that was parsed from them.
  /// - Throws: `InputError` where an option that has one value was given two.
  init(_ arguments: [String], of command: any ParsableCommand) throws(InputError) {
    var takesMany: [String: Bool] = [:]
    Self.collectOptions(of: command, depth: 0, into: &takesMany)
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        others += rest
        break
      }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts.first ?? "")
      guard let many = takesMany[name] else {
        others.append(argument)
        continue
      }
      let value = parts.count > 1 ? String(parts[1]) : rest.popFirst() ?? ""
      if !many, options.contains(where: { $0.name == name }) {
        throw InputError.usage("\(name) is given twice", "give it once")
      }
      options.append((name, value))
    }
  }

  /// The names of all options that take a value, and whether they may be repeated.
  ///
  /// The parser has no list of them; they are the wrapped properties of the command and its option groups.
  private static func collectOptions(
    of value: Any, depth: Int, into found: inout [String: Bool]
  ) {
    guard depth < 12 else { return }
    for child in Mirror(reflecting: value).children {
      let type = String(describing: type(of: child.value))
      guard let label = child.label, label.hasPrefix("_"), type.hasPrefix("Option<") else {
        if !type.hasPrefix("Argument<"), !type.hasPrefix("Flag<") {
          collectOptions(of: child.value, depth: depth + 1, into: &found)
        }
        continue
      }
      var name = "--"
      for character in label.dropFirst() {
        name += character.isUppercase ? "-" + character.lowercased() : String(character)
      }
      found[name] = type.hasPrefix("Option<Array<")
    }
  }
}
