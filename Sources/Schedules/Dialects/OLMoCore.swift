import Support

extension DialectLibrary {
  /// OLMo-core's schedulers: step k sees k + 1, so warmup is (k + 1)/W and the last step is at the floor.
  ///
  /// Fractions round half to even. Warmup and decay floors are learning rates; `alpha_f` is a ratio.
  static let olmoCore = DialectLibrary(
    read: { reader throws(InputError) in try reader.readOLMoCore() },
    request: { reader throws(InputError) in
      let hasModule = reader.members["train_module"] != nil
      var request = try reader.section(
        hasModule ? "train_module.scheduler" : "scheduler",
        rate: hasModule ? "train_module.optim.lr" : "optim.lr")
      let duration = try reader.count("trainer.max_duration.value")
      switch try reader.text("trainer.max_duration.unit") {
      case "steps": request.steps = duration
      case "tokens": request.tokens = duration
      default: break
      }
      request.parameters["global_batch_size"] = reader.value("data_loader.global_batch_size")
      return request
    },
    batch: [["data_loader.global_batch_size"]],
    writer: TrainerWriter(
      request: { question throws(InputError) in try question.olmoCore() }, text: olmoText))

  @Sendable private static func olmoText(_ request: DialectRequest) -> String {
    var scheduler = request.parameters
    scheduler["_CLASS_"] = .text("olmo_core.optim.scheduler.\(request.name)")
    // The default fraction would contradict the length.
    if request.name == "WSD" { scheduler["decay_fraction"] = .null }
    var module: [String: ParameterValue] = ["scheduler": .object(scheduler)]
    if let rate = request.learningRate { module["optim"] = .object(["lr": .number(rate)]) }
    return ParameterValue.object([
      "train_module": .object(module),
      "trainer": .object([
        "max_duration": .object(["unit": .text("steps"), "value": .count(request.steps ?? 0)])
      ]),
    ]).json
  }
}

/// OLMo-core's clock, in steps or tokens, which shows (k + 1)·perStep at step k.
private struct OLMoClock {
  let perStep: Double
  let total: Double

  /// The step, possibly fractional, at which the clock shows a reading.
  func step(_ reading: Double) -> Double { reading / perStep - 1 }
}

private struct OLMoPlan {
  let clock: OLMoClock
  let total: Double
  let warmup: Double
  let low: Double

  let floor: Double

  /// The length and end level of the linear tail.
  let decay: Double
  let tailFloor: Double

  /// Whether the warmup includes the step at which it ends.
  let isInclusive: Bool

  /// The steps, possibly fractional, at which the warmup ends, the decay ends and the tail begins.
  var start: Double { clock.step(warmup) }
  var end: Double { clock.step(total) }
  var turn: Double { clock.step(clock.total - decay) }

  var rise: Double { warmup / clock.perStep }
  var width: Double { (total - warmup) / clock.perStep }
}

extension DialectReader {
  private static let olmoNames = [
    "WSD", "CosWithWarmup", "LinearWithWarmup", "InvSqrtWithWarmup", "HalfCosWithWarmup", "PowerLR",
    "CosWithWarmupAndLinearDecay", "ConstantWithWarmup", "ConstantScheduler", "WSDS",
    "ComposableScheduler",
  ]

  fileprivate mutating func readOLMoCore() throws(InputError) {
    guard Self.olmoNames.contains(name) else { throw unknown(Self.olmoNames) }
    ignore("lr_field", "initial_lr_field")
    try takeLearningRate("lr")
    if let batch = try count("global_batch_size", least: 1) {
      try agree(on: batch, "global_batch_size")
    }
    try takeSteps("max_steps")
    let units = try word("units", among: ["steps", "tokens"]) ?? "steps"
    try require(
      units == "steps" || batchTokens != nil, "units",
      "the schedule counts tokens, but the tokens per batch are not known",
      "add global_batch_size")
    let perStep = units == "tokens" ? Double(batchTokens ?? 1) : 1
    // A run in tokens ends within its last step.
    let tokens = units == "tokens" ? request.tokens.map { Double($0) } : nil
    let clock = OLMoClock(perStep: perStep, total: tokens ?? total * perStep)
    switch name {
    case "ConstantScheduler": level(1)
    case "WSDS": try olmoRepeated(clock)
    case "ComposableScheduler": try olmoStages(clock)
    default: try olmoWarmed(clock)
    }
  }

