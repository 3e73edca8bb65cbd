import Support

/// OLMo-core's schedulers: their step is counted before the update, so that step k sees k + 1: warmup
/// (k + 1)/W, and the last step has the floor exactly; fractions round half to even, warmup and decay
/// floors are learning rates, `alpha_f` is a ratio.
extension DialectReader {
  private static let olmoCoreNames = [
    "WSD", "CosWithWarmup", "LinearWithWarmup", "InvSqrtWithWarmup", "HalfCosWithWarmup", "PowerLR",
    "CosWithWarmupAndLinearDecay", "ConstantWithWarmup", "ConstantScheduler", "WSDS",
    "ComposableScheduler",
  ]

  mutating func readOLMoCore() throws(DialectError) {
    guard Self.olmoCoreNames.contains(name) else { throw unknown(Self.olmoCoreNames) }
    parameters.ignore("lr_field", "initial_lr_field")
    try takeLearningRate("lr")
    let steps = try steps("max_steps")
    let units = try parameters.word("units", among: ["steps", "tokens"]) ?? "steps"
    let batch = try parameters.count("global_batch_size", least: 1)
    guard units == "steps" || batch != nil else {
      throw parameters.failure(
        "units", "tokens are counted, and the tokens of a batch are not known",
        "add global_batch_size")
    }
    let clock = OLMoClock(steps: steps, perStep: units == "tokens" ? Double(batch ?? 1) : 1)
    var draft = ScheduleDraft(steps: steps)
    switch name {
    case "ConstantScheduler": draft.level(1)
    case "WSDS": try olmoRepeated(&draft, clock)
    case "ComposableScheduler": try olmoStages(&draft, clock)
    default: try olmoWarmed(&draft, clock)
    }
    try finish(draft)
  }

