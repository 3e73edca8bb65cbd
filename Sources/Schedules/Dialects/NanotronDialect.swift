/// nanotron's `lr_scheduler_builder`: warmup k/W up to and with step W, the floor a learning rate that is
/// the peak itself unless given.
///
/// Where the decay's start is given and its length is not, the length is T − W − start: the decay ends W
/// steps early and stays on the floor.
extension DialectReader {
  mutating func readNanotron() throws(DialectError) {
    try takeLearningRate("learning_rate")
    let steps = try steps("train_steps")
    let warmup = try parameters.count("lr_warmup_steps") ?? 0
    let warmupStyle =
      try parameters.word("lr_warmup_style", among: ["linear", "constant"]) ?? "linear"
    let style =
      try style("lr_decay_style", among: ["linear", "cosine", "1-sqrt"]) ?? "linear"
    let start = try parameters.count("lr_decay_starting_step")
    let length = try parameters.count("lr_decay_steps")
    let floor = try level("min_decay_lr") ?? 1
    let shapes: [String: Ramp.Shape] = [
      "linear": .linear, "cosine": .cosine(power: 1), "1-sqrt": .oneMinusSquareRoot,
    ]
    guard let shape = shapes[style] else { throw unknown(shapes.keys.sorted()) }
    let span = length ?? steps - warmup - (start ?? 0)
    guard span >= 0 else {
      throw parameters.failure(
        start == nil ? "lr_warmup_steps" : "lr_decay_starting_step",
        "warmup \(warmup) and start \(start ?? warmup) leave nothing of the run of \(steps)",
        "move them forward or lengthen the run")
    }
    let change = start ?? warmup
    note(
      warmup: Double(warmup), decayStart: Double(change), horizon: Double(change + span),
      floor: floor)
    if floor == 1 {
      remarks.append(
        ScheduleFinding(
          code: "no-decay", severity: .warning,
          message: "min_decay_lr is the learning rate itself unless given: nothing decays"))
    }
    if style == "1-sqrt" {
      remarks.append(
        ScheduleFinding(
          code: "newer-release", severity: .information,
          message: "nanotron 0.4 has no 1-sqrt decay; later ones do"))
    }
    if length == nil, start != nil, warmup > 0 {
      remarks.append(
        ScheduleFinding(
          code: "warmup-counted-twice", severity: .warning,
          message:
            "nanotron takes the warmup of \(warmup) steps off the decay's length as well as its start: give lr_decay_steps \(max(1, steps - change))"
        ))
    }

    var draft = ScheduleDraft(steps: steps)
    if warmup == 0, span == 0 {
      // The learning rate is handed to torch as the factor of itself.
      draft.level(try requireLearningRate(for: "learning_rate"))
      remarks.append(
        ScheduleFinding(
          code: "squared-lr", severity: .error,
          message:
            "with neither warmup nor decay nanotron multiplies the learning rate by itself: set lr_warmup_steps or lr_decay_steps"
        ))
    } else if warmupStyle == "linear" {
      // Step 0 belongs to the warmup even where there is none, and has no learning rate.
      draft.ramp(
        .linear, from: 0, to: 1, origin: 0, width: Double(max(warmup, 1)),
        until: Double(warmup + 1))
    } else {
      draft.level(1, until: Double(warmup + 1))
    }
    draft.level(1, until: Double(change))
    draft.ramp(
      shape, from: 1, to: floor, origin: Double(change), width: Double(max(span, 1)),
      until: Double(change + span))
    draft.level(floor)
    try finish(draft)
  }
}
