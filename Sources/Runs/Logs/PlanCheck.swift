import Schedules
import Support

/// The result of a check.
public enum Verdict: String, CaseIterable, Sendable {
  /// Nothing found against it.
  case ok

  /// It needs a look.
  case warn

  /// It should not be used.
  case fail
}

/// Whether a log's learning rates follow a plan, up to the log's end.
///
/// A record agrees by the rule of ``RunLog/aligned(with:baseLearningRate:timing:comparesWarmup:)``: within
/// 0.1 % of the peak (2 % during the warmup) of the plan's rates from a step before to a step after,
/// whichever step the log means. Steps between two records are not seen.
public struct PlanCheck: Sendable {
  /// The first record that differs; nil where all agree.
  public let mismatch: ScheduleMismatch?

  /// How many records agree before the first that differs.
  public let agreeing: Int

  /// The first and the last step with a learning rate.
  public let steps: ClosedRange<Int>

  /// The most steps from one record to the next; 0 with one record.
  public let widestGap: Int

  /// Which step a logged learning rate belongs to; nil where it is unknown.
  public let timing: LearningRateTiming?

  /// The base learning rate with which the plan's schedule would agree throughout, where the planned one
  /// doesn't; nil where there is none.
  public let matchingBaseLearningRate: Double?

  /// T of the plan.
  public let plannedSteps: Int

  /// The median number of steps from one record to the next; 1 with one record.
  private let usualGap: Int

  /// Fails where a record differs.
  public var verdict: Verdict { mismatch == nil ? .ok : .fail }

  /// Whether the log ends before the plan does, by more than the usual gap.
  public var isUnfinished: Bool { plannedSteps - steps.upperBound > usualGap }

  /// Whether the log begins later than the usual gap, as the log of a branched run does.
  public var beginsLate: Bool { steps.lowerBound - 1 > usualGap }

  /// Whether records are missing: some gap is more than four times the usual one.
  public var hasHole: Bool { widestGap > 4 * usualGap }

  /// Compares a log with a plan, and detects which step a logged learning rate belongs to if it isn't given.
  ///
  /// - Throws: `InputError` for a log without a learning rate.
  /// - Complexity: O(records).
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
