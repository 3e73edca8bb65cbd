import Glibc
import Support

/// Writes to standard output, and says so where that fails: a full disk must not pass for an answer.
enum StandardOutput {
  /// Writes a text as it stands.
  static func write(_ text: String) throws(InputError) {
    let code = writeWhole(text, to: STDOUT_FILENO)
    guard code == 0 else {
      throw InputError(
        path: "standard output", problem: String(cString: strerror(code)),
        hint: "free space or write elsewhere")
    }
  }

  /// Writes a text whose numbers must be finite.
  static func writeFinite(_ text: String) throws(InputError) {
    try InputError.requireFinite(text)
    try write(text)
  }

  /// Writes a line.
  static func writeLine(_ line: String) throws(InputError) { try write(line + "\n") }
}

/// Writes one line to stderr.
func printError(_ line: String) { writeError("lrbound: \(line)\n") }

/// Writes to stderr.
func writeError(_ text: String) { _ = writeWhole(text, to: STDERR_FILENO) }
