import Glibc

/// DeepSpeed's schedulers, which are stepped after the update: the first update has the least learning
/// rate, and update k > 0 that of iteration k − 1. Warmup is logarithmic unless asked otherwise.
extension DialectReader {
  private static let deepSpeedNames = [
    "WarmupLR", "WarmupDecayLR", "WarmupCosineLR", "OneCycle", "LRRangeTest",
  ]

  mutating func readDeepSpeed() throws(DialectError) {
    guard Self.deepSpeedNames.contains(name) else { throw unknown(Self.deepSpeedNames) }
    parameters.ignore("last_batch_iteration")
    try takeLearningRate("lr")
    let steps = try steps()
    var draft = ScheduleDraft(steps: steps)
    switch name {
    case "OneCycle": try deepSpeedOneCycle(&draft)
    case "LRRangeTest": try deepSpeedRangeTest(&draft)
    case "WarmupCosineLR": try deepSpeedCosine(&draft)
    default: try deepSpeedWarmup(&draft)
    }
    try finish(draft)
  }

  /// The rise over the first W iterations, and the level before the first.
  private mutating func deepSpeedRise(
    _ draft: inout ScheduleDraft, first: Double, from start: Double, to peak: Double
  ) throws(DialectError) -> Int {
    let given = try parameters.count("warmup_num_steps", least: 1) ?? 1000
    let warmup = max(2, given)
    let type = try parameters.word("warmup_type", among: ["log", "linear"]) ?? "log"
    draft.level(first, until: 1)
    let span = Double(warmup)
    draft.ramp(
      type == "log" ? .logarithm(span: span) : .linear, from: start, to: peak, origin: 1,
      width: span,
      until: span + 1)
    return warmup
  }

  private mutating func deepSpeedWarmup(_ draft: inout ScheduleDraft) throws(DialectError) {
    isAbsolute = true
    let start = try parameters.number("warmup_min_lr") ?? 0
    let given = try parameters.number("warmup_max_lr")
    guard let peak = given ?? (name == "WarmupDecayLR" ? 0.001 : learningRate) else {
      throw parameters.failure(
        "warmup_max_lr", "it is the optimiser's learning rate, which is not known", "add --lr")
    }
    takesOptimiserRate = given == nil && name == "WarmupLR"
    let warmup = try deepSpeedRise(&draft, first: start, from: start, to: peak)
    note(warmup: Double(warmup), decayStart: nil, horizon: nil)
    if name == "WarmupDecayLR" {
      let total = Double(
        try parameters.requiredCount(
          "total_num_steps", least: 1, example: "{\"total_num_steps\": \(draft.steps)}"))
      note(
        warmup: Double(warmup), decayStart: Double(warmup), horizon: total,
        floor: peak > 0 ? start / peak : nil)
      draft.ramp(
        .linear, from: peak, to: start, origin: Double(warmup) + 1,
        width: max(1, total - Double(warmup)), until: total + 1)
      draft.level(start)
    } else {
      draft.level(peak)
    }
  }

  private mutating func deepSpeedCosine(_ draft: inout ScheduleDraft) throws(DialectError) {
    let total = try parameters.requiredCount(
      "total_num_steps", least: 1, example: "{\"total_num_steps\": \(draft.steps)}")
    let start = try parameters.number("warmup_min_ratio") ?? 0
    let floor = try parameters.number("cos_min_ratio") ?? 0.0001
    // Before the first step there is no learning rate at all, whatever the warmup starts from.
    let warmup = try deepSpeedRise(&draft, first: 0, from: start, to: 1)
    let width = Double(max(1, total - warmup))
    note(warmup: Double(warmup), decayStart: Double(warmup), horizon: Double(total), floor: floor)
    // The decay's first iteration counts as 1.
    let origin = Double(warmup)
    draft.ramp(
      .cosine(power: 1), from: 1, to: floor, origin: origin, width: width, until: origin + width)
    draft.level(floor)
  }

  private mutating func deepSpeedRangeTest(_ draft: inout ScheduleDraft) throws(DialectError) {
    isAbsolute = true
    let start = try parameters.number("lr_range_test_min_lr") ?? 1e-3
    let size = Double(try parameters.count("lr_range_test_step_size", least: 1) ?? 2000)
    let rate = try parameters.number("lr_range_test_step_rate") ?? 1
    let isStaircase = try parameters.flag("lr_range_test_staircase") ?? false
    draft.level(start, until: 1)
    if isStaircase {
      try requireStorable(draft.steps)
      draft.values(until: Double(draft.steps)) { k in
        start * (1 + rate * (k / size).rounded(.down))
      }
    } else {
      draft.ramp(
        .linear, from: start, to: start * (1 + rate), origin: 0, width: size,
        until: Double(draft.steps))
    }
  }

  /// A triangle, and then the least learning rate over 1 + rate·k/size.
  private mutating func deepSpeedOneCycle(_ draft: inout ScheduleDraft) throws(DialectError) {
    isAbsolute = true
    parameters.ignore("cycle_momentum", "cycle_min_mom", "cycle_max_mom", "decay_mom_rate")
    let low = try parameters.requiredNumber("cycle_min_lr", example: "{\"cycle_min_lr\": 1e-4}")
    let high = try parameters.requiredNumber("cycle_max_lr", example: "{\"cycle_max_lr\": 1e-3}")
    let rise = Double(try parameters.count("cycle_first_step_size", least: 1) ?? 2000)
    let fall = try parameters.count("cycle_second_step_size", least: 1).map { Double($0) } ?? rise
    let rate = try parameters.number("decay_lr_rate") ?? 0
    let size = Double(try parameters.count("decay_step_size") ?? 0)
    for key in ["cycle_first_stair_count", "cycle_second_stair_count"] {
      guard try parameters.count(key) ?? 0 == 0 else {
        throw parameters.failure(key, "stairs are not read", "leave it out")
      }
    }
    let end = rise + fall
    note(warmup: rise, decayStart: rise, horizon: end)
    draft.ramp(.linear, from: low, to: high, origin: 0, width: rise, until: rise)
    draft.ramp(.linear, from: high, to: low, origin: rise, width: fall, until: end)
    // The cycle begins anew for one iteration before the decay takes over.
    draft.level(low, until: end + 1)
    if rate > 0, size > 0 {
      draft.ramp(
        .power(exponent: -1), from: low, to: 0, origin: end, width: size / rate,
        until: Double(draft.steps))
    } else {
      draft.level(low)
    }
  }
}
