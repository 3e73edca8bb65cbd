import Glibc

/// Word of long work, on stderr.
enum Progress {
  /// Says that a search is going to take over a second; a pass takes about 1.5 ns a step.
  static func announcePasses(_ passes: Int, steps: Int) {
    guard Double(passes) * Double(steps) > 1e9 else { return }
    printError("about \(passes) passes over \(grouped(steps)) steps; Ctrl-C stops")
  }
}

/// A line on stderr that is written over as work goes on; nothing off a terminal.
struct ProgressLine {
  private let isShown: Bool

  /// A line, shown where it is wanted and stderr is a terminal.
  init(isWanted: Bool) { isShown = isWanted && isatty(STDERR_FILENO) == 1 }

  /// Replaces the line.
  func show(_ text: String) {
    if isShown { writeError("\r\u{1B}[K\(text)") }
  }

  /// Clears the line.
  func end() {
    if isShown { writeError("\r\u{1B}[K") }
  }
}
