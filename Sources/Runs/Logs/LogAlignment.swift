import Schedules
import Support

/// Which update a logged learning rate belongs to, with updates counted from 1.
public enum LearningRateTiming: String, CaseIterable, Sendable {
  /// The record of step t holds the learning rate that update t took.
  case applied

  /// The record of step t holds the learning rate of update t + 1: many trainers step the scheduler and
  /// then log.
  case next

  /// Steps are counted from 0: the record of step t holds the learning rate that update t + 1 took, and
  /// the loss of that update.
  case appliedFromZero = "applied-from-0"

  /// The 0-based index, in the schedule, of the learning rate logged at a step.
  func index(at step: Int) -> Int { self == .applied ? step - 1 : step }
}

/// The first record of a log whose learning rate is not a schedule's.
public struct ScheduleMismatch: Equatable, Sendable {
  /// The step in the log.
  public let step: Int

  /// The schedule's learning rate there; nil beyond its end.
  public let expected: Double?

  /// The logged learning rate.
  public let found: Double
}

extension RunLog {
  /// Compares the log with the run's schedule and returns it with the learning rates that its steps took.
  ///
  /// Where the learning rates were logged a step early, the schedule's take their place. The timing is
  /// found where the schedule falls, else where it rises: trainers' warmups differ by a step. A record
  /// agrees within 0.1 % of the peak, 2 % up to the end of the warmup (some begin at a hundredth of the
  /// peak), of the schedule's rates from a step before to a step after; trainers' endpoints differ by that.
  ///
  /// - Parameters:
  ///   - schedule: the run's schedule.
  ///   - baseLearningRate: γ.
  ///   - timing: which update a record's learning rate belongs to; nil to detect it.
  ///   - comparesWarmup: whether the warmup's rates must be the schedule's; otherwise they must only not
  ///     exceed the peak, as some trainers rise along a cosine.
  /// - Returns: the log; its ``learningRateTiming`` is unchanged where the learning rate is constant.
  /// - Throws: `InputError` for the first record that disagrees.
  /// - Complexity: O(records).
  public func aligned(
    with schedule: Schedule, baseLearningRate: Double, timing: LearningRateTiming? = nil,
    comparesWarmup: Bool = true
  ) throws(InputError) -> RunLog {
    let (log, mismatch) = alignment(
      with: schedule, baseLearningRate: baseLearningRate, timing: timing,
      comparesWarmup: comparesWarmup)
    guard let mismatch else { return log }
    let wanted = mismatch.expected.map { "the schedule has \($0)" } ?? "the schedule has ended"
    throw InputError(
      path: path,
      problem: "at step \(mismatch.step) the learning rate is \(mismatch.found), but \(wanted)",
      hint: "give this run's schedule, steps and base learning rate")
  }

  /// Aligns the log with a schedule; the log is unchanged where a record disagrees.
  func alignment(
    with schedule: Schedule, baseLearningRate: Double, timing: LearningRateTiming? = nil,
    comparesWarmup: Bool = true
  ) -> (log: RunLog, mismatch: ScheduleMismatch?) {
    guard let rates = learningRate else { return (self, nil) }
    let plan = PlannedRates(schedule: schedule, baseLearningRate: baseLearningRate)
    let found = timing ?? plan.timing(of: rates) ?? learningRateTiming
    for (step, rate) in zip(rates.steps, rates.values) {
      // Some trainers log a zero after the last step.
      if step >= schedule.steps, rate == 0 { continue }
      guard step <= schedule.steps else {
        return (self, ScheduleMismatch(step: step, expected: nil, found: rate))
      }
      let index = (found ?? .applied).index(at: step)
      if !comparesWarmup, plan.isRising(index), rate <= baseLearningRate { continue }
      guard let expected = plan[index], !plan.agrees(rate, at: index) else { continue }
      return (self, ScheduleMismatch(step: step, expected: expected, found: rate))
    }
    var log = self
    log.learningRateTiming = found
    guard found == .next else { return (log, nil) }
    let steps = rates.steps.filter { plan[$0 - 1] != nil }
    let taken = LogSeries(steps: steps, values: steps.compactMap { plan[$0 - 1] })
    log.series[.learningRate] = steps.isEmpty ? nil : taken
    log.noteMovedRates(rates.steps.count)
    return (log, nil)
  }

