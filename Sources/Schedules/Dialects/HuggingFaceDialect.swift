import Glibc

/// Hugging Face transformers 5 (`optimization.py`): warmup k/W, decay from the peak, floors rescaled,
/// fractions rounded up.
extension DialectReader {
  private static let huggingFaceNames = [
    "linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup",
    "inverse_sqrt", "cosine_with_min_lr", "cosine_warmup_with_min_lr", "warmup_stable_decay",
  ]

  mutating func readHuggingFace() throws(DialectError) {
    guard !["reduce_lr_on_plateau", "greedy"].contains(name) else { throw adaptive() }
    guard Self.huggingFaceNames.contains(name) else { throw unknown(Self.huggingFaceNames) }
    let steps = try steps("max_steps", "num_training_steps")
    try takeLearningRate("learning_rate")
    let warmup = try huggingFaceWarmup(of: steps)
    var draft = ScheduleDraft(steps: steps)
    let (start, total) = (Double(warmup), Double(steps))
    let rest = max(1, total - start)
    note(warmup: start, decayStart: start, horizon: total)
    switch name {
    case "constant":
      // The library gives it no warmup, whatever is asked for.
      note(warmup: 0, decayStart: nil, horizon: nil)
      if warmup > 0 {
        remarks.append(
          ScheduleFinding(
            code: "warmup-ignored", severity: .warning,
            message: "constant has no warmup, whatever is asked for: write constant_with_warmup"))
      }
    case "constant_with_warmup":
      note(warmup: start, decayStart: nil, horizon: nil)
      draft.ramp(.linear, from: 0, to: 1, origin: 0, width: start, until: start)
    case "linear":
      draft.ramp(.linear, from: 0, to: 1, origin: 0, width: start, until: start)
      draft.ramp(.linear, from: 1, to: 0, origin: start, width: rest, until: total)
    case "cosine":
      draft.ramp(.linear, from: 0, to: 1, origin: 0, width: start, until: start)
      try waves(&draft, origin: start, width: rest, floor: 0)
    case "cosine_with_min_lr":
      let floor = try huggingFaceFloor()
      draft.ramp(.linear, from: 0, to: 1, origin: 0, width: start, until: start)
      try waves(&draft, origin: start, width: rest, floor: floor)
    case "cosine_warmup_with_min_lr":
      let floor = try huggingFaceFloor()
      if let rate = try parameters.number("warmup_lr_rate") {
        draft.ramp(
          .linear, from: rate, to: 1, origin: 0, width: max(1, start - 1), until: start)
      } else {
        draft.ramp(.linear, from: 0, to: 1, origin: -1, width: start, until: start)
      }
      try waves(&draft, origin: start - 1, width: rest, floor: floor)
    case "cosine_with_restarts":
      let cycles = Double(try parameters.count("num_cycles", least: 1) ?? 1)
      draft.ramp(.linear, from: 0, to: 1, origin: 0, width: start, until: start)
      if cycles == 1 {
        draft.ramp(.cosine(power: 1), from: 1, to: 0, origin: start, width: rest, until: total)
      } else {
        try requireStorable(steps)
        draft.values(until: total) { k in
          let phase = fmod(cycles * ((k - start) / rest), 1)
          return max(0, 0.5 * (1 + cos(Double.pi * phase)))
        }
      }
    case "polynomial":
      let power = try parameters.number("power", in: 1e-6...1e3) ?? 1
      let end = try level("lr_end", default: 1e-7) ?? 0
      guard end < 1 else {
        throw parameters.failure("lr_end", "it is not below the learning rate", "lower lr_end")
      }
      intent.floor = end
      draft.ramp(.linear, from: 0, to: 1, origin: 0, width: start, until: start)
      draft.ramp(
        .polynomial(power: power), from: 1, to: end, origin: start, width: rest, until: total)
    case "inverse_sqrt":
      let timescale =
        try parameters.number("timescale", in: 1...1e15) ?? (warmup > 0 ? start : 10_000)
      note(warmup: start, decayStart: nil, horizon: nil)
      draft.ramp(.linear, from: 0, to: 1, origin: 0, width: start, until: start)
      draft.ramp(
        .power(exponent: -0.5), from: 1, to: 0, origin: start, width: timescale, until: total)
    default:
      try warmupStableDecay(&draft, warmup: warmup, steps: steps)
    }
    draft.level(1)
    try finish(draft)
  }

