import Support

extension DialectLibrary {
  /// DeepSpeed's schedulers, which are stepped after the update.
  ///
  /// The first update runs at the minimum learning rate, and update k > 0 at that of iteration k − 1. Warmup is
  /// logarithmic by default.
  static let deepSpeed = DialectLibrary(
    read: { reader throws(InputError) in try reader.readDeepSpeed() },
    request: { reader throws(InputError) in
      try reader.section("scheduler", rate: "optimizer.params.lr")
    })
}

extension DialectReader {
  private static let deepSpeedNames = [
    "WarmupLR", "WarmupDecayLR", "WarmupCosineLR", "OneCycle", "LRRangeTest",
  ]

  private mutating func layDeepSpeed() throws(InputError) {
    switch name {
    case "WarmupLR": level(try deepSpeedWarmup(standard: nil).peak)
    case "WarmupDecayLR":
      let (warmup, start, peak) = try deepSpeedWarmup(standard: 0.001)
      let end = Double(try deepSpeedTotal())
      note(warmup: warmup, decayStart: warmup, horizon: end, floor: peak > 0 ? start / peak : nil)
      ramp(from: peak, to: start, at: warmup + 1, over: max(1, end - warmup), until: end + 1)
      level(start)
    case "WarmupCosineLR":
      let end = try deepSpeedTotal()
      let start = try number("warmup_min_ratio") ?? 0
      let floor = try number("cos_min_ratio") ?? 0.0001
      // The first update has a learning rate of 0, whatever the warmup starts from.
      let warmup = try deepSpeedRise(first: 0, from: start, to: 1)
      note(warmup: warmup, decayStart: warmup, horizon: Double(end), floor: floor)
      // The decay's first iteration counts as 1.
      ramp(.cosine, to: floor, at: warmup, over: max(1, Double(end) - warmup))
      level(floor)
    case "OneCycle": try deepSpeedOneCycle()
    case "LRRangeTest":
      isAbsolute = true
      let start = try number("lr_range_test_min_lr") ?? 1e-3
      let size = Double(try count("lr_range_test_step_size", least: 1) ?? 2000)
      let rate = try number("lr_range_test_step_rate") ?? 1
      let isStaircase = try flag("lr_range_test_staircase") ?? false
      level(start, until: 1)
      if isStaircase {
        try values { k in start * (1 + rate * (k / size).rounded(.down)) }
      } else {
        ramp(from: start, to: start * (1 + rate), over: size, until: total)
      }
    default: throw unknown(Self.deepSpeedNames)
    }
  }

  fileprivate mutating func readDeepSpeed() throws(InputError) {
    guard Self.deepSpeedNames.contains(name) else {
      throw unknown(Self.deepSpeedNames)
    }
    ignore("last_batch_iteration")
    try takeLearningRate("lr")
    try takeSteps()
    try layDeepSpeed()
  }

  private mutating func deepSpeedTotal() throws(InputError) -> Int {
    try requiredCount("total_num_steps", least: 1, example: "\(steps)")
  }

  /// Adds the initial level and the rise over the first W iterations.
  private mutating func deepSpeedRise(first: Double, from start: Double, to peak: Double)
    throws(InputError) -> Double
  {
    let given = try count("warmup_num_steps", least: 1) ?? 1000
    let span = Double(max(2, given))
    let type = try word("warmup_type", among: ["log", "linear"]) ?? "log"
    level(first, until: 1)
    ramp(type == "log" ? .logarithm(span: span) : .linear, from: start, to: peak, at: 1, over: span)
    return span
  }

  /// Adds a warmup to `warmup_max_lr`, its default or the optimiser's learning rate.
  private mutating func deepSpeedWarmup(standard: Double?) throws(InputError)
    -> (warmup: Double, start: Double, peak: Double)
  {
    isAbsolute = true
    let start = try number("warmup_min_lr") ?? 0
    let given = try number("warmup_max_lr")
    guard let peak = given ?? standard ?? learningRate else {
      throw failure(
        "warmup_max_lr", "it is the optimiser's learning rate, which is not known",
        "give the optimiser's learning rate")
    }
    takesOptimiserRate = given == nil && standard == nil
    let warmup = try deepSpeedRise(first: start, from: start, to: peak)
    note(warmup: warmup)
    return (warmup, start, peak)
  }

  /// Adds a triangle, followed by a decay of the minimum by 1 + rate·k/size.
  private mutating func deepSpeedOneCycle() throws(InputError) {
    isAbsolute = true
    ignore("cycle_momentum", "cycle_min_mom", "cycle_max_mom", "decay_mom_rate")
    let low = try requiredNumber("cycle_min_lr", example: "1e-4")
    let high = try requiredNumber("cycle_max_lr", example: "1e-3")
    let rise = Double(try count("cycle_first_step_size", least: 1) ?? 2000)
    let fall = try count("cycle_second_step_size", least: 1).map { Double($0) } ?? rise
    let rate = try number("decay_lr_rate") ?? 0
    let size = Double(try count("decay_step_size") ?? 0)
    for key in ["cycle_first_stair_count", "cycle_second_stair_count"] {
      try require(try count(key) ?? 0 == 0, key, "stairs are not supported", "leave it out")
    }
    let end = rise + fall
    note(warmup: rise, decayStart: rise, horizon: end)
    self.rise(from: low, to: high, over: rise)
    ramp(from: high, to: low, at: rise, over: fall)
    // The cycle restarts for one iteration before the decay takes over.
    level(low, until: end + 1)
    if rate > 0, size > 0 {
      ramp(.power(exponent: -1), from: low, at: end, over: size / rate, until: total)
    } else {
      level(low)
    }
  }
}
