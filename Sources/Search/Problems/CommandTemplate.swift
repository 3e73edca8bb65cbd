import Support

/// A shell command with placeholders, such as `python train.py --lr {base_lr} --schedule {schedule_file} --seed
/// {seed}`.
public struct CommandTemplate: Equatable, Sendable {
  /// A word in braces, replaced for each trial.
  public enum Placeholder: String, CaseIterable, Sendable {
    /// γ, which multiplies the schedule.
    case baseLearningRate = "base_lr"

    /// A CSV file with the columns step, multiplier and lr, one row per step.
    case scheduleFile = "schedule_file"

    /// The trial's folder, which holds the schedule file and receives `result.json`.
    case trialFolder = "trial_dir"

    /// The seed of the trial's random numbers.
    case seed
  }

  private enum Piece: Equatable {
    case text(String)
    case value(Placeholder)
  }

  /// The template as written.
  public let text: String

  private let pieces: [Piece]

  /// Parses one line for bash, which must contain `{base_lr}` and `{schedule_file}`; unknown braces are left to
  /// the shell.
  ///
  /// Throws `InputError` if a placeholder is missing or misspelt, or the text has line breaks.
  public init(_ text: String) throws(InputError) {
    let shown = "the command '\(printable(text))'"
    guard !text.contains(where: { $0.isNewline || $0 == "\0" }) else {
      throw InputError(problem: "\(shown) contains a line break", hint: "put it into a script")
    }
    var pieces: [Piece] = []
    var plain = ""
    var rest = text[...]
    while let character = rest.first {
      if let place = Placeholder.allCases.first(where: { rest.hasPrefix("{\($0.rawValue)}") }) {
        pieces += [.text(plain), .value(place)]
        plain = ""
        rest = rest.dropFirst(place.rawValue.count + 2)
        continue
      }
      if character == "{", plain.last != "$", let guess = Self.misspelt(rest.dropFirst()) {
        throw InputError(
          problem: "\(shown) has an unknown placeholder {\(printable(guess.name))}",
          hint: "did you mean {\(guess.meant)}?")
      }
      plain.append(character)
      rest.removeFirst()
    }
    self.text = text
    self.pieces = pieces + [.text(plain)]
    let needed: [Placeholder] = [.baseLearningRate, .scheduleFile]
    let missing = needed.filter { !uses($0) }.map { "{\($0.rawValue)}" }
    guard missing.isEmpty else {
      throw InputError(
        problem: "\(shown) lacks \(missing.joined(separator: " and "))",
        hint: "lrbound puts the learning rate and the schedule there")
    }
  }

  /// Returns whether the template uses a placeholder.
  public func uses(_ placeholder: Placeholder) -> Bool { pieces.contains(.value(placeholder)) }

  /// The command with its placeholders replaced by shell-quoted values.
  func filled(_ value: (Placeholder) -> String) -> String {
    pieces.reduce(into: "") { command, piece in
      switch piece {
      case .text(let text): command += text
      case .value(let placeholder): command += shellQuoted(value(placeholder))
      }
    }
  }

  private static func misspelt(_ rest: Substring) -> (name: String, meant: String)? {
    let name = rest.prefix { $0.isLetter || $0 == "_" || $0 == "-" }
    guard rest.dropFirst(name.count).first == "}" else { return nil }
    return nearestSpelling(to: String(name), among: Placeholder.allCases.map(\.rawValue))
      .map { (String(name), $0) }
  }
}

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
