/// A likely mistake in a schedule, or something worth knowing about it.
public struct ScheduleFinding: Equatable, Sendable {
  /// How serious a finding is.
  public enum Severity: String, CaseIterable, Sendable {
    /// Worth knowing.
    case information = "info"

    /// Probably not intended.
    case warning

    /// Certainly not intended.
    case error
  }

  /// A stable code in kebab case.
  public let code: String

  /// How serious it is.
  public let severity: Severity

  /// One sentence.
  public let message: String

  /// Creates a finding.
  public init(code: String, severity: Severity, message: String) {
    self.code = code
    self.severity = severity
    self.message = message
  }
}
