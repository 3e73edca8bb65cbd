import Support

/// litgpt's pretraining: a cosine over micro-batches, of which step k ends on number (k + 1)·a − 1 for a
/// micro-batches a step; the floor is a learning rate and rescaled.
extension DialectReader {
  mutating func readLitGPT() throws(DialectError) {
    try requireNoName()
    try takeLearningRate("learning_rate", "lr")
    let isCounted = request.parameters["max_steps"].map { $0 != .null } ?? false
    let steps = try steps("max_steps")
    if try parameters.take("max_tokens") != nil, isCounted {
      throw parameters.failure(
        "max_tokens", "the schedule is laid out for them, whatever max_steps says",
        "leave max_steps out and give the steps that they make as --steps")
    }
    parameters.ignore(
      "save_interval", "log_interval", "epochs", "max_time", "max_seq_length", "tie_embeddings",
      "max_norm")
    let unit = Double(try litGPTAccumulation())
    let iterations =
      try parameters.count("max_iters", least: 1).map { Double($0) } ?? Double(steps) * unit
    let warmup = try parameters.count("lr_warmup_steps") ?? 100
    let floor = try level("min_lr", default: 4e-5) ?? 0
    guard iterations >= Double(steps) * unit else {
      throw parameters.failure(
        "max_iters",
        "\(decimalText(iterations)) micro-batches make fewer than the \(steps) steps of the run",
        "give both alike")
    }
    let total = iterations / unit
    let start = min(total, Double(warmup))
    // Micro-batch number 0, in steps.
    let origin = 1 / unit - 1
    note(warmup: Double(warmup), decayStart: start, horizon: total, floor: floor)
    var draft = ScheduleDraft(steps: steps)
    draft.ramp(
      .linear, from: 0, to: 1, origin: origin, width: start, until: start + origin)
    draft.ramp(
      .cosine(power: 1), from: 1, to: floor, origin: start + origin,
      width: max(total - start, 1e-9),
      until: Double(steps))
    try finish(draft)
  }

  /// Micro-batches a step and device.
  private mutating func litGPTAccumulation() throws(DialectError) -> Int {
    let given = try parameters.count("gradient_accumulation_iters", least: 1)
    let batch = try parameters.count("global_batch_size", least: 1)
    let micro = try parameters.count("micro_batch_size", least: 1)
    let nodes = try parameters.count("num_nodes", least: 1) ?? 1
    let hasAllDevices = request.parameters["devices"] == .text("auto")
    if hasAllDevices { parameters.ignore("devices") }
    let devices = try parameters.count("devices", least: 1) ?? 1
    if let given { return given }
    guard let batch, let micro else { return 1 }
    if hasAllDevices {
      remarks.append(
        ScheduleFinding(
          code: "devices-unknown", severity: .information,
          message: "devices is auto: one is taken, which moves the schedule by less than a step"))
    }
    let accumulated = batch / devices / nodes / micro
    guard accumulated > 0 else {
      throw parameters.failure(
        "micro_batch_size", "\(micro) is more than a device's part of the batch of \(batch)",
        "lower it")
    }
    return accumulated
  }
}
