import Support

/// Megatron-LM's `OptimizerParamScheduler`: counted in samples, warmup k/W up to and with step W, the
/// floor rescaled and a learning rate.
extension DialectReader {
  mutating func readMegatron() throws(DialectError) {
    let batch = try parameters.count("global_batch_size", least: 1)
    let samples = try parameters.count("train_samples").flatMap { $0 > 0 ? $0 : nil }
    if let samples {
      guard let batch else {
        throw parameters.failure(
          "train_samples", "the batch is not known", "add global_batch_size")
      }
      let steps = samples / batch
      if let given = request.steps, given != steps {
        throw parameters.failure(
          "train_samples", "they make \(steps) steps, not the \(given) of the run",
          "give the same number, or one only")
      }
      request.steps = steps
    }
    try takeLearningRate("lr")
    let steps = try steps("train_iters")
    let style =
      try style(
        "lr_decay_style", among: ["constant", "linear", "cosine", "inverse-square-root", "WSD"])
      ?? "linear"
    // All lengths in steps, whole or not.
    let perStep = batch.map { Double($0) }
    let end =
      try megatronLength("lr_decay_iters", "lr_decay_samples", perStep)
      ?? samples.map { Double($0) / (perStep ?? 1) } ?? Double(steps)
    let fraction = try fraction("lr_warmup_fraction")
    let given = try megatronLength("lr_warmup_iters", "lr_warmup_samples", perStep)
    if let fraction, given ?? 0 != 0 {
      throw parameters.failure(
        "lr_warmup_fraction", "\(decimalText(fraction)) and a length say the same",
        "give one of them")
    }
    let warmup = fraction.map { $0 * end } ?? given ?? 0
    let start = try level("lr_warmup_init") ?? 0
    let floor = try level("min_lr") ?? 0
    guard warmup < end else {
      throw parameters.failure(
        "lr_warmup_iters",
        "the warmup of \(decimalText(warmup)) steps is not shorter than the decay's \(decimalText(end))",
        "shorten it or raise lr_decay_iters")
    }
    let wsdStyle =
      try parameters.word(
        "lr_wsd_decay_style",
        among: ["exponential", "linear", "cosine", "minus_sqrt", "1-sqrt"]) ?? "exponential"
    let wsdSpan = try megatronLength("lr_wsd_decay_iters", "lr_wsd_decay_samples", perStep)
    if try parameters.flag("use_checkpoint_opt_param_scheduler") ?? false {
      throw parameters.failure(
        "use_checkpoint_opt_param_scheduler", "the schedule is that of a checkpoint",
        "give its own options")
    }
    // Says that these options count, not those of a checkpoint.
    parameters.ignore("override_opt_param_scheduler")

    var draft = ScheduleDraft(steps: steps)
    // Up to and with their end.
    func through(_ step: Double) -> Double { step.rounded(.down) + 1 }
    if warmup > 0 {
      draft.ramp(.linear, from: start, to: 1, origin: 0, width: warmup, until: through(warmup))
    }
    note(warmup: warmup, decayStart: warmup, horizon: end, floor: floor)
    switch style {
    case "constant":
      note(warmup: warmup, decayStart: nil, horizon: nil)
      draft.level(1)
    case "linear":
      draft.ramp(
        .linear, from: 1, to: floor, origin: warmup, width: end - warmup, until: through(end))
    case "cosine":
      draft.ramp(
        .cosine(power: 1), from: 1, to: floor, origin: warmup, width: end - warmup,
        until: through(end))
    case "inverse-square-root":
      // √W/√k with W and k counted in samples from 1 on, and cut off at the floor.
      let unit = 1 / (perStep ?? 1)
      let scale = max(warmup, unit)
      if draft.position == 0 { draft.level(1, until: 1) }
      let bottom = floor > 0 ? scale / (floor * floor) : .infinity
      draft.ramp(
        .power(exponent: -0.5), from: 1, to: 0, origin: scale, width: scale,
        until: min(through(end), bottom))
      draft.level(floor, until: through(end))
    case "WSD":
      guard let wsdSpan, wsdSpan > 0 else {
        throw parameters.missing(
          "lr_wsd_decay_iters", example: "--lr-wsd-decay-iters \(max(1, steps / 5))")
      }
      let change = end - wsdSpan
      guard change >= 0 else {
        throw parameters.failure(
          "lr_wsd_decay_iters",
          "\(decimalText(wsdSpan)) steps are more than the \(decimalText(end)) of the schedule",
          "shorten it or raise lr_decay_iters")
      }
      note(warmup: warmup, decayStart: change, horizon: end, floor: floor)
      let shapes: [String: Ramp.Shape] = [
        "linear": .linear, "cosine": .cosine(power: 1), "exponential": .halving,
        "minus_sqrt": .oneMinusSquareRoot, "1-sqrt": .oneMinusSquareRoot,
      ]
      draft.level(1, until: through(change))
      draft.ramp(
        shapes[wsdStyle] ?? .halving, from: 1, to: floor, origin: change, width: wsdSpan,
        until: through(end))
    default: throw unknown(["constant", "linear", "cosine", "inverse-square-root", "WSD"])
    }
    draft.level(style == "constant" ? 1 : floor)
    try finish(draft)
  }

  /// A length in steps, given in iterations or in samples.
  private mutating func megatronLength(
    _ iterations: String, _ samples: String, _ perStep: Double?
  )
    throws(DialectError) -> Double?
  {
    // Recorded arguments hold the zeros of what was not given.
    let steps = try parameters.count(iterations)
    let count = try parameters.count(samples)
    if steps ?? 0 != 0, count ?? 0 != 0 {
      throw parameters.failure(samples, "\(iterations) says the same", "give one of them")
    }
    if let count, count > 0, steps ?? 0 == 0 {
      guard let perStep else {
        throw parameters.failure(samples, "the batch is not known", "add global_batch_size")
      }
      return Double(count) / perStep
    }
    return steps.map { Double($0) }
  }
}
