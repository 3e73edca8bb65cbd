import Schedules
import Support

/// Which update a logged learning rate belongs to, with updates counted from 1.
public enum LearningRateTiming: String, CaseIterable, Sendable {
  /// The record of step t holds the learning rate of update t.
  case applied

  /// The record of step t holds the rate of update t + 1: many trainers step the scheduler before
  /// logging.
  case next

  /// Steps count from 0: the record of step t holds the rate and loss of update t + 1.
  case appliedFromZero = "applied-from-0"

  func index(at step: Int) -> Int { self == .applied ? step - 1 : step }
}

/// The first logged learning rate that differs from the schedule's.
public struct ScheduleMismatch: Equatable, Sendable {
  /// The step in the log.
  public let step: Int

  /// The schedule's learning rate there; nil beyond its end.
  public let expected: Double?

  /// The logged learning rate.
  public let found: Double
}

extension RunLog {
  /// Checks that the log follows a schedule and returns it with the learning rate that each step used.
  ///
  /// A nil `timing` is detected where the schedule falls, else where it rises, because trainers' warmups
  /// differ by a step; for a constant rate it stays unknown. A record agrees within 0.1 % of the peak (2
  /// % during the warmup, as some begin at a hundredth of the peak) of the schedule's rates from a step
  /// before to a step after. Without `comparesWarmup`, warmup rates only must not exceed the peak: some
  /// trainers warm up along a cosine. Rates logged a step early are replaced by the schedule's. Throws
  /// `InputError` for the first record that disagrees.
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

  /// Returns the log with each learning rate at the step that used it.
  ///
  /// For ``LearningRateTiming/next`` the rate at step t moves to step t + 1. Throws `InputError` for a
  /// log without learning rates.
  public func timed(_ timing: LearningRateTiming) throws(InputError) -> RunLog {
    guard let rates = learningRate else { throw lackingLearningRate }
    var log = self
    log.learningRateTiming = timing
    guard timing == .next else { return log }
    log.series[.learningRate] = LogSeries(steps: rates.steps.map { $0 + 1 }, values: rates.values)
    log.noteMovedRates(rates.steps.count)
    return log
  }

  /// Returns the base learning rate with which every record agrees, or nil; the record with the highest
  /// multiplier determines it.
  func matchingBaseLearningRate(
    for schedule: Schedule, timing: LearningRateTiming?, comparesWarmup: Bool = true
  ) -> Double? {
    guard let rates = learningRate else { return nil }
    var highest = (multiplier: 0.0, rate: 0.0)
    // At the highest multiplier, the rate hardly changes from one step to the next.
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

/// A plan's learning rates by 0-based index.
private struct PlannedRates {
  let schedule: Schedule
  let baseLearningRate: Double
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

  subscript(index: Int) -> Double? {
    guard index >= 0, index < schedule.steps else { return nil }
    return baseLearningRate * schedule.multipliers(in: index..<index + 1)[0]
  }

  func isRising(_ index: Int) -> Bool { index < warmup }

  /// Whether a logged rate equals that of an index or lies between its neighbours'.
  func agrees(_ rate: Double, at index: Int) -> Bool {
    guard let here = self[index] else { return false }
    // Beyond either end, extrapolate from the nearest two rates.
    let before = self[index - 1] ?? 2 * here - (self[index + 1] ?? here)
    let after = self[index + 1] ?? 2 * here - (self[index - 1] ?? here)
    let tolerance = (index <= warmup ? 0.02 : 0.001) * baseLearningRate
    return rate >= min(before, here, after) - tolerance
      && rate <= max(before, here, after) + tolerance
  }

  /// Which update the records belong to; nil if either fits.
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
    // The records must be much nearer to one timing than the two are to each other.
    let limit = errors.distance / 16
    if errors.applied < limit, errors.early > 4 * errors.applied { return .applied }
    if errors.early < limit, errors.applied > 4 * errors.early { return early }
    return nil
  }
}