  /// `warmup_steps`: a count, or a ratio where it is below 1.
  private mutating func huggingFaceWarmup(of steps: Int) throws(DialectError) -> Int {
    let given = try parameters.take("warmup_steps", "num_warmup_steps", "warmup_ratio")
    guard let given else { return 0 }
    guard let number = given.number, number >= 0, number <= 1e15 else {
      throw parameters.failure(
        "warmup_steps", "\(given.shown) is no length", "give steps, or a ratio below 1")
    }
    let warmup = number >= 1 ? Int(number) : Int((Double(steps) * number).rounded(.up))
    if warmup > steps {
      throw parameters.failure(
        "warmup_steps", "\(warmup) steps of warmup are longer than the run of \(steps)",
        "shorten the warmup or lengthen the run")
    }
    return warmup
  }

  /// `min_lr_rate`, or `min_lr` as a part of the learning rate.
  private mutating func huggingFaceFloor() throws(DialectError) -> Double {
    let ratio = try parameters.number("min_lr_rate")
    let absolute = try level("min_lr")
    if ratio != nil, absolute != nil {
      throw parameters.failure("min_lr_rate", "min_lr says the same", "give one of them")
    }
    guard let floor = ratio ?? absolute else {
      throw parameters.missing("min_lr_rate", example: "{\"min_lr_rate\": 0.1}")
    }
    intent.floor = floor
    return floor
  }

  /// ½(1 + cos 2πcu) over the rest of the run, from 1 to the floor; half a wave unless `num_cycles` says
  /// otherwise.
  private mutating func waves(
    _ draft: inout ScheduleDraft, origin: Double, width: Double, floor: Double
  ) throws(DialectError) {
    let cycles = try parameters.number("num_cycles", in: 0...1e6) ?? 0.5
    try waves(
      &draft, cycles: cycles, origin: origin, width: width, floor: floor,
      until: Double(draft.steps))
  }

  private func waves(
    _ draft: inout ScheduleDraft, cycles: Double, origin: Double, width: Double, floor: Double,
    until limit: Double
  ) throws(DialectError) {
    if cycles == 0.5 {
      draft.ramp(
        .cosine(power: 1), from: 1, to: floor, origin: origin, width: width, until: limit)
    } else {
      try requireStorable(draft.steps)
      draft.values(until: limit) { k in
        let wave = 0.5 * (1 + cos(Double.pi * cycles * 2 * ((k - origin) / width)))
        return max(0, wave * (1 - floor) + floor)
      }
    }
  }

  private mutating func warmupStableDecay(
    _ draft: inout ScheduleDraft, warmup: Int, steps: Int
  ) throws(DialectError) {
    let decay = try parameters.requiredCount(
      "num_decay_steps", example: "{\"num_decay_steps\": \(max(1, steps / 5))}")
    let floor = try parameters.number("min_lr_ratio") ?? 0
    let cycles = try parameters.number("num_cycles", in: 0...1e6) ?? 0.5
    let types = ["linear", "cosine", "1-sqrt"]
    let warmupType = try parameters.word("warmup_type", among: types) ?? "linear"
    let decayType = try parameters.word("decay_type", among: types) ?? "cosine"
    let given = try parameters.count("num_stable_steps")
    let stable = given ?? steps - warmup - decay
    guard stable >= 0 else {
      throw parameters.failure(
        "num_decay_steps",
        "warmup \(warmup) and decay \(decay) are longer than the run of \(steps)",
        "shorten one of them or lengthen the run")
    }
    let (start, span) = (Double(warmup), Double(decay))
    let change = Double(warmup + stable)
    note(warmup: start, decayStart: change, horizon: change + span, floor: floor)

    let rise: Ramp.Shape =
      warmupType == "cosine"
      ? .cosine(power: 1) : warmupType == "linear" ? .linear : .polynomial(power: 0.5)
    draft.ramp(rise, from: floor, to: 1, origin: 0, width: start, until: start)
    draft.level(1, until: change)
    let end = change + span
    switch decayType {
    case "linear":
      draft.ramp(.linear, from: 1, to: floor, origin: change, width: span, until: end)
    case "1-sqrt":
      draft.ramp(
        .oneMinusSquareRoot, from: 1, to: floor, origin: change, width: span, until: end)
    default:
      try waves(
        &draft, cycles: cycles, origin: change, width: max(1, span), floor: floor, until: end)
    }
    draft.level(floor)
  }
}