  /// The schedulers that have one warmup.
  private mutating func olmoWarmed(_ draft: inout ScheduleDraft, _ clock: OLMoClock)
    throws(DialectError)
  {
    let horizon =
      ["CosWithWarmup", "LinearWithWarmup", "HalfCosWithWarmup", "CosWithWarmupAndLinearDecay"]
        .contains(name) ? try parameters.count("t_max", least: 1).map { Double($0) } : nil
    let total = horizon ?? clock.total
    let warmup = try olmoLength("warmup", of: total, default: nil)
    let low = try level("warmup_min_lr") ?? 0
    let floorRatio =
      ["WSD", "PowerLR", "ConstantWithWarmup"].contains(name)
      ? nil : try parameters.number("alpha_f") ?? 0.1
    let hasTail = ["WSD", "PowerLR", "CosWithWarmupAndLinearDecay"].contains(name)
    let decay = hasTail ? try olmoLength("decay", of: clock.total, default: 0.1) : 0
    let tailFloor = hasTail ? try level("decay_min_lr") ?? 0 : 0
    let change = clock.total - decay
    guard warmup < total else {
      throw parameters.failure(
        "warmup", "it is not shorter than the schedule", "shorten the warmup or lengthen the run")
    }
    let floor = floorRatio ?? tailFloor
    let start = clock.step(warmup)
    note(
      warmup: start + 1, decayStart: hasTail ? clock.step(change) : start,
      horizon: clock.step(hasTail ? clock.total : total) + 1, floor: floor)

    /// A linear tail from a level over the last steps.
    func tail(_ draft: inout ScheduleDraft, from level: Double) {
      draft.ramp(
        .linear, from: level, to: tailFloor, origin: clock.step(change),
        width: decay / clock.perStep, until: Double(draft.steps))
      draft.level(level)
    }
    // Up to the warmup's end, exclusive or inclusive.
    let before = clock.step(warmup)
    let through = before.rounded(.down) + 1
    let peak = name == "HalfCosWithWarmup" ? floor + (1 - floor) / 2 : 1
    let isInclusive = ["WSD", "PowerLR", "ConstantWithWarmup"].contains(name)
    if warmup > 0 {
      draft.ramp(
        .linear, from: low, to: peak, origin: -1, width: warmup / clock.perStep,
        until: min(
          isInclusive ? through : before,
          name == "CosWithWarmupAndLinearDecay" ? clock.step(change) : .infinity))
    }
    let width = (total - warmup) / clock.perStep
    let end = clock.step(total)
    switch name {
    case "ConstantWithWarmup":
      note(warmup: start + 1, decayStart: nil, horizon: nil)
      draft.level(1)
    case "WSD":
      draft.level(1, until: clock.step(change))
      tail(&draft, from: 1)
    case "PowerLR":
      let exponent = try parameters.number("b", in: -1e3...0) ?? -0.51
      guard exponent < 0, warmup > 0 else {
        throw parameters.failure("b", "a power law needs b < 0 and a warmup", "give both")
      }
      let law = Ramp.Shape.power(exponent: exponent)
      let span = warmup / clock.perStep
      draft.ramp(law, from: 1, to: 0, origin: before, width: span, until: clock.step(change))
      let ramp = Ramp(shape: law, origin: before, width: span, start: 1, end: 0)
      tail(&draft, from: ramp.value(at: clock.step(change)))
    case "LinearWithWarmup":
      draft.ramp(.linear, from: 1, to: floor, origin: before, width: width, until: end)
      draft.level(floor)
    case "InvSqrtWithWarmup":
      guard warmup > 0 else {
        throw parameters.failure("warmup", "the inverse square root starts with it", "give one")
      }
      note(warmup: start + 1, decayStart: nil, horizon: nil)
      draft.ramp(
        .power(exponent: -0.5), from: 1, to: floor, origin: before,
        width: warmup / clock.perStep, until: Double(draft.steps))
    case "HalfCosWithWarmup":
      draft.ramp(
        .cosine(power: 1), from: 1, to: floor, origin: before - width, width: 2 * width, until: end)
      draft.level(floor)
    default:
      let cosine = Ramp(
        shape: .cosine(power: 1), origin: before, width: width, start: 1, end: floor)
      let limit = name == "CosWithWarmup" ? end : min(end, clock.step(change))
      draft.ramp(cosine.shape, from: 1, to: floor, origin: before, width: width, until: limit)
      if name == "CosWithWarmup" {
        draft.level(floor)
      } else {
        draft.level(floor, until: clock.step(change))
        let turn = clock.step(change)
        tail(&draft, from: turn >= end ? floor : cosine.value(at: turn))
      }
    }
  }

  /// A length in the clock's unit: itself, or `…_fraction` of the total rounded half to even.
  private mutating func olmoLength(_ key: String, of total: Double, default standard: Double?)
    throws(DialectError) -> Double
  {
    let length = try parameters.count(key).map { Double($0) }
    let deprecated = try parameters.count("\(key)_steps").map { Double($0) }
    let given = try fraction("\(key)_fraction")
    if length != nil || deprecated != nil, given != nil {
      throw parameters.failure("\(key)_fraction", "\(key) says the same", "give one of them")
    }
    if let length = length ?? deprecated { return min(length, total) }
    guard let fraction = given ?? standard else {
      throw parameters.missing(key, example: "{\"\(key)\": 300}")
    }
    return (total * fraction).rounded(.toNearestOrEven)
  }

