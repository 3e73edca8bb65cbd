import Schedules
import Support

/// The outcome of a check.
public enum Verdict: String, CaseIterable, Sendable {
  /// No objections.
  case ok

  /// Worth a closer look.
  case warn

  /// Should not be used.
  case fail
}

/// A check whether a log's learning rates follow a plan, up to the log's end.
///
/// Records agree as in ``RunLog/aligned(with:baseLearningRate:timing:comparesWarmup:)``. Steps between
/// records are not checked.
public struct PlanCheck: Sendable {
  /// The first record that differs; nil if all agree.
  public let mismatch: ScheduleMismatch?

  /// The number of records that agree before the first that differs.
  public let agreeing: Int

  /// The first and last steps with a learning rate.
  public let steps: ClosedRange<Int>

  /// The largest gap between records in steps; 0 for one record.
  public let widestGap: Int

  /// Which update a logged learning rate belongs to; nil if unknown.
  public let timing: LearningRateTiming?

  /// For a mismatch, the base learning rate at which the schedule would agree, if any.
  public let matchingBaseLearningRate: Double?

  /// The plan's number of steps.
  public let plannedSteps: Int

  /// The median gap between records in steps; 1 for one record.
  private let usualGap: Int

  /// `fail` if a record differs.
  public var verdict: Verdict { mismatch == nil ? .ok : .fail }

  /// Whether the log ends before the plan by more than the usual gap.
  public var isUnfinished: Bool { plannedSteps - steps.upperBound > usualGap }

  /// Whether the log begins later than the usual gap, as after branching.
  public var beginsLate: Bool { steps.lowerBound - 1 > usualGap }

  /// Whether some gap is more than four times the usual one.
  public var hasHole: Bool { widestGap > 4 * usualGap }

  /// Compares a log with a plan; throws `InputError` for a log without learning rates.
  public init(
    of log: RunLog, schedule: Schedule, baseLearningRate: Double, timing: LearningRateTiming? = nil
  ) throws(InputError) {
    guard let rates = log.learningRate, let first = rates.steps.first, let last = rates.steps.last
    else {
      throw log.lackingLearningRate
    }
    steps = first...last
    let gaps = gaps(between: rates.steps)
    widestGap = gaps.last ?? 0
    usualGap = gaps.isEmpty ? 1 : gaps[gaps.count / 2]
    plannedSteps = schedule.steps
    let aligned: RunLog
    (aligned, mismatch) = log.alignment(
      with: schedule, baseLearningRate: baseLearningRate, timing: timing)
    if let mismatch {
      agreeing = rates.steps.firstIndex(of: mismatch.step) ?? 0
      self.timing = timing ?? log.learningRateTiming
      matchingBaseLearningRate = log.matchingBaseLearningRate(for: schedule, timing: timing)
    } else {
      agreeing = rates.steps.count
      self.timing = aligned.learningRateTiming
      matchingBaseLearningRate = nil
    }
  }
}
