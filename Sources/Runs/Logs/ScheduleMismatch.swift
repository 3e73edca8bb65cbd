import Schedules
import Support

/// The first place at which the learning rates of a log are not those of a schedule.
public struct ScheduleMismatch: Error, Equatable, Sendable, CustomStringConvertible {
  /// The log's path.
  public let path: String

  /// The step of the log.
  public let step: Int

  /// The learning rate that the schedule has there; nil beyond its end.
  public let expected: Double?

  /// The learning rate that was logged.
  public let found: Double

  /// The mismatch as one line.
  public var description: String {
    let wanted = expected.map { "the schedule has \($0)" } ?? "the schedule has ended"
    return
      "\(shownPath(path)): at step \(step) the learning rate is \(found), but \(wanted); give this run's schedule, steps and base learning rate"
  }
}
