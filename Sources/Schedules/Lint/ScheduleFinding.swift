/// Something that looks wrong with a schedule, or that its reader should know.
public struct ScheduleFinding: Equatable, Sendable {
  /// How bad it is.
  public enum Severity: String, CaseIterable, Sendable {
    /// Worth knowing.
    case information = "info"

    /// Probably not what was meant.
    case warning

    /// Certainly not what was meant.
    case error
  }

  /// A stable code in kebab case.
  public let code: String

  /// How bad it is.
  public let severity: Severity

  /// One sentence.
  public let message: String

  /// A finding with a stable code and one sentence.
  public init(code: String, severity: Severity, message: String) {
    self.code = code
    self.severity = severity
    self.message = message
  }
}
