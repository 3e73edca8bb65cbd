import Support

/// Why a schedule of another library could not be read, in one line.
public struct DialectError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The dialect and the scheduler's name, as far as known.
  public let subject: String

  /// The parameter at fault, where there is one.
  public let key: String?

  /// What is wrong.
  public let problem: String

  /// What to do about it.
  public let hint: String

  init(_ subject: String, key: String? = nil, problem: String, hint: String) {
    self.subject = printable(subject, most: 100)
    self.key = key.map { printable($0) }
    self.problem = problem
    self.hint = hint
  }

  /// The error as one line.
  public var description: String {
    let place = key.map { ", \($0)" } ?? ""
    return "\(subject)\(place): \(problem); \(hint)"
  }
}
