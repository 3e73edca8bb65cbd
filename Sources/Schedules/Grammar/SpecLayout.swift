import Support

extension ScheduleSpec {
  /// The largest number of steps of a schedule, 10⁹.
  public static let mostSteps = 1_000_000_000

  /// Returns the spec's schedule over T steps, 1 to ``mostSteps``.
  ///
  /// An absolute floor needs the base learning rate. Throws `InputError` if the parts do not fit into the run
  /// or the floor exceeds the peak. O(1), for `wsds` O(cycles).
  public func schedule(steps: Int, baseLearningRate: Double? = nil) throws(InputError) -> Schedule {
    guard (1...Self.mostSteps).contains(steps) else {
      throw failure("\(steps) steps are out of range", "give 1 to 1e9 steps")
    }
    let layout = SpecLayout(
      spec: self, steps: steps, end: try floorRatio(baseLearningRate: baseLearningRate))
    var segments: [Segment] = []
    if !family.laysOutWarmup {
      try layout.checkWarmup(layout.warmup, mayBeAll: family is ConstantFamily)
      segments.append(.warmup(steps: layout.warmup))
    }
    segments += try family.segments(in: layout)
    guard let schedule = Schedule(segments: segments) else {
      throw failure(
        "every multiplier is zero at \(steps) steps",
        "give a schedule with a positive learning rate")
    }
    return schedule
  }

  /// The lowest base learning rate that an absolute floor allows; nil without one.
  package var lowestBaseLearningRate: Double? {
    guard case .absolute(let rate) = floor?.level else { return nil }
    // The lower plateau must not lie below the floor.
    if let stages = family as? TwoStageFamily { return rate / stages.factor * (1 + 0x1p-50) }
    return rate
  }

  /// The floor as a ratio of the peak; 0 without one.
  package func floorRatio(baseLearningRate: Double?) throws(InputError) -> Double {
    switch floor?.level {
    case nil: return 0
    case .ratio(let ratio): return ratio
    case .absolute(let rate):
      guard let baseLearningRate else {
        throw failure(
          "min-lr= is a learning rate, and the base learning rate is not known",
          "give the base learning rate, or write min= as a ratio")
      }
      guard baseLearningRate >= rate else {
        throw failure(
          "the floor \(rate) lies above the base learning rate \(baseLearningRate)",
          "lower min-lr or raise the base learning rate")
      }
      return rate / baseLearningRate
    }
  }

  fileprivate func failure(_ problem: String, _ hint: String) -> InputError {
    .schedule(text, problem: problem, hint: hint)
  }
}

/// Lays out a spec over a number of steps.
package struct SpecLayout {
  let spec: ScheduleSpec

  let steps: Int

  let end: Double

  var isClamped: Bool { spec.floor?.mode == .clamp }

  var warmup: Int { spec.warmup?.steps(of: steps) ?? 0 }

  var length: Int { steps - warmup }

  func failure(_ problem: String, _ hint: String) -> InputError { spec.failure(problem, hint) }

  /// Rejects a warmup that leaves no steps.
  func checkWarmup(_ warmup: Int, mayBeAll: Bool = false) throws(InputError) {
    guard warmup < steps || warmup == steps && mayBeAll else {
      throw failure(
        "the warmup of \(warmup) steps leaves no steps of a run of \(steps)",
        "shorten the warmup or lengthen the run")
    }
  }

  /// A decay from the peak to the floor over all steps after the warmup.
  func decay(_ curve: Curve) -> [Segment] {
    [.decay(curve, steps: length, span: length, end: end, isClamped: isClamped)]
  }

  func cooldown(_ decay: Curve, steps: Int, from start: Double = 1) -> Segment {
    let hasOwnEnd = decay == .exponential && spec.floor == nil
    return .decay(
      decay, steps: steps, span: max(1, steps), start: start,
      end: hasOwnEnd ? min(Curve.exponentialFloor, start) : end, isClamped: isClamped)
  }

  /// A plateau and a cooldown over `length` steps.
  func cycle(length: Int, cooldown count: Int, _ decay: Curve) -> [Segment] {
    [.level(1, steps: length - count), cooldown(decay, steps: count)]
  }

  /// The steps of a cooldown, which must fit into `room` up to rounding.
  func fit(_ cooldown: Extent, into room: Int, beside: String) throws(InputError) -> Int {
    let count = cooldown.steps(of: steps)
    if count <= room { return count }
    if case .fraction(let fraction) = cooldown,
      fraction * Double(steps) + Double(steps - room) <= Double(steps) + 0.5
    {
      return room
    }
    throw failure(
      "the cooldown of \(count) steps and \(beside) of \(steps - room) do not fit into \(steps) steps",
      "shorten one of them or lengthen the run")
  }
}
