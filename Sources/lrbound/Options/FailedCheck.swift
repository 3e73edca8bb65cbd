/// A check that said no, exit code 1: its report has been printed.
struct FailedCheck: Error {
  /// What to say on stderr besides; nil where the report has said it.
  var reason: String?
}
