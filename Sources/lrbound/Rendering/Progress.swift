import Glibc
import Support
import Synchronization

/// Word of long work, on stderr.
enum Progress {
  /// Says that a search is going to take over a second; a pass takes about 1.5 ns a step.
  static func announcePasses(_ passes: Int, steps: Int) {
    guard Double(passes) * Double(steps) > 1e9 else { return }
    printError("about \(passes) passes over \(grouped(steps)) steps; Ctrl-C stops")
  }
}

/// A line on stderr that is written over as work goes on; off a terminal, lines that grow rarer.
final class ProgressLine: Sendable {
  private let isWanted: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = ContinuousClock.now

  /// When the next line is due off a terminal: quick work says nothing.
  private let due = Mutex(Duration.seconds(30))

  /// A line, shown where it is wanted.
  init(isWanted: Bool) { self.isWanted = isWanted }

  /// Replaces the line.
  func show(_ text: String) {
    guard isWanted else { return }
    if isTerminal { return writeError("\r\u{1B}[K\(text)") }
    let elapsed = ContinuousClock.now - start
    let isDue = due.withLock { due in
      guard elapsed >= due else { return false }
      due = elapsed * 2
      return true
    }
    if isDue { printError(text) }
  }

  /// Clears the line.
  func end() {
    if isWanted, isTerminal { writeError("\r\u{1B}[K") }
  }
}
