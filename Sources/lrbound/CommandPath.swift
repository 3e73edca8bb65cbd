import ArgumentParser
import Schedules
import Support

/// Which command the words of a command line name, from `lrbound` down.
struct CommandPath {
  /// As a user writes it, for example `lrbound model optimal`.
  let text: String

  /// Follows the words as far as they name commands.
  ///
  /// - Parameter arguments: those of the process; after `help` every word names a command.
  /// - Throws: `InputError` for a word that should be a command and is not.
  init(_ arguments: [String]) throws {
    let asksForHelp = arguments.first == "help"
    var text = "lrbound"
    var last = LRBound.configuration
    for word in arguments.dropFirst(asksForHelp ? 1 : 0) {
      if word.hasPrefix("-") { break }
      let names = last.subcommands.compactMap { $0.configuration.commandName }
      if let index = names.firstIndex(of: word) {
        last = last.subcommands[index].configuration
        text += " " + word
      } else if asksForHelp || (!names.isEmpty && last.defaultSubcommand == nil) {
        throw Self.unknown(word, of: text, names: names)
      } else {
        break
      }
    }
    self.text = text
  }

  private static func unknown(_ word: String, of parent: String, names: [String]) -> InputError {
    guard !names.isEmpty else {
      return InputError.usage("'\(printable(word))': \(parent) has no subcommands", "leave it out")
    }
    let guess = nearestSpelling(to: word, among: names).map { "did you mean \($0)?" }
    let place = parent == "lrbound" ? "" : " of \(parent)"
    return .usage(
      "'\(printable(word))': no such command\(place)",
      guess ?? "give \(names.joined(separator: ", "))")
  }
}
