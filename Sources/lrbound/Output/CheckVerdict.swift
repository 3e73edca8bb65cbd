/// What a check came to.
enum CheckVerdict: String {
  /// Nothing speaks against it.
  case ok

  /// Look at it.
  case warn

  /// It should not be done; the exit code is 1.
  case fail
}

/// A check that said no: its report is printed, exit code 1 is left to set.
struct FailedCheck: Error {}
