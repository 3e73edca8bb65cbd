import Support

extension DialectLibrary {
  /// nanotron's `lr_scheduler_builder`: warmup k/W up to and with step W, the floor a learning rate that is
  /// the peak itself unless given.
  ///
  /// Where the decay's start is given and its length is not, the length is T − W − start: the decay ends W
  /// steps early and stays on the floor.
  static let nanotron = DialectLibrary(
    read: { reader throws(InputError) in try reader.readNanotron() },
    decidingPath: "optimizer.learning_rate_scheduler",
    request: { reader throws(InputError) in
      try reader.section(
        "optimizer.learning_rate_scheduler", steps: "tokens.train_steps", isNamed: false)
    },
    writer: TrainerWriter(
      request: { question throws(InputError) in try question.nanotron() },
      text: { request in
        ParameterValue.object([
          "optimizer": .object(["learning_rate_scheduler": .object(request.parameters)]),
          "tokens": .object(["train_steps": .count(request.steps ?? 0)]),
        ]).json
      }))

  /// The names of its decays.
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
      "warmup \(warmup) and start \(start ?? warmup) leave nothing of the run of \(steps)",
      "move them forward or lengthen the run")
    let change = start ?? warmup
    note(
      warmup: Double(warmup), decayStart: Double(change), horizon: Double(change + span),
      floor: floor)
    if floor == 1 {
      remark(
        "no-decay", .warning,
        "min_decay_lr is the learning rate itself unless given: nothing decays")
    }
    if curve == .oneMinusSquareRoot {
      remark("newer-release", .information, "nanotron 0.4 has no 1-sqrt decay; later ones do")
    }
    if length == nil, start != nil, warmup > 0 {
      remark(
        "warmup-counted-twice", .warning,
        "nanotron takes the warmup of \(warmup) steps off the decay's length as well as its start: give lr_decay_steps \(max(1, steps - change))"
      )
    }
    if warmup == 0, span == 0 {
      // The learning rate is handed to torch as the factor of itself.
      level(try requireLearningRate(for: "learning_rate"))
      remark(
        "squared-lr", .error,
        "with neither warmup nor decay nanotron multiplies the learning rate by itself: set lr_warmup_steps or lr_decay_steps"
      )
    } else if warmupStyle == "linear" {
      // Step 0 belongs to the warmup even where there is none, and has no learning rate.
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
      // A linear warmup of no steps would still take the first step's learning rate.
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