  /// Plateau and linear decay, over and over.
  private mutating func olmoRepeated(_ draft: inout ScheduleDraft, _ clock: OLMoClock)
    throws(DialectError)
  {
    let example = "{\"period_lengths\": [5000, 5000], \"warmup\": 300, \"decay\": 500}"
    let periods = try parameters.counts("period_lengths", example: example).map { Double($0) }
    guard let first = periods.first, periods.allSatisfy({ $0 > 0 }) else {
      throw parameters.failure("period_lengths", "a period is empty", "write \(example)")
    }
    var multipliers = [Double](repeating: 1, count: periods.count)
    if case .list? = request.parameters["period_lr_multipliers"] {
      multipliers = try parameters.numbers("period_lr_multipliers", example: "[1, 0.5]")
    }
    guard multipliers.count == periods.count else {
      throw parameters.failure(
        "period_lr_multipliers", "\(multipliers.count) do not fit \(periods.count) periods",
        "give one a period")
    }
    let warmup = try olmoLength("warmup", of: first, default: nil)
    let low = try level("warmup_min_lr") ?? 0
    let floor = try level("decay_min_lr") ?? 0
    let decay = try parameters.count("decay").map { Double($0) }
    let fraction = try fraction("decay_fraction")
    guard (decay == nil) != (fraction == nil) else {
      throw parameters.missing("decay", example: example)
    }
    note(warmup: clock.step(warmup) + 1, decayStart: nil, horizon: nil, floor: floor)
    draft.ramp(
      .linear, from: low, to: multipliers[0], origin: -1, width: warmup / clock.perStep,
      until: clock.step(warmup))
    var end = 0.0
    for (index, (period, peak)) in zip(periods, multipliers).enumerated() {
      end += period
      let span = decay ?? ((fraction ?? 0) * period).rounded(.toNearestOrEven)
      guard span + (index == 0 ? warmup : 0) <= period else {
        throw parameters.failure(
          "decay", "it does not fit into period \(index + 1) of \(decimalText(period))",
          "shorten it")
      }
      draft.level(peak, until: clock.step(end - span))
      // A period holds its end, but for the last, on which the floor begins.
      let isLast = index == periods.count - 1
      draft.ramp(
        .linear, from: peak, to: floor, origin: clock.step(end - span),
        width: span / clock.perStep,
        until: isLast ? clock.step(end) : clock.step(end).rounded(.down) + 1)
    }
    draft.level(floor)
    note(
      warmup: clock.step(warmup) + 1, decayStart: nil, horizon: clock.step(end) + 1,
      floor: floor)
  }

  /// Lines and cosines from level to level.
  private mutating func olmoStages(_ draft: inout ScheduleDraft, _ clock: OLMoClock)
    throws(DialectError)
  {
    let example =
      "{\"stages\": [{\"duration\": 1000, \"shape\": \"linear\", \"end_lr_fraction\": 0}]}"
    var end = 0.0
    var level = 1.0
    for (index, stage) in try parameters.list("stages", example: example).enumerated() {
      guard case .object(let members) = stage else {
        throw parameters.failure("stages", "stage \(index + 1) is no object", "write \(example)")
      }
      var inner = DialectReader(
        request: request,
        parameters: Parameters(
          subject: "\(parameters.subject) stage \(index + 1)", members: members))
      let span = Double(
        try inner.parameters.requiredCount("duration", least: 1, example: "{\"duration\": 1000}"))
      let shape = try inner.parameters.word("shape", among: ["linear", "cosine"]) ?? "linear"
      let from = try inner.olmoLevel("start_lr") ?? level
      guard let to = try inner.olmoLevel("end_lr") else {
        throw inner.parameters.missing("end_lr_fraction", example: "{\"end_lr_fraction\": 0}")
      }
      try inner.parameters.finish()
      draft.ramp(
        shape == "linear" ? .linear : .cosine(power: 1), from: from, to: to,
        origin: clock.step(end), width: span / clock.perStep, until: clock.step(end + span))
      end += span
      level = to
    }
    guard end > 0 else {
      throw parameters.failure("stages", "there are none", "write \(example)")
    }
    note(warmup: 0, decayStart: nil, horizon: clock.step(end) + 1)
    draft.level(level)
  }

  /// A learning rate, or its part of the optimiser's.
  private mutating func olmoLevel(_ key: String) throws(DialectError) -> Double? {
    let absolute = try level(key)
    let part = try parameters.number("\(key)_fraction")
    if absolute != nil, part != nil {
      throw parameters.failure("\(key)_fraction", "\(key) says the same", "give one of them")
    }
    return absolute ?? part
  }
}

/// OLMo-core's clock, in steps or in tokens, which shows (k + 1)·perStep at step k.
private struct OLMoClock {
  let steps: Int
  let perStep: Double

  /// The clock at the end of the run.
  var total: Double { Double(steps) * perStep }

  /// The step k, whole or not, at which the clock shows a reading.
  func step(_ reading: Double) -> Double { reading / perStep - 1 }
}
