/// litgpt's pretraining: a cosine over micro-batches, of which step k ends on number (k + 1)·a − 1 for a
/// micro-batches a step; the floor is a learning rate and rescaled.
extension DialectReader {
  mutating func readLitGPT() throws(DialectError) {
    try takeLearningRate("learning_rate", "lr")
    let steps = try steps("max_steps")
    let accumulated = try parameters.count("gradient_accumulation_iters", least: 1) ?? 1
    let unit = Double(accumulated)
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
    note(warmup: warmup, decayStart: start, horizon: total, floor: floor)
    var draft = ScheduleDraft(steps: steps)
    draft.ramp(
      .linear, from: 0, to: 1, origin: origin, width: start, until: start + origin)
    draft.ramp(
      .cosine(power: 1), from: 1, to: floor, origin: start + origin,
      width: max(total - start, 1e-9),
      until: Double(steps))
    try finish(draft)
  }
}
