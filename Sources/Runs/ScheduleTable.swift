import Schedules
import Support

/// A schedule as a CSV table, one row a step.
///
/// Its columns are `step`, `multiplier`, and `lr` where the base learning rate is known;
/// `Schedule(contentsOf:)` reads it back.
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
  /// - Throws: `InputError` with what the system says; a file that was there is then untouched.
  /// - Complexity: O(T) time.
  public func write(to path: String) throws(InputError) {
    try replaceFile(path) { (write: (String) throws(InputError) -> Void) throws(InputError) in
      try forEachPiece(write)
    }
  }
}
