import Support

/// Why a schedule could not be understood or realised, in one line: what was given, where, what is
/// wrong with it, and what to write instead.
public struct ScheduleError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The schedule as it was given, made safe to print on one line and cut at 60 characters.
  public let input: String

  /// The 1-based character of the input at which the trouble starts, where there is one.
  public let position: Int?

  /// What is wrong.
  public let problem: String

  /// What to do about it.
  public let hint: String

  /// An error about `input`.
  ///
  /// - Parameters:
  ///   - input: the schedule as given.
  ///   - position: the 1-based character where the trouble starts.
  ///   - problem: what is wrong.
  ///   - hint: what to do about it.
  public init(input: String, position: Int? = nil, problem: String, hint: String) {
    self.input = printable(input)
    self.position = position
    self.problem = problem
    self.hint = hint
  }

  /// The error as one line.
  public var description: String {
    let place = position.map { ", character \($0)" } ?? ""
    return "schedule '\(input)'\(place): \(problem); \(hint)"
  }
}
