/// Something that a user should know about an answer: a short code for scripts, a sentence for people.
public struct Diagnostic: Equatable, Sendable {
  /// A stable code in kebab case.
  public let code: String

  /// One sentence.
  public let message: String

  /// A diagnostic.
  ///
  /// - Parameters:
  ///   - code: a stable code in kebab case.
  ///   - message: one sentence.
  public init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}
