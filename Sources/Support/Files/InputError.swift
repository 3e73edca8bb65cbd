/// Why a file cannot be used, in one line: which file and line, what is wrong, what to do instead.
public struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path as given; `-` is standard input.
  public let path: String

  /// The 1-based line at fault, where there is one.
  public let line: Int?

  /// What is wrong.
  public let problem: String

  /// What to do about it.
  public let remedy: String

  /// An error about a file.
  ///
  /// - Parameters:
  ///   - path: the path as given.
  ///   - line: the 1-based line at fault.
  ///   - problem: what is wrong.
  ///   - remedy: what to do about it.
  public init(path: String, line: Int? = nil, problem: String, remedy: String) {
    self.path = path
    self.line = line
    self.problem = problem
    self.remedy = remedy
  }

  /// The error as one line.
  public var description: String {
    let place = line.map { ", line \($0)" } ?? ""
    return "\(shownPath(path))\(place): \(problem); \(remedy)"
  }
}