  /// Returns the log with its learning rates at the steps that took them, given their timing.
  ///
  /// For ``LearningRateTiming/next`` the rate at step t moves to step t + 1.
  ///
  /// - Throws: `InputError` where it has no learning rate.
  /// - Complexity: O(records).
  public func timed(_ timing: LearningRateTiming) throws(InputError) -> RunLog {
    guard let rates = learningRate else { throw lackingLearningRate }
    var log = self
    log.learningRateTiming = timing
    guard timing == .next else { return log }
    log.series[.learningRate] = LogSeries(steps: rates.steps.map { $0 + 1 }, values: rates.values)
    log.noteMovedRates(rates.steps.count)
    return log
  }

  /// The base learning rate with which a schedule agrees throughout; nil where there is none.
  ///
  /// It is the one that the highest multiplier at a record implies.
  func matchingBaseLearningRate(
    for schedule: Schedule, timing: LearningRateTiming?, comparesWarmup: Bool = true
  ) -> Double? {
    guard let rates = learningRate else { return nil }
    var highest = (multiplier: 0.0, rate: 0.0)
    // Where the timing is unknown, a step more or less matters little at the highest multiplier.
    let timing = timing ?? learningRateTiming
    for (step, rate) in zip(rates.steps, rates.values) {
      let index = (timing ?? .applied).index(at: step)
      guard index >= 0, index < schedule.steps else { continue }
      let multiplier = schedule.multipliers(in: index..<index + 1)[0]
      if multiplier > highest.multiplier { highest = (multiplier, rate) }
    }
    let found = highest.rate / highest.multiplier
    guard found.isFinite, found > 0,
      alignment(
        with: schedule, baseLearningRate: found, timing: timing, comparesWarmup: comparesWarmup
      ).mismatch == nil
    else { return nil }
    return found
  }

  private mutating func noteMovedRates(_ count: Int) {
    let columns = columns[.learningRate].map { [$0] } ?? []
    repairs.append(LogRepair(kind: .learningRatesOfNextStep, count: count, columns: columns))
  }
}

/// The learning rates of a plan by 0-based index.
private struct PlannedRates {
  let schedule: Schedule
  let baseLearningRate: Double

  /// The number of updates before the first at the peak.
  private let warmup: Int

  init(schedule: Schedule, baseLearningRate: Double) {
    self.schedule = schedule
    self.baseLearningRate = baseLearningRate
    var start = 0
    while start < schedule.steps {
      let block = schedule.multipliers(in: start..<min(start + 65_536, schedule.steps))
      if let peak = block.firstIndex(where: { $0 >= 1 }) {
        start += peak
        break
      }
      start += block.count
    }
    warmup = start
  }

  /// The learning rate at an index; nil outside the run.
  subscript(index: Int) -> Double? {
    guard index >= 0, index < schedule.steps else { return nil }
    return baseLearningRate * schedule.multipliers(in: index..<index + 1)[0]
  }

  /// Whether an index lies before the first at the peak.
  func isRising(_ index: Int) -> Bool { index < warmup }

  /// Whether a logged rate is an index's, or lies between its neighbours'.
  func agrees(_ rate: Double, at index: Int) -> Bool {
    guard let here = self[index] else { return false }
    // Before the first and after the last index, the line through the nearest two.
    let before = self[index - 1] ?? 2 * here - (self[index + 1] ?? here)
    let after = self[index + 1] ?? 2 * here - (self[index - 1] ?? here)
    let tolerance = (index <= warmup ? 0.02 : 0.001) * baseLearningRate
    return rate >= min(before, here, after) - tolerance
      && rate <= max(before, here, after) + tolerance
  }

  /// Which update the records belong to; nil where either fits.
  func timing(of rates: LogSeries) -> LearningRateTiming? {
    let early: LearningRateTiming = rates.countsFromZero ? .appliedFromZero : .next
    var errors = (applied: 0.0, early: 0.0, distance: 0.0)
    var isDecaying = false
    for (step, rate) in zip(rates.steps, rates.values) {
      guard let applied = self[step - 1], let next = self[step], applied != next else { continue }
      if step > warmup, !isDecaying {
        isDecaying = true
        errors = (0, 0, 0)
      }
      guard isDecaying == (step > warmup) else { continue }
      errors.applied += (rate - applied) * (rate - applied)
      errors.early += (rate - next) * (rate - next)
      errors.distance += (applied - next) * (applied - next)
    }
    // The records must be much nearer to one than the two are to each other.
    let limit = errors.distance / 16
    if errors.applied < limit, errors.early > 4 * errors.applied { return .applied }
    if errors.early < limit, errors.applied > 4 * errors.early { return early }
    return nil
  }
}
