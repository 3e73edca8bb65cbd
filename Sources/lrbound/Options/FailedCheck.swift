/// A check that said no: its report has been printed, exit code 1 is left to set.
struct FailedCheck: Error {}
