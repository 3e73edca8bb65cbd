import Support

extension DialectLibrary {
  /// litgpt's pretraining: a cosine over micro-batches, a per step, where step k ends on micro-batch (k + 1)·a
  /// − 1; the floor is a learning rate and rescales the decay.
  static let litGPT = DialectLibrary(
    read: { reader throws(InputError) in try reader.readLitGPT() },
    decidingPath: "train",
    request: { reader throws(InputError) in
      var parameters = try reader.object("train") ?? [:]
      for key in ["devices", "num_nodes"] { parameters[key] = reader.value(key) }
      return DialectRequest(
        name: "", parameters: parameters,
        learningRate: try reader.number("optimizer.init_args.lr"))
    })
}

extension DialectReader {
  fileprivate mutating func readLitGPT() throws(InputError) {
    try requireNoName()
    try takeLearningRate("learning_rate", "lr")
    let isCounted = request.parameters["max_steps"].map { $0 != .null } ?? false
    try takeSteps("max_steps")
    if try take("max_tokens") != nil, isCounted {
      throw failure(
        "max_tokens", "they set the schedule's length, and litgpt ignores max_steps",
        "leave out max_steps and give the resulting number of steps")
    }
    ignore(
      "save_interval", "log_interval", "epochs", "max_time", "max_seq_length", "tie_embeddings",
      "max_norm")
    let unit = Double(try litGPTAccumulation())
    let iterations =
      try count("max_iters", least: 1).map { Double($0) } ?? total * unit
    let warmup = Double(try count("lr_warmup_steps") ?? 100)
    let floor = try level("min_lr", default: 4e-5) ?? 0
    try require(
      iterations >= total * unit, "max_iters",
      "\(decimalText(iterations)) micro-batches make fewer than the \(steps) steps of the run",
      "make them agree")
    let end = iterations / unit
    let start = min(end, warmup)
    // Micro-batch 0, in steps.
    let origin = 1 / unit - 1
    note(warmup: warmup, decayStart: start, horizon: end, floor: floor)
    ramp(from: 0, to: 1, at: origin, over: start, until: start + origin)
    ramp(.cosine, to: floor, at: start + origin, over: max(end - start, 1e-9), until: total)
  }

  private mutating func litGPTAccumulation() throws(InputError) -> Int {
    let given = try count("gradient_accumulation_iters", least: 1)
    let batch = try count("global_batch_size", least: 1)
    let micro = try count("micro_batch_size", least: 1)
    let nodes = try count("num_nodes", least: 1) ?? 1
    let hasAllDevices = request.parameters["devices"] == .text("auto")
    if hasAllDevices { ignore("devices") }
    let devices = try count("devices", least: 1) ?? 1
    if let given { return given }
    guard let batch, let micro else { return 1 }
    if hasAllDevices {
      remark(
        "devices-unknown", .information,
        "devices is auto: one is assumed, which shifts the schedule by less than a step")
    }
    let accumulated = batch / devices / nodes / micro
    try require(
      accumulated > 0, "micro_batch_size",
      "\(micro) exceeds a device's share of the batch of \(batch)",
      "lower it")
    return accumulated
  }
}
