extension ScheduleSpec {
  /// The largest number of steps that a schedule may have.
  public static let mostSteps = 1_000_000_000

  /// The schedule over a number of steps.
  ///
  /// - Parameters:
  ///   - steps: T, 1 to ``mostSteps``.
  ///   - baseLearningRate: γ, the peak learning rate; needed for an absolute floor only.
  /// - Returns: T multipliers, the largest 1.
  /// - Throws: ``ScheduleError`` where the parts do not fit into the run, the floor lies above the
  ///   peak, or the spec names a file.
  /// - Complexity: O(1) but for `wsds` (O(cycles)); values are produced when they are asked for.
  public func schedule(steps: Int, baseLearningRate: Double? = nil) throws(ScheduleError)
    -> Schedule
  {
    guard (1...Self.mostSteps).contains(steps) else {
      throw failure("\(steps) steps are out of range", "give 1 to 1e9 steps")
    }
    let end = try floorRatio(baseLearningRate: baseLearningRate)
    let segments = try Layout(spec: self, steps: steps, end: end, clamp: floor?.mode == .clamp)
      .segments()
    guard let schedule = Schedule(segments: segments) else {
      throw failure("every multiplier is zero at \(steps) steps", "give a schedule that moves")
    }
    return schedule
  }

  /// The lowest base learning rate that an absolute floor allows; nil without one.
  ///
  /// - Complexity: O(1).
  package var lowestBaseLearningRate: Double? {
    guard case .absolute(let rate) = floor?.level else { return nil }
    // The lower plateau of two stages must not lie below the floor.
    if case .twoStage(_, let factor, _, _) = family { return rate / factor * (1 + 0x1p-50) }
    return rate
  }

  /// The floor as a ratio of the peak, 0 where there is none.
  package func floorRatio(baseLearningRate: Double?) throws(ScheduleError) -> Double {
    switch floor?.level {
    case nil: return 0
    case .ratio(let ratio): return ratio
    case .absolute(let rate):
      guard let baseLearningRate else {
        throw failure(
          "min-lr= is a learning rate, and the base one is not known",
          "add --lr, or write min= as a ratio")
      }
      guard baseLearningRate >= rate else {
        throw failure(
          "the floor \(rate) lies above the base learning rate \(baseLearningRate)",
          "lower min-lr or raise --lr")
      }
      return rate / baseLearningRate
    }
  }

  fileprivate func failure(_ problem: String, _ hint: String) -> ScheduleError {
    ScheduleError(input: text, problem: problem, hint: hint)
  }
}

/// Lays a spec out over a number of steps.
private struct Layout {
  let spec: ScheduleSpec
  let steps: Int
  let end: Double
  let clamp: Bool

  func segments() throws(ScheduleError) -> [Segment] {
    if case .oneCycle(let start, let end) = spec.family {
      return try oneCycle(start: start, end: end)
    }
    if case .shape(let shape) = spec.family { return try segments(of: shape) }
    let warmup = spec.warmup?.steps(of: steps) ?? 0
    guard warmup < steps || (warmup == steps && spec.family == .constant) else {
      throw spec.failure(
        "the warmup of \(warmup) steps leaves nothing of a run of \(steps)",
        "shorten the warmup or lengthen the run")
    }
    return [.warmup(steps: warmup)] + (try body(after: warmup))
  }

  private func segments(of shape: Shape) throws(ScheduleError) -> [Segment] {
    let warmup = spec.warmup?.wholeSteps(of: steps) ?? 0
    guard warmup < steps else {
      throw spec.failure(
        "the warmup of \(warmup) steps leaves nothing of a run of \(steps)",
        "shorten the warmup or lengthen the run")
    }
    return shape.segments(steps: steps, warmup: warmup)
  }

  /// What follows the warmup.
  private func body(after warmup: Int) throws(ScheduleError) -> [Segment] {
    let length = steps - warmup
    switch spec.family {
    case .constant: return [.level(1, steps: length)]
    case .linear: return [decay(.linear, steps: length)]
    case .polynomial(let power): return [decay(.polynomial(power: power), steps: length)]
    case .rex(let beta): return [decay(.rex(beta: beta), steps: length)]
    case .cosine(let power, let period):
      let span = period.steps(of: steps) - warmup
      guard span >= 1 else {
        throw spec.failure(
          "the period ends within the warmup of \(warmup) steps", "lengthen the period")
      }
      let part = min(length, span)
      return [
        .decay(.cosine(power: power), steps: part, span: span, end: end, clamp: clamp),
        .level(end, steps: length - part, isFloor: true),
      ]
    case .inverseSquareRoot(let timescale):
      let law = Segment.Law.inverseSquareRoot(timescale: timescale, end: end, clamp: clamp)
      return [Segment(law: law, count: length)]
    case .wsd(let cooldown, let decay):
      let count = try fit(cooldown, called: "cooldown", into: length, beside: "the warmup")
      return cycle(length: length, cooldown: count, decay)
    case .repeatedWSD(let period, let cooldown, let decay):
      return try repeated(length: length, period: period, cooldown: cooldown, decay)
    case .twoStage(let at, let factor, let cooldown, let decay):
      return try twoStage(
        after: warmup, at: at, factor: factor, cooldown: cooldown, decay)
    case .piecewise(let knots): return piecewise(knots, length: length)
    case .oneCycle, .shape: preconditionFailure("they have their own warmup")
    }
  }

