/// torchtitan's `lr_scheduler`: warmup (k + 1)/W, and a decay over n steps from a virtual step T + 1 on,
/// so that the last has 1/n; fractions round half to even, floors are ratios and rescaled.
extension DialectReader {
  mutating func readTorchTitan() throws(DialectError) {
    try requireNoName()
    try takeLearningRate("lr")
    let steps = try steps("training_steps")
    let total = try parameters.count("total_steps", least: 1) ?? steps
    let warmup = min(try parameters.count("warmup_steps") ?? 200, total)
    let ratio = try fraction("decay_ratio")
    let type = try parameters.word("decay_type", among: ["linear", "sqrt", "cosine"]) ?? "linear"
    let floor = try parameters.number("min_lr_factor") ?? 0
    let wanted =
      ratio.map { Int((Double(total) * $0).rounded(.toNearestOrEven)) } ?? total - warmup
    let decay = min(wanted, total - warmup)
    if decay < wanted {
      remarks.append(
        ScheduleFinding(
          code: "decay-cut", severity: .warning,
          message:
            "warmup and decay are longer than the run: torchtitan cuts the decay from \(wanted) to \(decay) steps"
        ))
    }
    let change = Double(total + 1 - decay)
    note(
      warmup: Double(warmup), decayStart: change - 1, horizon: Double(total), floor: floor)
    let shapes: [String: Ramp.Shape] = [
      "linear": .linear, "cosine": .cosine(power: 1), "sqrt": .oneMinusSquareRoot,
    ]
    guard steps <= total else {
      throw parameters.failure(
        "total_steps",
        "\(total) steps end before the run of \(steps), where the learning rate turns negative",
        "raise total_steps")
    }
    var draft = ScheduleDraft(steps: steps)
    draft.ramp(
      .linear, from: 0, to: 1, origin: -1, width: Double(warmup), until: Double(warmup))
    draft.level(1, until: change)
    draft.ramp(
      shapes[type] ?? .linear, from: 1, to: floor, origin: change - 1, width: Double(decay),
      until: Double(total))
    try finish(draft)
  }
}