  private mutating func olmoWarmed(_ clock: OLMoClock) throws(InputError) {
    let plan = try olmoPlan(clock)
    olmoWarmup(plan)
    let start = plan.start
    switch name {
    case "ConstantWithWarmup":
      note(warmup: start + 1)
      level(1)
    case "WSD":
      level(1, until: plan.turn)
      olmoTail(plan, from: 1)
    case "PowerLR":
      let exponent = try number("b", in: -1e3...0) ?? -0.51
      guard exponent < 0, plan.warmup > 0 else {
        throw failure("b", "a power law needs b < 0 and a warmup", "give both")
      }
      let law = Ramp(curve: .power(exponent: exponent), origin: start, width: plan.rise)
      ramp(law.curve, at: start, over: plan.rise, until: plan.turn)
      olmoTail(plan, from: law.value(at: plan.turn))
    case "InvSqrtWithWarmup":
      try require(plan.warmup > 0, "warmup", "an inverse square root needs a warmup", "give one")
      note(warmup: start + 1)
      ramp(
        .power(exponent: -0.5), to: plan.floor, at: start, over: plan.rise, until: total)
    case "HalfCosWithWarmup":
      ramp(
        .cosine, to: plan.floor, at: start - plan.width, over: 2 * plan.width, until: plan.end)
      level(plan.floor)
    case "CosWithWarmupAndLinearDecay":
      let cosine = Ramp(curve: .cosine, origin: start, width: plan.width, end: plan.floor)
      ramp(
        .cosine, to: plan.floor, at: start, over: plan.width, until: min(plan.end, plan.turn))
      level(plan.floor, until: plan.turn)
      olmoTail(plan, from: plan.turn >= plan.end ? plan.floor : cosine.value(at: plan.turn))
    default:
      let curve: Curve = name == "CosWithWarmup" ? .cosine : .linear
      ramp(curve, to: plan.floor, at: start, over: plan.width, until: plan.end)
      level(plan.floor)
    }
  }

  private mutating func olmoPlan(_ clock: OLMoClock) throws(InputError) -> OLMoPlan {
    let hasOwnFloor = !["WSD", "PowerLR", "ConstantWithWarmup"].contains(name)
    let hasTail = ["WSD", "PowerLR", "CosWithWarmupAndLinearDecay"].contains(name)
    let horizon =
      hasOwnFloor && name != "InvSqrtWithWarmup"
      ? try count("t_max", least: 1).map { Double($0) } : nil
    let total = horizon ?? clock.total
    let warmup = try olmoLength("warmup", of: total, default: nil)
    let low = try level("warmup_min_lr") ?? 0
    let floor = hasOwnFloor ? try number("alpha_f") ?? 0.1 : nil
    let decay = hasTail ? try olmoLength("decay", of: clock.total, default: 0.1) : 0
    let tailFloor = hasTail ? try level("decay_min_lr") ?? 0 : 0
    try require(
      warmup < total, "warmup", "it is not shorter than the schedule",
      "shorten the warmup or lengthen the run")
    let plan = OLMoPlan(
      clock: clock, total: total, warmup: warmup, low: low, floor: floor ?? tailFloor,
      decay: decay, tailFloor: tailFloor, isInclusive: !hasOwnFloor)
    note(
      warmup: plan.start + 1, decayStart: hasTail ? plan.turn : plan.start,
      horizon: hasTail ? self.total : plan.end + 1, floor: plan.floor)
    return plan
  }

