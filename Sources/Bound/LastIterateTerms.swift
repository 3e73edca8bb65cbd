import Schedules

extension BoundTerms {
  /// The length of the blocks in which a schedule is produced and summed: they stay in the cache.
  static let blockLength = 4096

  /// S and V of the last-iterate bound, by one pass from the end of the schedule.
  ///
  /// S = Σ_t η_t and V = η_T G_T² + Σ_{k<T} η_k² G_k²/Σ_{t>k} η_t, to which the double sum of
  /// 2310.07831, Theorem 10 telescopes. Of trailing zeros one stays, as the dummy last step whose multiplier is
  /// chosen so that Ω* is least; the iterate that they leave alone is the one that is bounded.
  ///
  /// - Parameters:
  ///   - schedule: any schedule.
  ///   - gradientNorms: G, or G_1 … G_T.
  /// - Returns: S and V, within 1e-13 relative of their exact values for T up to 10⁹.
  /// - Throws: ``BoundError/normCount(norms:steps:)``, ``BoundError/normsAllZero``.
  /// - Complexity: O(T) time, some twenty times where the schedule ends in zeros; O(1) memory.
  public static func lastIterate(of schedule: Schedule, gradientNorms: GradientNorms = .one)
    throws(BoundError) -> BoundTerms
  {
    let last = try lastStep(of: schedule, gradientNorms: gradientNorms)
    let terms = lastIterate(
      of: schedule, steps: last.steps, lastMultiplier: last.multiplier, isChosen: last.isChosen,
      gradientNorms: gradientNorms)
    guard terms.noiseSum > 0 else { throw BoundError.normsAllZero }
    return terms
  }

  /// S and V of a run that is looked at before its end, after a number of its steps.
  ///
  /// At a step of zero the iterate is that of the next step that moves.
  ///
  /// - Parameters:
  ///   - schedule: any schedule.
  ///   - step: t, 1 to T.
  ///   - gradientNorms: G, or G_1 … G_T.
  /// - Returns: S_t and V_t; nil where every step so far is zero.
  /// - Throws: ``BoundError/normCount(norms:steps:)``, ``BoundError/normsAllZero``.
  /// - Complexity: O(t) time, or that of the whole run for a zero at its end; O(1) memory.
  public static func lastIterate(
    of schedule: Schedule, at step: Int, gradientNorms: GradientNorms = .one
  ) throws(BoundError) -> BoundTerms? {
    precondition((1...schedule.steps).contains(step), "the step lies within the run")
    _ = try movingSteps(of: schedule, gradientNorms: gradientNorms)
    guard schedule.lastMovingStep(upTo: step) != nil else { return nil }
    guard let steps = nextMovingStep(of: schedule, from: step) else {
      return try lastIterate(of: schedule, gradientNorms: gradientNorms)
    }
    let last = schedule.multipliers(in: steps - 1..<steps)[0]
    let terms = lastIterate(
      of: schedule, steps: steps, lastMultiplier: last, gradientNorms: gradientNorms)
    guard terms.noiseSum > 0 else { throw BoundError.normsAllZero }
    return terms
  }

  /// The first step from `step` on, counted from 1, that moves; nil where none does.
  private static func nextMovingStep(of schedule: Schedule, from step: Int) -> Int? {
    var start = step - 1
    while start < schedule.steps {
      let end = min(schedule.steps, start + blockLength)
      let block = schedule.multipliers(in: start..<end)
      if let found = block.firstIndex(where: { $0 >= Schedule.negligibleMultiplier }) {
        return start + found + 1
      }
      start = end
    }
    return nil
  }

  /// S and V of the first `steps` steps, the last multiplier replaced by a positive one.
  static func lastIterate(
    of schedule: Schedule, steps: Int, lastMultiplier: Double, isChosen: Bool = false,
    gradientNorms: GradientNorms
  ) -> BoundTerms {
    let before = 0..<steps - 1
    var accumulator: SuffixAccumulator
    var scale = 1.0
    switch gradientNorms.storage {
    case .constant(let norm):
      accumulator = SuffixAccumulator(last: lastMultiplier, norm: 1)
      scale = norm * norm
      schedule.forEachBlockFromEnd(in: before, length: blockLength) { _, block in
        accumulator.absorb(block)
      }
    case .perStep(let norms):
      accumulator = SuffixAccumulator(last: lastMultiplier, norm: norms[steps - 1])
      norms.withUnsafeBufferPointer { norms in
        schedule.forEachBlockFromEnd(in: before, length: blockLength) { start, block in
          let part = UnsafeBufferPointer(rebasing: norms[start..<start + block.count])
          accumulator.absorb(block, norms: part)
        }
      }
    }
    return BoundTerms(
      stepSum: accumulator.suffix.value, noiseSum: accumulator.noise.value * scale, steps: steps,
      trimmedSteps: schedule.trailingZeros,
      chosenLastMultiplier: isChosen ? lastMultiplier : nil)
  }

  /// How many steps count, and the multiplier of the last of them: that of the schedule, or where it ends in
  /// zeros the tightest dummy after the last that moves.
  static func lastStep(of schedule: Schedule, gradientNorms: GradientNorms) throws(BoundError)
    -> (steps: Int, multiplier: Double, isChosen: Bool)
  {
    let moving = try movingSteps(of: schedule, gradientNorms: gradientNorms)
    guard moving < schedule.steps else {
      return (moving, schedule.multipliers(in: moving - 1..<moving)[0], false)
    }
    let dummy = LastStepMinimisation(of: schedule, after: moving, gradientNorms: gradientNorms)
    return (moving + 1, dummy.tightest(), true)
  }

  /// The steps up to the last one that is not zero, after a check that the norms fit the schedule.
  static func movingSteps(of schedule: Schedule, gradientNorms: GradientNorms)
    throws(BoundError) -> Int
  {
    if let norms = gradientNorms.steps, norms != schedule.steps {
      throw BoundError.normCount(norms: norms, steps: schedule.steps)
    }
    let moving = schedule.steps - schedule.trailingZeros
    // Without noise where the schedule moves there is nothing to balance.
    if case .perStep(let norms) = gradientNorms.storage, norms[..<moving].allSatisfy({ $0 == 0 }) {
      throw BoundError.normsAllZero
    }
    return moving
  }
}
