/// An error in user input: what is wrong, where, why, and what to write instead.
///
/// All libraries throw this type. They name a value by what it is ("the gradient norms"), never by the
/// command-line option that carried it.
public struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of input at fault, which decides a command's exit code.
  public enum Kind: Equatable, Sendable {
    /// An invalid value, or values that do not go together.
    case value

    /// The contents of a file.
    case contents

    /// A well-formed question without a converged answer.
    case unanswerable
  }

  /// A place inside the subject.
  public enum Position: Equatable, Sendable {
    /// A 1-based line.
    case line(Int)

    /// A 1-based character.
    case character(Int)

    /// A named parameter.
    case key(String)
  }

  /// The kind of input at fault.
  public let kind: Kind

  /// What is at fault: `schedule 'wsd2x'`, the path for ``Kind/contents``, or empty if the problem names it.
  public let subject: String

  /// Where in the subject, if known.
  public let position: Position?

  /// What is wrong.
  public let problem: String

  /// What to do about it.
  public let hint: String

  /// Creates an error about a value; leave the subject empty if the problem names it.
  public init(
    _ kind: Kind = .value, _ subject: String = "", at position: Position? = nil, problem: String,
    hint: String
  ) {
    self.kind = kind
    self.subject = subject
    self.position = position
    self.problem = problem
    self.hint = hint
  }

  /// Creates an error about a file's contents; `-` is standard input, lines count from 1.
  public init(path: String, line: Int? = nil, problem: String, hint: String) {
    self.init(.contents, path, at: line.map { .line($0) }, problem: problem, hint: hint)
  }

  /// Returns the same error inside a file, with the subject as part of the problem.
  public func inside(path: String, line: Int? = nil) -> InputError {
    InputError(
      path: path, line: line, problem: subject.isEmpty ? problem : "\(subject)\(place): \(problem)",
      hint: hint)
  }

  /// The 1-based line at fault, if the position is a line.
  public var line: Int? {
    if case .line(let line) = position { return line }
    return nil
  }

  private var place: String {
    switch position {
    case .line(let line): ", line \(line)"
    case .character(let character): ", character \(character)"
    case .key(let key): ", \(key)"
    case nil: ""
    }
  }

  /// The error as one line.
  public var description: String {
    let shown = kind == .contents ? shownPath(subject) : subject
    return (shown.isEmpty ? "" : "\(shown)\(place): ") + "\(problem); \(hint)"
  }
}

/// The magnitudes of D, G and learning rates that keep every result finite in double precision.
package let usableMagnitudes = 1e-50...1e50

extension InputError {
  /// Returns an error for a number out of range: `batch 0 is out of range; give 1 to 100`.
  public static func outOfRange(
    _ name: String, _ value: Double, _ range: ClosedRange<Double>
  ) -> InputError {
    InputError(
      problem: "\(name) \(decimalText(value)) is out of range",
      hint: "give \(decimalText(range.lowerBound)) to \(decimalText(range.upperBound))")
  }

  /// Throws for a number outside its range, NaN included.
  package static func check(
    _ value: Double, in range: ClosedRange<Double> = usableMagnitudes, _ name: String
  ) throws(InputError) {
    guard range.contains(value) else { throw outOfRange(name, value, range) }
  }

  /// Throws for a run without steps or with more than a computation can handle.
  package static func check(steps: Int, most: Int) throws(InputError) {
    guard steps >= 1 else {
      throw InputError(problem: "a run has at least 1 step", hint: "give 1 or more")
    }
    guard steps <= most else {
      throw InputError(problem: "\(steps) steps are too many here", hint: "give at most \(most)")
    }
  }
}
