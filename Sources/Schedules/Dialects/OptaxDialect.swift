import Glibc
import Support

/// optax's schedules: learning rates themselves; the update of step k sees count k.
extension DialectReader {
  private static let optaxNames = [
    "constant_schedule", "linear_schedule", "polynomial_schedule", "cosine_decay_schedule",
    "exponential_decay", "piecewise_constant_schedule", "warmup_constant_schedule",
    "warmup_cosine_decay_schedule", "linear_onecycle_schedule", "cosine_onecycle_schedule",
    "join_schedules",
  ]

  mutating func readOptax() throws(DialectError) {
    isAbsolute = true
    try finish(try optaxPhases(over: try steps()))
  }

  private mutating func optaxPhases(over steps: Int) throws(DialectError) -> ScheduleDraft {
    var draft = ScheduleDraft(steps: steps)
    switch name {
    case "constant_schedule":
      draft.level(try optaxValue("value"))
    case "linear_schedule", "polynomial_schedule":
      let power =
        name == "linear_schedule"
        ? 1
        : try parameters.requiredNumber(
          "power", in: 1e-6...1e3, example: "{\"power\": 2}")
      let start = try optaxValue("init_value")
      let end = try optaxValue("end_value")
      let span = Double(try optaxSteps("transition_steps"))
      let begin = Double(try parameters.count("transition_begin") ?? 0)
      if start < end {
        note(warmup: span, decayStart: nil, horizon: nil)
      } else {
        note(warmup: 0, decayStart: begin, horizon: begin + span)
      }
      draft.level(start, until: begin)
      draft.ramp(
        .polynomial(power: power), from: start, to: end, origin: begin, width: span,
        until: begin + span)
      draft.level(end)
    case "warmup_constant_schedule":
      let (start, peak) = (try optaxValue("init_value"), try optaxValue("peak_value"))
      let warmup = try optaxSteps("warmup_steps")
      note(warmup: Double(warmup), decayStart: nil, horizon: nil)
      draft.ramp(
        .linear, from: start, to: peak, origin: 0, width: Double(warmup), until: Double(warmup))
      draft.level(peak)
    case "cosine_decay_schedule":
      let start = try optaxValue("init_value")
      let floor = try parameters.number("alpha") ?? 0
      optaxCosine(
        &draft, peak: start, floor: start * floor, origin: 0,
        span: Double(try optaxSteps("decay_steps")), exponent: try optaxExponent())
      intent.floor = floor
    case "warmup_cosine_decay_schedule":
      let (start, peak) = (try optaxValue("init_value"), try optaxValue("peak_value"))
      let warmup = try parameters.requiredCount("warmup_steps", example: "{\"warmup_steps\": 300}")
      let total = try optaxSteps("decay_steps")
      let end = try parameters.number("end_value") ?? 0
      guard total > warmup else {
        throw parameters.failure(
          "decay_steps", "\(total) includes the warmup of \(warmup) and leaves nothing to decay",
          "give the whole length")
      }
      draft.ramp(
        .linear, from: start, to: peak, origin: 0, width: max(1, Double(warmup)),
        until: Double(warmup))
      optaxCosine(
        &draft, peak: peak, floor: end, origin: Double(warmup), span: Double(total - warmup),
        exponent: try optaxExponent())
      note(
        warmup: Double(warmup), decayStart: Double(warmup), horizon: Double(total),
        floor: peak > 0 ? end / peak : nil)
    case "exponential_decay":
      try optaxExponential(&draft)
    case "piecewise_constant_schedule":
      try optaxStairs(&draft)
    case "linear_onecycle_schedule", "cosine_onecycle_schedule":
      try optaxOneCycle(&draft)
    case "join_schedules":
      try optaxJoin(&draft)
    default: throw unknown(Self.optaxNames)
    }
    return draft
  }

  private mutating func optaxValue(_ key: String) throws(DialectError) -> Double {
    try parameters.requiredNumber(key, in: 0...1e30, example: "{\"\(key)\": 1e-3}")
  }

  private mutating func optaxSteps(_ key: String) throws(DialectError) -> Int {
    try parameters.requiredCount(key, least: 1, example: "{\"\(key)\": 10000}")
  }

  private mutating func optaxExponent() throws(DialectError) -> Double {
    try parameters.number("exponent", in: 1e-6...1e3) ?? 1
  }

  private mutating func optaxCosine(
    _ draft: inout ScheduleDraft, peak: Double, floor: Double, origin: Double, span: Double,
    exponent: Double
  ) {
    note(warmup: 0, decayStart: origin, horizon: origin + span)
    draft.ramp(
      .cosine(power: exponent), from: peak, to: floor, origin: origin, width: span,
      until: origin + span)
    draft.level(floor)
  }

