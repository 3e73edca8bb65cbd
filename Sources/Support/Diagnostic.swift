/// Something a user should know about an answer: a short code for scripts and a sentence for people.
public struct Diagnostic: Codable, Equatable, Sendable {
  /// A stable code in kebab case.
  public let code: String

  /// One sentence.
  public let message: String

  /// Creates a diagnostic.
  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}
