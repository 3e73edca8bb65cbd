import Support

extension DialectLibrary {
  /// torchtitan's `lr_scheduler`: warmup (k + 1)/W; the decay over n steps leads to the virtual step T + 1, so
  /// the last step has 1/n.
  ///
  /// Fractions round half to even; floors are rescaled ratios.
  static let torchTitan = DialectLibrary(
    read: { reader throws(InputError) in try reader.readTorchTitan() },
    decidingPath: "lr_scheduler",
    request: { reader throws(InputError) in
      try reader.section(
        "lr_scheduler", rate: "optimizer.lr", steps: "training.steps", isNamed: false)
    },
    batch: [["training.global_batch_size", "training.seq_len"]],
    writer: TrainerWriter(
      request: { question throws(InputError) in try question.torchTitan() },
      text: { request in
        var flags = request.parameters.sorted { $0.key < $1.key }.map {
          "--lr_scheduler.\($0.key) \($0.value.word)"
        }
        flags.append("--training.steps \(request.steps ?? 0)")
        if let rate = request.learningRate { flags.append("--optimizer.lr \(rate)") }
        return flags.joined(separator: " \\\n")
      }))

  fileprivate static let torchTitanDecays: [(curve: Curve, name: String)] = [
    (.linear, "linear"), (.oneMinusSquareRoot, "sqrt"), (.cosine, "cosine"),
  ]
}

extension DialectReader {
  fileprivate mutating func readTorchTitan() throws(InputError) {
    try requireNoName()
    try takeLearningRate("lr")
    try takeSteps("training_steps")
    let end = try count("total_steps", least: 1) ?? steps
    let warmup = min(try count("warmup_steps") ?? 200, end)
    let ratio = try fraction("decay_ratio")
    let curve = try curve("decay_type", among: DialectLibrary.torchTitanDecays)
    let floor = try number("min_lr_factor") ?? 0
    let wanted = ratio.map { Int((Double(end) * $0).rounded(.toNearestOrEven)) } ?? end - warmup
    let decay = min(wanted, end - warmup)
    if decay < wanted {
      remark(
        "decay-cut", .warning,
        "warmup and decay are longer than the run: torchtitan cuts the decay from \(wanted) to \(decay) steps"
      )
    }
    let change = Double(end + 1 - decay)
    note(warmup: Double(warmup), decayStart: change - 1, horizon: Double(end), floor: floor)
    try require(
      steps <= end, "total_steps",
      "\(end) steps end before the run of \(steps), where the learning rate turns negative",
      "raise total_steps")
    ramp(from: 0, to: 1, at: -1, over: Double(warmup), until: Double(warmup))
    level(1, until: change)
    ramp(curve ?? .linear, to: floor, at: change - 1, over: Double(decay), until: Double(end))
  }
}

extension TrainerQuestion {
  fileprivate func torchTitan() throws(InputError) -> DialectRequest {
    let outline = try required(outline)
    var parameters: [String: ParameterValue] = ["warmup_steps": .count(outline.warmupLength)]
    if let decay = outline.decay {
      parameters["decay_type"] = .text(
        try name(of: decay, among: DialectLibrary.torchTitanDecays))
      parameters["min_lr_factor"] = .number(decay.end)
      let end = abs(outline.horizon - steps) > 1 ? outline.horizon : steps
      if end != steps { parameters["total_steps"] = .count(end) }
      if !outline.decaysAtOnce {
        parameters["decay_ratio"] = .number(decay.width.rounded() / Double(end))
      }
    } else {
      parameters["decay_ratio"] = .number(0)
    }
    return request("", parameters)
  }
}
