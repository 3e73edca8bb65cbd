import FoundationEssentials
import Glibc
import Schedules

/// A schedule as a CSV table, one row a step.
///
/// Its columns are `step`, `multiplier`, and `lr` where the base learning rate is known;
/// ``Schedule/init(contentsOf:)`` reads it back.
public struct ScheduleTable: Sendable {
  /// The schedule.
  public let schedule: Schedule

  /// γ, for the column `lr`; nil to leave it out.
  public let baseLearningRate: Double?

  /// The table of a schedule.
  ///
  /// - Parameters:
  ///   - schedule: any schedule.
  ///   - baseLearningRate: γ as the trainer takes it; nil for multipliers alone.
  public init(of schedule: Schedule, baseLearningRate: Double?) {
    self.schedule = schedule
    self.baseLearningRate = baseLearningRate
  }

  /// Calls `body` with one piece of the text after another, the header first; blocks of rows, so that
  /// any length takes little memory.
  ///
  /// - Complexity: O(T) time, O(1) memory.
  public func forEachPiece<Failure: Error>(_ body: (String) throws(Failure) -> Void)
    throws(Failure)
  {
    try body(baseLearningRate == nil ? "step,multiplier\n" : "step,multiplier,lr\n")
    var start = 0
    while start < schedule.steps {
      let end = min(schedule.steps, start + 65_536)
      var block = ""
      for (offset, multiplier) in schedule.multipliers(in: start..<end).enumerated() {
        block += "\(start + offset + 1),\(multiplier)"
        if let baseLearningRate { block += ",\(multiplier * baseLearningRate)" }
        block += "\n"
      }
      try body(block)
      start = end
    }
  }

  /// Writes the table to a file, which is replaced only when all of it has been written.
  ///
  /// - Parameter path: the file.
  /// - Throws: ``InputError`` with what the system says; a file that was there is then untouched.
  /// - Complexity: O(T) time.
  public func write(to path: String) throws(InputError) {
    func failure() -> InputError {
      InputError(
        path: path, problem: "cannot be written (\(String(cString: strerror(errno))))",
        remedy: "check the folder and the space, or write elsewhere")
    }
    // Through links to the file itself; what is not a plain file (a pipe, a device) is written to.
    let target = realpath(path, nil).map { resolved in
      defer { free(resolved) }
      return String(cString: resolved)
    }
    var status = stat()
    let exists = stat(path, &status) == 0
    let isPlain = !exists || status.st_mode & S_IFMT == S_IFREG
    let final = target ?? path
    let draft = isPlain ? "\(final).\(getpid()).draft" : final
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure() }
    if exists, isPlain { fchmod(file, status.st_mode & 0o7777) }
    do {
      try forEachPiece { (piece: String) throws(InputError) in
        var text = piece
        let isWritten = text.withUTF8 { bytes in
          var done = 0
          while done < bytes.count, let base = bytes.baseAddress {
            let count = Glibc.write(file, base + done, bytes.count - done)
            if count < 0 {
              if errno == EINTR { continue }
              return false
            }
            done += count
          }
          return true
        }
        guard isWritten else { throw failure() }
      }
    } catch {
      close(file)
      if isPlain { unlink(draft) }
      throw error
    }
    guard close(file) == 0, !isPlain || rename(draft, final) == 0 else {
      let error = failure()
      if isPlain { unlink(draft) }
      throw error
    }
  }
}
