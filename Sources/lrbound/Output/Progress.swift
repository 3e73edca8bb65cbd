/// Word of long work, on stderr.
enum Progress {
  /// Says that a search is going to take over a second; a pass takes about 1.5 ns a step.
  static func announcePasses(_ passes: Int, steps: Int) {
    guard Double(passes) * Double(steps) > 1e9 else { return }
    printError("about \(passes) passes over \(grouped(steps)) steps; Ctrl-C stops")
  }
}
