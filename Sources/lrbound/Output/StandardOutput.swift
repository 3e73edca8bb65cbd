import Glibc
import Support

/// Writes to standard output, and says so where that fails: a full disk must not pass for an answer.
enum StandardOutput {
  /// The output cannot be written; exit code 3.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Writes a text.
  static func write(_ text: String) throws(Failure) {
    let code = writeWhole(text, to: STDOUT_FILENO)
    guard code == 0 else {
      throw Failure(
        description:
          "standard output: \(String(cString: strerror(code))); free space or write elsewhere")
    }
  }

  /// Writes a part of a long table, which must hold finite numbers alone.
  static func writeTable(_ piece: String) throws {
    try FiniteNumbers.check(piece)
    try write(piece)
  }

  /// Writes a line.
  static func writeLine(_ line: String) throws(Failure) { try write(line + "\n") }
}