  private mutating func olmoWarmup(_ plan: OLMoPlan) {
    guard plan.warmup > 0 else { return }
    let end = plan.isInclusive ? plan.start.rounded(.down) + 1 : plan.start
    let isCut = name == "CosWithWarmupAndLinearDecay"
    let peak = name == "HalfCosWithWarmup" ? plan.floor + (1 - plan.floor) / 2 : 1
    ramp(
      from: plan.low, to: peak, at: -1, over: plan.rise, until: isCut ? min(end, plan.turn) : end)
  }

  private mutating func olmoTail(_ plan: OLMoPlan, from level: Double) {
    ramp(
      from: level, to: plan.tailFloor, at: plan.turn, over: plan.decay / plan.clock.perStep,
      until: total)
    self.level(level)
  }

  /// A length in the clock's unit, or `…_fraction` of the total, rounded half to even.
  private mutating func olmoLength(_ key: String, of total: Double, default standard: Double?)
    throws(InputError) -> Double
  {
    let length = try count(key).map { Double($0) }
    let deprecated = try count("\(key)_steps").map { Double($0) }
    let given = try fraction("\(key)_fraction")
    if length != nil || deprecated != nil, given != nil {
      throw failure("\(key)_fraction", "\(key) says the same", "give one of them")
    }
    if let length = length ?? deprecated { return min(length, total) }
    guard let fraction = given ?? standard else {
      throw missing(key, example: "{\"\(key)\": 300}")
    }
    return (total * fraction).rounded(.toNearestOrEven)
  }

  private mutating func olmoRepeated(_ clock: OLMoClock) throws(InputError) {
    let example = "{\"period_lengths\": [5000, 5000], \"warmup\": 300, \"decay\": 500}"
    let periods = try counts("period_lengths", example: example).map { Double($0) }
    guard let first = periods.first, periods.allSatisfy({ $0 > 0 }) else {
      throw failure("period_lengths", "a period is empty", "write \(example)")
    }
    var multipliers = [Double](repeating: 1, count: periods.count)
    if case .list? = request.parameters["period_lr_multipliers"] {
      multipliers = try numbers("period_lr_multipliers", example: "[1, 0.5]")
    }
    try require(
      multipliers.count == periods.count, "period_lr_multipliers",
      "\(multipliers.count) do not match \(periods.count) periods",
      "give one per period")
    let warmup = try olmoLength("warmup", of: first, default: nil)
    let low = try level("warmup_min_lr") ?? 0
    let floor = try level("decay_min_lr") ?? 0
    let decay = try count("decay").map { Double($0) }
    let fraction = try fraction("decay_fraction")
    guard (decay == nil) != (fraction == nil) else {
      throw missing("decay", example: example)
    }
    ramp(
      from: low, to: multipliers[0], at: -1, over: warmup / clock.perStep,
      until: clock.step(warmup))
    var end = 0.0
    for (index, (period, peak)) in zip(periods, multipliers).enumerated() {
      end += period
      let span = decay ?? ((fraction ?? 0) * period).rounded(.toNearestOrEven)
      try require(
        span + (index == 0 ? warmup : 0) <= period, "decay",
        "it does not fit into period \(index + 1) of \(decimalText(period))",
        "shorten it")
      level(peak, until: clock.step(end - span))
      // A period includes its last step, except in the last, where the floor begins.
      let isLast = index == periods.count - 1
      ramp(
        from: peak, to: floor, at: clock.step(end - span), over: span / clock.perStep,
        until: isLast ? clock.step(end) : clock.step(end).rounded(.down) + 1)
    }
    level(floor)
    note(warmup: clock.step(warmup) + 1, horizon: clock.step(end) + 1, floor: floor)
  }

