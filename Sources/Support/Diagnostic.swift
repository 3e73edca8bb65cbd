/// A caveat about an answer: a stable code for scripts and a sentence for people.
public struct Diagnostic: Codable, Equatable, Sendable {
  /// A stable kebab-case code.
  public let code: String

  /// One sentence.
  public let message: String

  /// Creates a diagnostic.
  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}
