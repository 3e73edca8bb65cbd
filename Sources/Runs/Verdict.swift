/// What a check came to.
public enum Verdict: String, Sendable {
  /// Nothing speaks against it.
  case ok

  /// Look at it.
  case warn

  /// It should not be done.
  case fail
}
