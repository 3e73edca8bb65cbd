import Schedules
import Support

/// Whether the learning rates of a log are those of a plan, as far as the log goes.
///
/// A record agrees where ``RunLog/aligned(with:baseLearningRate:timing:comparesWarmup:)`` says so: within 0.1 % of the
/// peak (2 % during the warmup) of what the plan has from a step before to a step after, whichever step
/// the log means. Steps between two records are not seen.
public struct PlanCheck: Sendable {
  /// The first record that differs; nil where none does.
  public let mismatch: ScheduleMismatch?

  /// How many records agree before the first that differs; all where none does.
  public let agreeing: Int

  /// The first and the last step with a learning rate.
  public let steps: ClosedRange<Int>

  /// The most steps from one record to the next; 0 with one record.
  public let widestGap: Int

  /// Which step a logged learning rate belongs to; nil where nothing tells.
  public let timing: LearningRateTiming?

  /// The base learning rate with which the same schedule would agree throughout, where the planned one
  /// does not; nil where there is none.
  public let matchingBaseLearningRate: Double?

  /// T of the plan.
  public let plannedSteps: Int

  /// The median of the steps from one record to the next; 1 with one record.
  private let usualGap: Int

  /// Fails where a record differs.
  public var verdict: Verdict { mismatch == nil ? .ok : .fail }

  /// Whether the log ends before the plan does, by more than its records are apart.
  public var isUnfinished: Bool { plannedSteps - steps.upperBound > usualGap }

  /// Whether the log begins later than its records are apart, as that of a run that branched off does.
  public var beginsLate: Bool { steps.lowerBound - 1 > usualGap }

  /// Whether records are missing in between: some are four times as far apart as usual.
  public var hasHole: Bool { widestGap > 4 * usualGap }

  /// Compares a log with a plan.
  ///
  /// - Parameters:
  ///   - log: with learning rates.
  ///   - schedule: the plan's multipliers.
  ///   - baseLearningRate: γ.
  ///   - timing: which step a logged learning rate belongs to; nil to find out.
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
    let gaps = zip(rates.steps, rates.steps.dropFirst()).map { $1 - $0 }.sorted()
    widestGap = gaps.last ?? 0
    usualGap = gaps.isEmpty ? 1 : gaps[gaps.count / 2]
    plannedSteps = schedule.steps
    do {
      let aligned = try log.aligned(
        with: schedule, baseLearningRate: baseLearningRate, timing: timing)
      mismatch = nil
      agreeing = rates.steps.count
      self.timing = aligned.learningRateTiming
      matchingBaseLearningRate = nil
    } catch {
      mismatch = error
      agreeing = rates.steps.firstIndex(of: error.step) ?? 0
      self.timing = timing ?? log.learningRateTiming
      matchingBaseLearningRate = log.matchingBaseLearningRate(for: schedule, timing: timing)
    }
  }
}

extension RunLog {
  /// The base learning rate with which a schedule agrees throughout: the one that its highest multiplier
  /// at a record asks for.
  func matchingBaseLearningRate(
    for schedule: Schedule, timing: LearningRateTiming?, comparesWarmup: Bool = true
  ) -> Double? {
    guard let rates = learningRate else { return nil }
    var highest = (multiplier: 0.0, rate: 0.0)
    // Where the timing is not known, a step more or less matters little at the highest multiplier.
    let timing = timing ?? learningRateTiming
    for (step, rate) in zip(rates.steps, rates.values) {
      let index = (timing ?? .applied).index(at: step)
      guard index >= 0, index < schedule.steps else { continue }
      let multiplier = schedule.multipliers(in: index..<index + 1)[0]
      if multiplier > highest.multiplier { highest = (multiplier, rate) }
    }
    let found = highest.rate / highest.multiplier
    guard found.isFinite, found > 0,
      (try? aligned(
        with: schedule, baseLearningRate: found, timing: timing, comparesWarmup: comparesWarmup))
        != nil
    else { return nil }
    return found
  }
}
