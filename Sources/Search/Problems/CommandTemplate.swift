import Schedules
import Support

/// A shell command with places for what differs from trial to trial, such as
/// `python train.py --lr {base_lr} --schedule {schedule_file} --seed {seed}`.
public struct CommandTemplate: Equatable, Sendable {
  /// What stands in braces.
  public enum Placeholder: String, CaseIterable, Sendable {
    /// γ, which multiplies the schedule.
    case baseLearningRate = "base_lr"

    /// A CSV file with the columns step, multiplier and lr, one row a step.
    case scheduleFile = "schedule_file"

    /// The trial's own folder, where the command writes `result.json`; the schedule file lies there too.
    case trialFolder = "trial_dir"

    /// What makes the trial's random numbers.
    case seed
  }

  /// The template.
  public let text: String

  /// Reads a template.
  ///
  /// - Parameter text: one line for bash, with `{base_lr}` and `{schedule_file}`, and `{trial_dir}` and
  ///   `{seed}` as wanted. Other braces are the shell's.
  /// - Throws: ``WorkloadError`` where a placeholder is missing or misspelt, or the text has line breaks.
  /// - Complexity: O(length).
  public init(_ text: String) throws(WorkloadError) {
    let shown = "the command '\(printable(text))'"
    guard !text.contains(where: { $0.isNewline || $0 == "\0" }) else {
      throw WorkloadError(description: "\(shown) is longer than a line; put it into a script")
    }
    let known = Placeholder.allCases.map(\.rawValue)
    for name in Self.names(in: text) where !known.contains(name) {
      guard let guess = nearestSpelling(to: name, among: known) else { continue }
      throw WorkloadError(
        description: "\(shown) has no use for {\(printable(name))}; did you mean {\(guess)}?")
    }
    let needed: [Placeholder] = [.baseLearningRate, .scheduleFile]
    let missing = needed.map { "{\($0.rawValue)}" }.filter { !text.contains($0) }
    guard missing.isEmpty else {
      throw WorkloadError(
        description:
          "\(shown) lacks \(missing.joined(separator: " and ")); lrbound puts the learning rate and the schedule there"
      )
    }
    self.text = text
  }

  /// Whether the template has a placeholder.
  ///
  /// - Parameter placeholder: the placeholder.
  /// - Returns: whether it is there.
  /// - Complexity: O(length).
  public func uses(_ placeholder: Placeholder) -> Bool {
    text.contains("{\(placeholder.rawValue)}")
  }

  /// The command with values in its places, quoted for the shell where they need it.
  ///
  /// - Parameter value: what goes into a place.
  /// - Returns: one line for bash.
  /// - Complexity: O(length).
  func filled(_ value: (Placeholder) -> String) -> String {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[open...]
      let place = Placeholder.allCases.first { rest.hasPrefix("{\($0.rawValue)}") }
      if let place {
        result += shellQuoted(value(place))
        rest = rest.dropFirst(place.rawValue.count + 2)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result + rest
  }

  /// The words in braces that could be placeholders: letters, `_` and `-`, no `$` before them.
  private static func names(in text: String) -> [String] {
    var names: [String] = []
    var rest = text[...]
    var previous: Character = " "
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { previous = rest[rest.index(before: open)] }
      rest = rest[rest.index(after: open)...]
      let name = rest.prefix { $0.isLetter || $0 == "_" || $0 == "-" }
      if previous != "$", rest.dropFirst(name.count).first == "}" { names.append(String(name)) }
      previous = "{"
    }
    return names
  }
}

/// A word as the shell takes it: in single quotes unless it is made of harmless characters.
func shellQuoted(_ word: String) -> String {
  let isPlain = word.allSatisfy { character in
    guard character.isASCII else { return false }
    return character.isLetter || character.isNumber || "/._-+=:,@".contains(character)
  }
  if isPlain, !word.isEmpty { return word }
  return "'"
    + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    + "'"
}
