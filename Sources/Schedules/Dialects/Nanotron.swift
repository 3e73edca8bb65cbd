import Support

extension DialectLibrary {
  /// nanotron's `lr_scheduler_builder`: warmup k/W through step W; the floor is a learning rate, by default the
  /// peak.
  ///
  /// If only the decay's start is given, its length defaults to T − W − start, so the decay ends W steps early
  /// and stays at the floor.
  static let nanotron = DialectLibrary(
    read: { reader throws(InputError) in try reader.readNanotron() },
    decidingPath: "optimizer.learning_rate_scheduler",
    request: { reader throws(InputError) in
      try reader.section(
        "optimizer.learning_rate_scheduler", steps: "tokens.train_steps", isNamed: false)
    },
    batch: [
      [
        "tokens.micro_batch_size", "tokens.batch_accumulation_per_replica", "parallelism.dp",
        "tokens.sequence_length",
      ]
    ],
    writer: TrainerWriter(
      request: { question throws(InputError) in try question.nanotron() },
      text: { request in
        ParameterValue.object([
          "optimizer": .object(["learning_rate_scheduler": .object(request.parameters)]),
          "tokens": .object(["train_steps": .count(request.steps ?? 0)]),
        ]).json
      }))

  fileprivate static let nanotronDecays: [(curve: Curve, name: String)] = [
    (.linear, "linear"), (.cosine, "cosine"), (.oneMinusSquareRoot, "1-sqrt"),
  ]
}

extension DialectReader {
  fileprivate mutating func readNanotron() throws(InputError) {
    try takeLearningRate("learning_rate")
    try takeSteps("train_steps")
    let warmup = try count("lr_warmup_steps") ?? 0
    let warmupStyle =
      try word("lr_warmup_style", among: ["linear", "constant"]) ?? "linear"
    let decays = DialectLibrary.nanotronDecays
    let style = try style("lr_decay_style", among: decays.map(\.name)) ?? "linear"
    let start = try count("lr_decay_starting_step")
    let length = try count("lr_decay_steps")
    let floor = try level("min_decay_lr") ?? 1
    guard let curve = decays.first(where: { $0.name == style })?.curve else {
      throw unknown(decays.map(\.name).sorted())
    }
    let span = length ?? steps - warmup - (start ?? 0)
    try require(
      span >= 0, start == nil ? "lr_warmup_steps" : "lr_decay_starting_step",
      "warmup \(warmup) and start \(start ?? warmup) leave no steps of the run of \(steps)",
      "move them earlier or lengthen the run")
    let change = start ?? warmup
    note(
      warmup: Double(warmup), decayStart: Double(change), horizon: Double(change + span),
      floor: floor)
    if floor == 1 {
      remark(
        "no-decay", .warning,
        "min_decay_lr defaults to the learning rate, so nothing decays")
    }
    if curve == .oneMinusSquareRoot {
      remark("newer-release", .information, "nanotron 0.4 has no 1-sqrt decay; later ones do")
    }
    if length == nil, start != nil, warmup > 0 {
      remark(
        "warmup-counted-twice", .warning,
        "nanotron shortens the decay by the warmup of \(warmup) steps: set lr_decay_steps to \(max(1, steps - change))"
      )
    }
    if warmup == 0, span == 0 {
      // nanotron passes the learning rate to torch as a factor of itself.
      level(try requireLearningRate(for: "learning_rate"))
      remark(
        "squared-lr", .error,
        "with neither warmup nor decay nanotron multiplies the learning rate by itself: set lr_warmup_steps or lr_decay_steps"
      )
    } else if warmupStyle == "linear" {
      // Step 0 is a warmup step with learning rate 0, even without a warmup.
      ramp(from: 0, to: 1, over: Double(max(warmup, 1)), until: Double(warmup + 1))
    } else {
      level(1, until: Double(warmup + 1))
    }
    level(1, until: Double(change))
    ramp(
      curve, to: floor, at: Double(change), over: Double(max(span, 1)),
      until: Double(change + span))
    level(floor)
  }
}

extension TrainerQuestion {
  fileprivate func nanotron() throws(InputError) -> DialectRequest {
    let outline = try required(outline)
    let rate = try requiredRate()
    var parameters: [String: ParameterValue] = [
      "learning_rate": .number(rate), "lr_warmup_steps": .count(outline.warmupLength),
      // A linear warmup over 0 steps would still set the first step's learning rate to 0.
      "lr_warmup_style": .text(outline.warmupSteps == 0 ? "constant" : "linear"),
      "min_decay_lr": .number(outline.floor * rate), "lr_decay_style": .text("linear"),
    ]
    if let decay = outline.decay {
      parameters["lr_decay_style"] = .text(
        try name(of: decay, among: DialectLibrary.nanotronDecays))
      parameters["lr_decay_steps"] = .count(outline.decayLength)
      parameters["lr_decay_starting_step"] = .count(outline.decayStart)
    }
    return DialectRequest(name: "", parameters: parameters, steps: steps)
  }
}
