import Glibc
import Support

/// Composer's schedulers: τ = k/t_max or (k − W)/(t_max − W), floors as ratios, rescaled; times are
/// texts like `300ba` or `0.1dur`, of which parts of a batch are dropped.
extension DialectReader {
  private static let composerNames = [
    "ConstantScheduler", "LinearScheduler", "CosineAnnealingScheduler", "PolynomialScheduler",
    "ExponentialScheduler", "StepScheduler", "MultiStepScheduler", "ConstantWithWarmupScheduler",
    "LinearWithWarmupScheduler", "CosineAnnealingWithWarmupScheduler",
    "PolynomialWithWarmupScheduler", "MultiStepWithWarmupScheduler",
  ]

  mutating func readComposer() throws(DialectError) {
    guard Self.composerNames.contains(name) else { throw unknown(Self.composerNames) }
    parameters.ignore("scale_warmup")
    let steps = try steps()
    var draft = ScheduleDraft(steps: steps)
    let hasWarmup = name.contains("WithWarmup")
    let warmup =
      hasWarmup ? try composerTime("t_warmup", of: steps, default: nil, example: "300ba") : 0
    // With a warmup the constant is its target; without, it gives way to 1 after its time.
    let key = name == "ConstantWithWarmupScheduler" ? "alpha" : "alpha_i"
    let start =
      name.hasPrefix("Linear") || name == "ConstantWithWarmupScheduler"
      ? try parameters.number(key) ?? 1 : 1
    draft.ramp(.linear, from: 0, to: start, origin: 0, width: warmup, until: warmup)
    if name.hasPrefix("MultiStep") {
      try composerStairs(&draft)
    } else if name == "StepScheduler" {
      let size = try composerTime("step_size", of: steps, default: nil, example: "1000ba")
      let gamma = try parameters.number("gamma", in: 0...1e3) ?? 0.1
      guard size >= 1, Double(steps) / size <= 1e5 else {
        throw parameters.failure("step_size", "it is too short", "lengthen it")
      }
      var passed = 0.0
      while !draft.isComplete {
        draft.level(pow(gamma, passed), until: (passed + 1) * size)
        passed += 1
      }
    } else if name == "ExponentialScheduler" {
      let gamma = try parameters.requiredNumber(
        "gamma", in: 1e-30...1e3, example: "{\"gamma\": 0.9}")
      let period = try composerTime("decay_period", of: steps, default: nil, example: "1000ba")
      draft.ramp(
        .geometric(ratio: gamma), from: 1, to: 0, origin: 0, width: max(1, period),
        until: Double(steps))
    } else {
      try composerDecay(&draft, warmup: warmup, start: start)
    }
    try finish(draft)
  }

  private mutating func composerDecay(
    _ draft: inout ScheduleDraft, warmup: Double, start: Double
  ) throws(DialectError) {
    let total = try composerTime("t_max", of: draft.steps, default: "1dur", example: "1dur")
    if name == "ConstantScheduler" {
      draft.level(try parameters.number("alpha") ?? 1, until: total)
      draft.level(1)
      return
    }
    if name.contains("WithWarmup"), total < Double(draft.steps) {
      throw parameters.failure(
        "t_max",
        "\(decimalText(total)) batches end before the run of \(draft.steps), which Composer refuses",
        "lengthen it to 1dur")
    }
    if name == "ConstantWithWarmupScheduler" {
      note(warmup: warmup, decayStart: nil, horizon: nil)
      return draft.level(start)
    }
    let floor = try parameters.number("alpha_f") ?? 0
    note(
      warmup: warmup, decayStart: warmup, horizon: total,
      floor: start > 0 ? floor / start : nil)
    var shape = Ramp.Shape.linear
    if name.hasPrefix("Cosine") { shape = .cosine(power: 1) }
    if name.hasPrefix("Polynomial") {
      let given = try parameters.number("power", in: 1e-6...1e3)
      guard let power = given ?? (name == "PolynomialWithWarmupScheduler" ? 2 : nil) else {
        throw parameters.missing("power", example: "{\"power\": 2}")
      }
      shape = .polynomial(power: power)
    }
    draft.ramp(
      shape, from: start, to: floor, origin: warmup, width: max(1, total - warmup), until: total)
    // With nothing left to decay over, it stays where it began.
    draft.level(total > warmup ? floor : start)
  }

  private mutating func composerStairs(_ draft: inout ScheduleDraft) throws(DialectError) {
    let values = try parameters.list("milestones", example: "[\"0.8dur\"]")
    let gamma = try parameters.number("gamma", in: 0...1e3) ?? 0.1
    var milestones: [Double] = []
    for value in values {
      milestones.append(try composerTime(value, "milestones", of: draft.steps))
    }
    for (passed, milestone) in milestones.sorted().enumerated() {
      draft.level(pow(gamma, Double(passed)), until: milestone)
    }
    draft.level(pow(gamma, Double(milestones.count)))
  }

  /// A time in batches.
  private mutating func composerTime(
    _ key: String, of steps: Int, default standard: String?, example: String
  ) throws(DialectError) -> Double {
    guard let value = try parameters.take(key) ?? standard.map({ .text($0) }) else {
      throw parameters.missing(key, example: "{\"\(key)\": \"\(example)\"}")
    }
    return try composerTime(value, key, of: steps)
  }

  private func composerTime(_ value: ParameterValue, _ key: String, of steps: Int)
    throws(DialectError) -> Double
  {
    if case .text(let text) = value {
      for (suffix, unit) in [("dur", Double(steps)), ("ba", 1)] where text.hasSuffix(suffix) {
        guard let number = decimal(String(text.dropLast(suffix.count))), number >= 0 else { break }
        guard number * unit <= 1e15 else {
          throw parameters.failure(
            key, "\(value.shown) is more than 1e15 batches", "give a time within the run")
        }
        return (number * unit).rounded(.towardZero)
      }
    }
    throw parameters.failure(
      key, "\(value.shown) is not a time in batches", "write for example 300ba or 0.1dur")
  }
}
