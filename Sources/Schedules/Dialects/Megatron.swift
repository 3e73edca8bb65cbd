import Support

extension DialectLibrary {
  /// Megatron-LM's `OptimizerParamScheduler`: counts samples, warms up as k/W through step W, and rescales to a
  /// floor given as a learning rate.
  static let megatron = DialectLibrary(
    read: { reader throws(InputError) in try reader.readMegatron() },
    decidingPath: "lr_decay_style",
    request: { reader in
      let keys = [
        "lr", "min_lr", "lr_decay_style", "lr_warmup_iters", "lr_warmup_samples",
        "lr_warmup_fraction", "lr_warmup_init", "lr_decay_iters", "lr_decay_samples",
        "lr_wsd_decay_style", "lr_wsd_decay_iters", "lr_wsd_decay_samples", "train_iters",
        "train_samples", "global_batch_size", "override_opt_param_scheduler",
        "use_checkpoint_opt_param_scheduler",
      ]
      var parameters = reader.values(keys)
      parameters["seq_length"] = reader.peek("seq_length")
      return DialectRequest(name: "", parameters: parameters)
    },
    batch: [["global_batch_size", "seq_length"]],
    writer: TrainerWriter(
      request: { question throws(InputError) in try question.megatron() },
      text: { request in
        request.parameters.sorted { $0.key < $1.key }.map { key, value in
          "--\(String(key.map { $0 == "_" ? "-" : $0 })) \(value.word)"
        }.joined(separator: " \\\n")
      }))

  /// The decay styles of WSD; export uses the first name of a curve.
  fileprivate static let megatronDecays: [(curve: Curve, name: String)] = [
    (.halving, "exponential"), (.linear, "linear"), (.cosine, "cosine"),
    (.oneMinusSquareRoot, "minus_sqrt"), (.oneMinusSquareRoot, "1-sqrt"),
  ]
}

extension DialectReader {
  fileprivate mutating func readMegatron() throws(InputError) {
    try takeSequences("global_batch_size", length: "seq_length")
    let batch = sequences
    let samples = try count("train_samples").flatMap { $0 > 0 ? $0 : nil }
    if let samples { try takeMegatronSamples(samples, batch: batch) }
    try takeLearningRate("lr")
    try takeSteps("train_iters")
    let styles = ["constant", "linear", "cosine", "inverse-square-root", "WSD"]
    let style = try style("lr_decay_style", among: styles) ?? "linear"
    // All lengths are in steps and may be fractional.
    let perStep = batch.map { Double($0) }
    let end =
      try megatronLength("lr_decay_iters", "lr_decay_samples", perStep)
      ?? samples.map { Double($0) / (perStep ?? 1) } ?? total
    warmup = try megatronWarmup(of: end, perStep)
    let start = try level("lr_warmup_init") ?? 0
    let floor = try level("min_lr") ?? 0
    try require(
      warmup < end, "lr_warmup_iters",
      "the warmup of \(decimalText(warmup)) steps is not shorter than the decay's \(decimalText(end))",
      "shorten it or raise lr_decay_iters")
    let cooldown = try curve("lr_wsd_decay_style", among: DialectLibrary.megatronDecays)
    let cooldownSteps = try megatronLength("lr_wsd_decay_iters", "lr_wsd_decay_samples", perStep)
    if try flag("use_checkpoint_opt_param_scheduler") ?? false {
      throw failure(
        "use_checkpoint_opt_param_scheduler", "the schedule comes from a checkpoint",
        "give its options")
    }
    // It only says that these options override a checkpoint's.
    ignore("override_opt_param_scheduler")

    if warmup > 0 { ramp(from: start, to: 1, over: warmup, until: through(warmup)) }
    note(warmup: warmup, decayStart: warmup, horizon: end, floor: floor)
    switch style {
    case "constant":
      note(warmup: warmup)
      level(1)
    case "linear", "cosine":
      ramp(
        style == "linear" ? .linear : .cosine, to: floor, at: warmup, over: end - warmup,
        until: through(end))
    case "inverse-square-root":
      // √W/√k with W and k counted in samples from 1, clamped at the floor.
      let scale = max(warmup, 1 / (perStep ?? 1))
      if position == 0 { level(1, until: 1) }
      let bottom = floor > 0 ? scale / (floor * floor) : .infinity
      ramp(.power(exponent: -0.5), at: scale, over: scale, until: min(through(end), bottom))
      level(floor, until: through(end))
    case "WSD":
      try megatronCooldown(cooldown ?? .halving, over: cooldownSteps, end: end, floor: floor)
    default: throw unknown(styles)
    }
    level(floor)
  }