  /// A decay from the peak to the floor over the next `steps` steps.
  private func decay(_ shape: DecayShape, steps: Int) -> Segment {
    .decay(shape, steps: steps, span: steps, end: end, clamp: clamp)
  }

  /// A cooldown from `start` over the next `steps` steps.
  private func cooldown(_ decay: CooldownDecay, steps: Int, from start: Double = 1) -> Segment {
    // An exponential decay needs somewhere to end.
    let end = decay == .exponential && spec.floor == nil ? min(0.01, start) : end
    return .decay(
      decay.shape, steps: steps, span: max(1, steps), start: start, end: end, clamp: clamp)
  }

  /// A plateau and a cooldown, `length` steps together.
  private func cycle(length: Int, cooldown count: Int, _ decay: CooldownDecay) -> [Segment] {
    [.level(1, steps: length - count), cooldown(decay, steps: count)]
  }

  /// The steps of an extent, which must fit into `room`; fractions that only round over it are cut.
  private func fit(_ extent: Extent, called name: String, into room: Int, beside: String)
    throws(ScheduleError) -> Int
  {
    // A cooldown over the whole run spans what the warmup leaves, as every decay over the run does.
    if extent == .fraction(1), name == "cooldown", case .wsd = spec.family { return room }
    let count = extent.steps(of: steps)
    if count <= room { return count }
    if case .fraction(let fraction) = extent,
      fraction * Double(steps) + Double(steps - room) <= Double(steps) + 0.5
    {
      return room
    }
    throw spec.failure(
      "the \(name) of \(count) steps and \(beside) of \(steps - room) do not fit into \(steps) steps",
      "shorten one of them or lengthen the run")
  }

  private func repeated(length: Int, period: Extent, cooldown: Extent, _ decay: CooldownDecay)
    throws(ScheduleError) -> [Segment]
  {
    let cycleLength = min(max(1, period.steps(of: steps)), length)
    let count = cooldown.steps(of: steps)
    guard count <= cycleLength else {
      throw spec.failure(
        "a cooldown of \(count) steps does not fit into a period of \(cycleLength)",
        "shorten the cooldown or lengthen the period")
    }
    let cycles = length / cycleLength
    guard cycles <= 100_000 else {
      throw spec.failure(
        "a period of \(cycleLength) steps makes \(cycles) cycles", "lengthen the period")
    }
    let remainder = length % cycleLength
    var lengths = [Int](repeating: cycleLength, count: cycles)
    if remainder > count {
      lengths.append(remainder)
    } else {
      lengths[lengths.count - 1] += remainder
    }
    return lengths.flatMap { cycle(length: $0, cooldown: count, decay) }
  }

  private func twoStage(
    after warmup: Int, at: Extent, factor: Double, cooldown extent: Extent, _ decay: CooldownDecay
  ) throws(ScheduleError) -> [Segment] {
    let change = at.steps(of: steps)
    guard change >= warmup, change <= steps else {
      throw spec.failure(
        "the change after \(change) steps lies outside the run (\(warmup) to \(steps))",
        "move at= into the run")
    }
    guard factor >= end else {
      throw spec.failure(
        "the lower plateau \(factor) lies below the floor \(end)",
        "raise factor= or lower the floor")
    }
    let count = try fit(
      extent, called: "cooldown", into: steps - change, beside: "the first stage")
    return [
      .level(1, steps: change - warmup), .level(factor, steps: steps - change - count),
      cooldown(decay, steps: count, from: factor),
    ]
  }

  private func piecewise(_ knots: [ScheduleFamily.Knot], length: Int) -> [Segment] {
    // The interval of a step is the one whose left knot is the last at or before it.
    func firstStep(atOrAfter progress: Double) -> Int {
      var step = min(length, Int((progress * Double(length)).rounded(.up)))
      while step > 0, Double(step - 1) >= progress * Double(length) { step -= 1 }
      return step
    }
    return zip(knots, knots.dropFirst()).map { left, right in
      let start = firstStep(atOrAfter: left.progress)
      let end = firstStep(atOrAfter: right.progress)
      let law = Segment.Law.line(
        span: length, offset: start, u0: left.progress, y0: left.value, u1: right.progress,
        y1: right.value)
      return Segment(law: law, count: end - start)
    }
  }

  /// Up over W steps of which the last has the peak, then down to the end, which the last step has.
  private func oneCycle(start: Double, end: Double) throws(ScheduleError) -> [Segment] {
    let rise = max(1, spec.warmup?.steps(of: steps) ?? 0)
    guard rise <= steps else {
      throw spec.failure(
        "the warmup of \(rise) steps leaves nothing of a run of \(steps)",
        "shorten the warmup or lengthen the run")
    }
    let cosine = DecayShape.cosine(power: 1)
    return [
      .decay(cosine, steps: rise - 1, span: max(1, rise - 1), start: start, end: 1),
      .level(1, steps: 1),
      .decay(cosine, steps: steps - rise, span: max(1, steps - rise), offset: 1, end: end),
    ]
  }
}
