import Schedules

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

/// A path for a message: in single quotes, as a shell takes it, where it has blanks or the like.
///
/// - Parameter path: the path as given; `-` is standard input.
/// - Returns: the path in one line.
package func shownPath(_ path: String) -> String {
  if path == "-" { return "standard input" }
  let text = printable(path, most: 1000)
  let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "/._-+=,@%~".contains($0) }
  if isPlain, !text.isEmpty { return text }
  return "'"
    + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    + "'"
}
