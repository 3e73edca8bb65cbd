import Glibc
import Support

extension DialectLibrary {
  /// optax's schedules, whose values are learning rates; step k sees count k.
  static let optax = DialectLibrary(
    read: { reader throws(InputError) in
      reader.isAbsolute = true
      try reader.takeSteps()
      try reader.layOptax()
    })
}

extension DialectReader {
  private static let optaxNames = [
    "constant_schedule", "linear_schedule", "polynomial_schedule", "cosine_decay_schedule",
    "exponential_decay", "piecewise_constant_schedule", "warmup_constant_schedule",
    "warmup_cosine_decay_schedule", "linear_onecycle_schedule", "cosine_onecycle_schedule",
    "join_schedules",
  ]

  private mutating func layOptaxScheduler() throws(InputError) {
    switch name {
    case "constant_schedule": level(try optaxValue("value"))
    case "linear_schedule": try optaxPolynomial(power: 1)
    case "polynomial_schedule":
      let power = try requiredNumber("power", in: 1e-6...1e3, example: "2")
      try optaxPolynomial(power: power)
    case "cosine_decay_schedule":
      let start = try optaxValue("init_value")
      let floor = try number("alpha") ?? 0
      let span = Double(try optaxSteps("decay_steps"))
      try optaxCosine(from: start, to: start * floor, at: 0, over: span)
      note(warmup: 0, decayStart: 0, horizon: span, floor: floor)
    case "exponential_decay": try optaxExponential()
    case "piecewise_constant_schedule": try optaxStairs()
    case "warmup_constant_schedule":
      let start = try optaxValue("init_value")
      let peak = try optaxValue("peak_value")
      let warmup = Double(try optaxSteps("warmup_steps"))
      note(warmup: warmup)
      rise(from: start, to: peak, over: warmup)
      level(peak)
    case "warmup_cosine_decay_schedule":
      let start = try optaxValue("init_value")
      let peak = try optaxValue("peak_value")
      let rise = try requiredCount("warmup_steps", example: "300")
      let total = try optaxSteps("decay_steps")
      let end = try number("end_value") ?? 0
      try require(
        total > rise, "decay_steps",
        "\(total) includes the warmup of \(rise) steps and leaves none for the decay",
        "give the total length")
      let warmup = Double(rise)
      ramp(from: start, to: peak, over: max(1, warmup), until: warmup)
      try optaxCosine(from: peak, to: end, at: warmup, over: Double(total - rise))
      note(
        warmup: warmup, decayStart: warmup, horizon: Double(total),
        floor: peak > 0 ? end / peak : nil)
    case "linear_onecycle_schedule": try optaxOneCycle(.linear)
    case "cosine_onecycle_schedule": try optaxOneCycle(.cosine)
    case "join_schedules":
      try sequence(
        "schedules", boundaries: "boundaries",
        example:
          "{\"schedules\": [{\"name\": \"constant_schedule\", \"value\": 1e-3}, {\"name\": \"linear_schedule\", …}], \"boundaries\": [8000]}"
      ) { inner throws(InputError) in try inner.layOptax() }
    default: throw unknown(Self.optaxNames)
    }
  }

  fileprivate mutating func layOptax() throws(InputError) { try layOptaxScheduler() }

  private mutating func optaxValue(_ key: String) throws(InputError) -> Double {
    try requiredNumber(key, example: "1e-3")
  }

  private mutating func optaxSteps(_ key: String) throws(InputError) -> Int {
    try requiredCount(key, least: 1, example: "10000")
  }

  private mutating func optaxPolynomial(power: Double) throws(InputError) {
    let start = try optaxValue("init_value")
    let end = try optaxValue("end_value")
    let span = Double(try optaxSteps("transition_steps"))
    let begin = Double(try count("transition_begin") ?? 0)
    if start < end {
      note(warmup: span)
    } else {
      note(warmup: 0, decayStart: begin, horizon: begin + span)
    }
    level(start, until: begin)
    ramp(.polynomial(power: power), from: start, to: end, at: begin, over: span)
    level(end)
  }

  private mutating func optaxCosine(
    from peak: Double, to floor: Double, at origin: Double, over span: Double
  ) throws(InputError) {
    let exponent = try power("exponent")
    ramp(.cosine(power: exponent), from: peak, to: floor, at: origin, over: span)
    level(floor)
  }

  /// Adds rate^(k/n), limited by `end_value` and optionally as a staircase.
  private mutating func optaxExponential() throws(InputError) {
    let start = try optaxValue("init_value")
    let span = Double(try optaxSteps("transition_steps"))
    let rate = try requiredNumber("decay_rate", in: 1e-30...1e30, example: "0.5")
    let begin = Double(try count("transition_begin") ?? 0)
    let isStaircase = try flag("staircase") ?? false
    let end = try number("end_value")
    level(start, until: begin)
    guard isStaircase || end != nil else {
      return ramp(.geometric(ratio: rate), from: start, at: begin, over: span, until: total)
    }
    try values { k in
      let progress = (k - begin) / span
      let value =
        k <= begin ? start : start * pow(rate, isStaircase ? progress.rounded(.down) : progress)
      return end.map { rate < 1 ? max(value, $0) : min(value, $0) } ?? value
    }
  }

  /// Adds `boundaries_and_scales`, each of which scales the level from its boundary on.
  private mutating func optaxStairs() throws(InputError) {
    var level = try optaxValue("init_value")
    let given = try take("boundaries_and_scales") ?? .object([:])
    guard case .object(let members) = given else {
      throw failure(
        "boundaries_and_scales", "\(given.shown) is not an object", "write {\"8000\": 0.1}")
    }
    var stairs: [(boundary: Double, scale: Double)] = []
    for (key, value) in members {
      guard let boundary = decimal(key), let scale = value.number, scale >= 0 else {
        throw failure(
          "boundaries_and_scales",
          "'\(printable(key))': \(value.shown) is not a boundary with a scale",
          "write {\"8000\": 0.1}")
      }
      stairs.append((boundary, scale))
    }
    for stair in stairs.sorted(by: { $0.boundary < $1.boundary }) {
      self.level(level, until: stair.boundary)
      level *= stair.scale
    }
    self.level(level)
  }

  /// Adds a rise and a decay; the linear version ends with a final stretch.
  private mutating func optaxOneCycle(_ curve: Curve) throws(InputError) {
    let end = Double(try optaxSteps("transition_steps"))
    let peak = try optaxValue("peak_value")
    let rise = try number("pct_start", in: 0...1) ?? 0.3
    let divisor = try number("div_factor", in: 1e-6...1e12) ?? 25
    let finalDivisor = try number("final_div_factor", in: 1e-6...1e12) ?? 1e4
    let turn = (rise * end).rounded(.towardZero)
    let start = peak / divisor
    note(warmup: turn, decayStart: turn, horizon: end)
    ramp(curve, from: start, to: peak, over: max(1, turn), until: turn)
    let last: Double
    if curve == .linear {
      let final = try number("pct_final", in: 0...1) ?? 0.85
      let low = (final * end).rounded(.towardZero)
      try require(low >= turn, "pct_final", "it lies before pct_start", "raise it")
      ramp(from: peak, to: start, at: turn, over: max(1, low - turn), until: low)
      last = start / finalDivisor
      ramp(from: start, to: last, at: low, over: max(1, end - low), until: end)
    } else {
      last = peak / (divisor * finalDivisor)
      ramp(.cosine, from: peak, to: last, at: turn, over: max(1, end - turn), until: end)
    }
    level(last)
  }
}