  private mutating func olmoStages(_ clock: OLMoClock) throws(InputError) {
    let example =
      "{\"stages\": [{\"duration\": 1000, \"shape\": \"linear\", \"end_lr_fraction\": 0}]}"
    var end = 0.0
    var level = 1.0
    for (index, stage) in try list("stages", example: example).enumerated() {
      guard case .object(let members) = stage else {
        throw failure(
          "stages", "stage \(index + 1) is not an object", "write \(example)")
      }
      var request = request
      request.parameters = members
      var inner = DialectReader(request, subject: "\(subject) stage \(index + 1)")
      let span = Double(
        try inner.requiredCount("duration", least: 1, example: "1000"))
      let shape = try inner.word("shape", among: ["linear", "cosine"]) ?? "linear"
      let from = try inner.olmoLevel("start_lr") ?? level
      guard let to = try inner.olmoLevel("end_lr") else {
        throw inner.missing("end_lr_fraction", example: "{\"end_lr_fraction\": 0}")
      }
      try inner.refuseRest()
      ramp(
        shape == "linear" ? .linear : .cosine, from: from, to: to, at: clock.step(end),
        over: span / clock.perStep, until: clock.step(end + span))
      end += span
      level = to
    }
    try require(end > 0, "stages", "there are none", "write \(example)")
    note(warmup: 0, horizon: clock.step(end) + 1)
    self.level(level)
  }

  /// A learning rate, or a fraction of the optimiser's.
  private mutating func olmoLevel(_ key: String) throws(InputError) -> Double? {
    let absolute = try level(key)
    let fraction = try number("\(key)_fraction")
    return try either(fraction, "\(key)_fraction", or: absolute, key)
  }
}

extension TrainerQuestion {
  fileprivate func olmoCore() throws(InputError) -> DialectRequest {
    guard let outline else { return try stagedRequest() }
    var parameters: [String: ParameterValue] = ["warmup": .count(outline.warmupLength)]
    let endsWithRun = abs(outline.horizon - steps) <= 1
    switch (outline.decay?.curve, outline.decaysAtOnce) {
    case (nil, _): return request("ConstantWithWarmup", parameters)
    case (.linear?, true), (.cosine?, true):
      parameters["alpha_f"] = .number(outline.floor)
      if !endsWithRun { parameters["t_max"] = .count(outline.horizon) }
      let isLinear = outline.decay?.curve == .linear
      return request(isLinear ? "LinearWithWarmup" : "CosWithWarmup", parameters)
    case (.linear?, false) where endsWithRun && outline.floor == 0:
      parameters["decay"] = .count(outline.decayLength)
      return request("WSD", parameters)
    default: return try stagedRequest()
    }
  }

  /// Writes levels, lines and whole half-waves as stages of a ComposableScheduler.
  private func stagedRequest() throws(InputError) -> DialectRequest {
    var stages: [ParameterValue] = []
    func append(steps: Int, from start: Double, to end: Double, shape: String = "linear") {
      stages.append(
        .object([
          "duration": .count(steps), "shape": .text(shape), "start_lr_fraction": .number(start),
          "end_lr_fraction": .number(end),
        ]))
    }
    // The clock shows 1 at the first step, which therefore gets a stage to itself.
    append(steps: 1, from: schedule.first, to: schedule.first)
    for phase in phases {
      let count = phase.steps.count
      switch phase.law {
      case .level(let level): append(steps: count, from: level, to: level)
      case .ramp(let ramp) where !ramp.isClamped && ramp.curve == .linear:
        append(steps: count, from: ramp.value(at: 0), to: ramp.value(at: Double(count)))
      case .ramp(let ramp)
      where !ramp.isClamped && ramp.curve == .cosine && ramp.origin == 0
        && ramp.width == Double(count):
        append(steps: count, from: ramp.start, to: ramp.end, shape: "cosine")
      default:
        throw failure(
          "its stages are lines and cosines, and steps \(phase.steps.lowerBound + 1) to \(phase.steps.upperBound) are neither"
        )
      }
    }
    return request("ComposableScheduler", ["stages": .list(stages)])
  }
}
