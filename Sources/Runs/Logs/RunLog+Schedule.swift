import Schedules
import Support

extension RunLog {
  /// The log with the learning rates that its steps took, after a comparison with the run's schedule.
  ///
  /// Where the learning rates were logged a step early, the schedule's stand in their place. The timing is
  /// found where the schedule falls, else where it rises: trainers differ by a step in how they warm up.
  /// A record agrees with the schedule that lies within 0.1 % of the peak, 2 % up to the end of the
  /// warmup (some begin at a hundredth of the peak), of what the schedule has from a step before to a step
  /// after; that much trainers differ in their endpoints.
  ///
  /// - Parameters:
  ///   - schedule: the schedule of the run.
  ///   - baseLearningRate: γ.
  ///   - timing: which update a record's learning rate belongs to; nil to find out.
  ///   - comparesWarmup: whether the rates of the warmup must be the schedule's; else any that do not
  ///     exceed the peak will do, as some trainers rise along a cosine.
  /// - Returns: the log; its ``learningRateTiming`` stays as it is where the learning rate does not change.
  /// - Throws: ``ScheduleMismatch`` at the first record that disagrees.
  /// - Complexity: O(records).
  public func aligned(
    with schedule: Schedule, baseLearningRate: Double, timing: LearningRateTiming? = nil,
    comparesWarmup: Bool = true
  ) throws(ScheduleMismatch) -> RunLog {
    guard let rates = learningRate else { return self }
    let plan = PlannedRates(schedule: schedule, baseLearningRate: baseLearningRate)
    let found = timing ?? plan.timing(of: rates) ?? learningRateTiming
    let index = { (step: Int) in (found ?? .applied).index(at: step) }
    for (step, rate) in zip(rates.steps, rates.values) {
      // Some trainers log a zero after the last step.
      if step >= schedule.steps, rate == 0 { continue }
      guard step <= schedule.steps else {
        throw ScheduleMismatch(path: path, step: step, expected: nil, found: rate)
      }
      if !comparesWarmup, plan.isRising(index(step)), rate <= baseLearningRate { continue }
      guard let expected = plan[index(step)], !plan.agrees(rate, at: index(step)) else { continue }
      throw ScheduleMismatch(path: path, step: step, expected: expected, found: rate)
    }
    var log = self
    log.learningRateTiming = found
    guard found == .next else { return log }
    let steps = rates.steps.filter { plan[$0 - 1] != nil }
    let taken = LogSeries(steps: steps, values: steps.compactMap { plan[$0 - 1] })
    log.series[.learningRate] = steps.isEmpty ? nil : taken
    log.noteMovedRates(rates.steps.count)
    return log
  }

  /// The log with its learning rates at the steps that took them, by what the user knows of it.
  ///
  /// - Parameter timing: which update a record's learning rate belongs to.
  /// - Returns: the log; of rates logged for the next step that of the record of step t is at step t + 1.
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

  private mutating func noteMovedRates(_ count: Int) {
    let columns = columns[.learningRate].map { [$0] } ?? []
    mended.append(LogRepair(kind: .learningRatesOfNextStep, count: count, columns: columns))
  }
}

/// The learning rates of a plan by 0-based index.
private struct PlannedRates {
  let schedule: Schedule
  let baseLearningRate: Double

  /// How many updates there are up to the first at the peak.
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

  /// Whether a logged rate is that of an index or lies between those beside it.
  func agrees(_ rate: Double, at index: Int) -> Bool {
    guard let here = self[index] else { return false }
    // Before the first and after the last, the line through the two beside.
    let before = self[index - 1] ?? 2 * here - (self[index + 1] ?? here)
    let after = self[index + 1] ?? 2 * here - (self[index - 1] ?? here)
    let tolerance = (index <= warmup ? 0.02 : 0.001) * baseLearningRate
    return rate >= min(before, here, after) - tolerance
      && rate <= max(before, here, after) + tolerance
  }

  /// Which update the records belong to; nil where either would do.
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
    // The records must lie much nearer to one than the two are apart.
    let limit = errors.distance / 16
    if errors.applied < limit, errors.early > 4 * errors.applied { return .applied }
    if errors.early < limit, errors.applied > 4 * errors.early { return early }
    return nil
  }
}

extension LogSeries {
  /// Whether updates are counted from 0: the first is there, or the records are those of every n-th
  /// update, n > 1, at steps n − 1, 2n − 1, ….
  var countsFromZero: Bool {
    guard steps.count > 1, steps[0] > 0 else { return steps.first == 0 }
    let gap = steps[1] - steps[0]
    return gap > 1 && steps.allSatisfy { ($0 + 1).isMultiple(of: gap) }
  }
}