  /// rate^(k/n), in stairs if asked for, not beyond `end_value`.
  private mutating func optaxExponential(_ draft: inout ScheduleDraft) throws(DialectError) {
    let start = try optaxValue("init_value")
    let span = Double(try optaxSteps("transition_steps"))
    let rate = try parameters.requiredNumber(
      "decay_rate", in: 1e-30...1e30, example: "{\"decay_rate\": 0.5}")
    let begin = Double(try parameters.count("transition_begin") ?? 0)
    let isStaircase = try parameters.flag("staircase") ?? false
    let end = try parameters.number("end_value")
    draft.level(start, until: begin)
    if isStaircase || end != nil {
      try requireStorable(draft.steps)
      draft.values(until: Double(draft.steps)) { k in
        let progress = (k - begin) / span
        let value =
          k <= begin ? start : start * pow(rate, isStaircase ? progress.rounded(.down) : progress)
        return end.map { rate < 1 ? max(value, $0) : min(value, $0) } ?? value
      }
    } else {
      draft.ramp(
        .geometric(ratio: rate), from: start, to: 0, origin: begin, width: span,
        until: Double(draft.steps))
    }
  }

  /// `boundaries_and_scales`: the level is scaled from each boundary on.
  private mutating func optaxStairs(_ draft: inout ScheduleDraft) throws(DialectError) {
    var level = try optaxValue("init_value")
    var stairs: [(boundary: Double, scale: Double)] = []
    switch try parameters.take("boundaries_and_scales") {
    case nil: break
    case .object(let members)?:
      for (key, value) in members {
        guard let boundary = decimal(key), let scale = value.number, scale >= 0 else {
          throw parameters.failure(
            "boundaries_and_scales",
            "'\(printable(key))': \(value.shown) is no boundary with a scale",
            "write {\"8000\": 0.1}")
        }
        stairs.append((boundary, scale))
      }
    case let value?:
      throw parameters.failure(
        "boundaries_and_scales", "\(value.shown) is not an object", "write {\"8000\": 0.1}")
    }
    for stair in stairs.sorted(by: { $0.boundary < $1.boundary }) {
      draft.level(level, until: stair.boundary)
      level *= stair.scale
    }
    draft.level(level)
  }

  private mutating func optaxOneCycle(_ draft: inout ScheduleDraft) throws(DialectError) {
    let span = try optaxSteps("transition_steps")
    let peak = try optaxValue("peak_value")
    let isLinear = name == "linear_onecycle_schedule"
    let part = try parameters.number("pct_start", in: 0...1) ?? 0.3
    let divisor = try parameters.number("div_factor", in: 1e-6...1e12) ?? 25
    let finalDivisor = try parameters.number("final_div_factor", in: 1e-6...1e12) ?? 1e4
    let end = Double(span)
    let turn = (part * end).rounded(.towardZero)
    let start = peak / divisor
    let shape: Ramp.Shape = isLinear ? .linear : .cosine(power: 1)
    note(warmup: turn, decayStart: turn, horizon: end)
    draft.ramp(shape, from: start, to: peak, origin: 0, width: max(1, turn), until: turn)
    if isLinear {
      let final = try parameters.number("pct_final", in: 0...1) ?? 0.85
      let low = (final * end).rounded(.towardZero)
      guard low >= turn else {
        throw parameters.failure("pct_final", "it lies before pct_start", "raise it")
      }
      draft.ramp(
        .linear, from: peak, to: start, origin: turn, width: max(1, low - turn), until: low)
      let last = start / finalDivisor
      draft.ramp(.linear, from: start, to: last, origin: low, width: max(1, end - low), until: end)
      draft.level(last)
    } else {
      let last = peak / (divisor * finalDivisor)
      draft.ramp(
        .cosine(power: 1), from: peak, to: last, origin: turn, width: max(1, end - turn), until: end
      )
      draft.level(last)
    }
  }

  private mutating func optaxJoin(_ draft: inout ScheduleDraft) throws(DialectError) {
    let example =
      "{\"schedules\": [{\"name\": \"constant_schedule\", \"value\": 1e-3}, {\"name\": \"linear_schedule\", …}], \"boundaries\": [8000]}"
    let schedules = try parameters.list("schedules", example: example)
    let boundaries = try parameters.counts("boundaries", example: example)
    guard boundaries.count == schedules.count - 1,
      zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw parameters.failure(
        "boundaries", "\(boundaries.count) do not part \(schedules.count) schedules",
        "give one fewer than schedules, rising")
    }
    var warmup = 0.0
    for (index, schedule) in schedules.enumerated() {
      let start = index == 0 ? 0 : boundaries[index - 1]
      let end = index < boundaries.count ? boundaries[index] : draft.steps
      var inner = try part(schedule, list: "schedules", index: index)
      let phases = try inner.optaxPhases(over: max(1, min(end, draft.steps) - start))
      try inner.parameters.finish()
      if index == 0 { warmup = inner.intent.warmupSteps ?? 0 }
      intent = inner.intent
      intent.decayStart = intent.decayStart.map { $0 + Double(start) }
      intent.horizon = intent.horizon.map { $0 + Double(start) }
      draft.phases(of: phases, until: Double(end))
    }
    intent.warmupSteps = warmup
  }
}
