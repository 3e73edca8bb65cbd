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
    },
    batch: [["train.global_batch_size", "train.max_seq_length"]],
    // Pretraining fills its sequences and always has it; fine-tuning does neither.
    fullSequencesPath: "train.max_tokens")
}

extension DialectReader {
  fileprivate mutating func readLitGPT() throws(InputError) {
    try requireNoName()
    try takeLearningRate("learning_rate", "lr")
    let isCounted = request.parameters["max_steps"].map { $0 != .null } ?? false
    let tokens = try count("max_tokens", least: 1)
    try require(
      tokens == nil || !isCounted, "max_tokens",
      "they set the schedule's length, and litgpt ignores max_steps",
      "leave out max_steps and give the resulting number of steps")
    ignore(
      "save_interval", "log_interval", "epochs", "max_time", "tie_embeddings", "max_norm")
    // Without max_tokens the length only limits samples.
    if tokens == nil { ignore("max_seq_length") }
    let unit = Double(try litGPTAccumulation())
    let ownIterations = try tokens.flatMap { tokens throws(InputError) in
      try litGPTIterations(of: tokens, unit)
    }
    try takeSteps("max_steps")
    let iterations =
      try count("max_iters", least: 1).map { Double($0) } ?? ownIterations ?? total * unit
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

  /// The micro-batches of a run in tokens, the last one whole, which also give T; nil without B.
  private mutating func litGPTIterations(of tokens: Int, _ unit: Double) throws(InputError)
    -> Double?
  {
    guard let batchTokens else { return nil }
    let iterations = (Double(tokens) * unit / Double(batchTokens)).rounded(.down)
    let steps = (iterations / unit).rounded(.down)
    try require(
      (1...Double(ScheduleSpec.mostSteps)).contains(steps), "max_tokens",
      "they make \(decimalText(steps)) steps of \(grouped(batchTokens)) tokens",
      "give enough for 1 to 1e9 steps")
    try require(
      request.steps ?? Int(steps) == Int(steps), "max_tokens",
      "they make \(grouped(Int(steps))) steps, not the \(grouped(request.steps ?? 0)) of the run",
      "give the same number, or only one of them")
    request.steps = Int(steps)
    if tokens % batchTokens != 0 {
      remark(
        "rounded-length", .information,
        "\(grouped(tokens)) tokens are rounded down to \(grouped(Int(steps))) steps of \(grouped(batchTokens)), as litgpt does"
      )
    }
    return iterations
  }

  private mutating func litGPTAccumulation() throws(InputError) -> Int {
    let given = try count("gradient_accumulation_iters", least: 1)
    try takeSequences("global_batch_size", length: "max_seq_length")
    let micro = try count("micro_batch_size", least: 1)
    let nodes = try count("num_nodes", least: 1) ?? 1
    let hasAllDevices = request.parameters["devices"] == .text("auto")
    if hasAllDevices { ignore("devices") }
    let devices = try count("devices", least: 1) ?? 1
    if let given { return given }
    guard let batch = sequences, let micro else { return 1 }
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