  /// The end of a phase that includes `step`.
  private func through(_ step: Double) -> Double { step.rounded(.down) + 1 }

  private mutating func megatronCooldown(
    _ curve: Curve, over span: Double?, end: Double, floor: Double
  ) throws(InputError) {
    guard let span, span > 0 else {
      throw missing(
        "lr_wsd_decay_iters", example: "--lr-wsd-decay-iters \(max(1, steps / 5))")
    }
    let change = end - span
    try require(
      change >= 0, "lr_wsd_decay_iters",
      "\(decimalText(span)) steps are more than the \(decimalText(end)) of the schedule",
      "shorten it or raise lr_decay_iters")
    note(warmup: warmup, decayStart: change, horizon: end, floor: floor)
    level(1, until: through(change))
    ramp(curve, to: floor, at: change, over: span, until: through(end))
  }

  private mutating func takeMegatronSamples(_ samples: Int, batch: Int?) throws(InputError) {
    guard let batch else {
      throw failure("train_samples", "the batch size is not known", "add global_batch_size")
    }
    let steps = samples / batch
    if let given = request.steps, given != steps {
      throw failure(
        "train_samples", "they make \(steps) steps, not the \(given) of the run",
        "give the same number, or only one of them")
    }
    request.steps = steps
    if samples % batch != 0 {
      remark(
        "rounded-length", .information,
        "\(grouped(samples)) samples are rounded down to \(grouped(steps)) steps of \(grouped(batch)), as Megatron-LM does"
      )
    }
  }

  private mutating func megatronWarmup(of end: Double, _ perStep: Double?) throws(InputError)
    -> Double
  {
    let fraction = try fraction("lr_warmup_fraction")
    let given = try megatronLength("lr_warmup_iters", "lr_warmup_samples", perStep)
    if let fraction, given ?? 0 != 0 {
      throw failure(
        "lr_warmup_fraction", "\(decimalText(fraction)) and a length set the same warmup",
        "give one of them")
    }
    return fraction.map { $0 * end } ?? given ?? 0
  }

  private mutating func megatronLength(_ iterations: String, _ samples: String, _ perStep: Double?)
    throws(InputError) -> Double?
  {
    // Saved arguments hold zeros for options that were not given.
    let steps = try count(iterations)
    let count = try count(samples)
    if steps ?? 0 != 0, count ?? 0 != 0 {
      throw failure(samples, "\(iterations) says the same", "give one of them")
    }
    if let count, count > 0, steps ?? 0 == 0 {
      guard let perStep else {
        throw failure(samples, "the batch size is not known", "add global_batch_size")
      }
      return Double(count) / perStep
    }
    return steps.map { Double($0) }
  }
}

extension TrainerQuestion {
  fileprivate func megatron() throws(InputError) -> DialectRequest {
    let outline = try required(outline)
    let rate = try requiredRate()
    var parameters: [String: ParameterValue] = [
      "lr": .number(rate), "min_lr": .number(outline.decay.map { $0.end * rate } ?? 0),
      "lr_warmup_iters": .count(outline.warmupLength), "train_iters": .count(steps),
      "lr_decay_iters": .count(outline.horizon),
    ]
    let style: String
    switch (outline.decay?.curve, outline.decaysAtOnce) {
    case (nil, _): style = "constant"
    // Without a warmup the timescale would be the first step's samples, which are unknown.
    case (.power(-0.5)?, _) where outline.warmupSteps > 0: style = "inverse-square-root"
    case (.linear?, true): style = "linear"
    case (.cosine?, true): style = "cosine"
    default:
      style = "WSD"
      if let decay = outline.decay {
        parameters["lr_wsd_decay_style"] = .text(
          try name(of: decay, among: DialectLibrary.megatronDecays))
        parameters["lr_wsd_decay_iters"] = .number(decay.width.rounded())
      }
    }
    parameters["lr_decay_style"] = .text(style)
    return DialectRequest(name: "", parameters: parameters, steps: steps)
  }
}
