import Glibc
import Support

extension DialectLibrary {
  /// torch.optim.lr_scheduler, stepped once per update; step k uses count k, from 0.
  static let torch = DialectLibrary(
    read: { reader throws(InputError) in
      try reader.refuseAdaptive("ReduceLROnPlateau")
      if reader.name == "OneCycleLR" {
        try reader.takeSteps("total_steps")
        try reader.takeLearningRate("max_lr")
      } else {
        try reader.takeSteps()
      }
      try reader.takeLearningRate("lr")
      try reader.layTorch()
    })
}

extension DialectReader {
  private static let torchNames = [
    "LinearLR", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "OneCycleLR",
    "PolynomialLR", "ExponentialLR", "StepLR", "MultiStepLR", "SequentialLR",
  ]

  private mutating func layTorchScheduler() throws(InputError) {
    switch name {
    case "LinearLR":
      let start = try number("start_factor", in: 0...1) ?? 1.0 / 3
      let end = try number("end_factor", in: 0...1) ?? 1
      let span = Double(try count("total_iters", least: 1) ?? 5)
      try require(start > 0, "start_factor", "it is not positive", "give a fraction of the rate")
      if start < end {
        note(warmup: span)
      } else {
        note(warmup: 0, decayStart: 0, horizon: span)
      }
      ramp(from: start, to: end, over: span)
      level(end)
    case "ConstantLR":
      let factor = try number("factor", in: 0...1) ?? 1.0 / 3
      level(factor, until: Double(try count("total_iters") ?? 5))
      level(1)
    case "CosineAnnealingLR":
      let half = try requiredCount("T_max", least: 1, example: "10000")
      let floor = try level("eta_min") ?? 0
      note(warmup: 0, decayStart: 0, horizon: Double(half), floor: floor)
      // Past T_max the cosine rises again.
      try requireFew(steps / half)
      for wave in 0...steps / half {
        let (from, to) = wave % 2 == 0 ? (1, floor) : (floor, 1)
        ramp(.cosine, from: from, to: to, at: Double(wave * half), over: Double(half))
      }
    case "CosineAnnealingWarmRestarts":
      var span = try requiredCount("T_0", least: 1, example: "1000")
      let factor = try count("T_mult", least: 1) ?? 1
      let floor = try level("eta_min") ?? 0
      try requireFew(factor == 1 ? steps / span : 0)
      note(warmup: 0, floor: floor)
      while !isComplete {
        ramp(.cosine, to: floor, at: Double(position), over: Double(span))
        span = span > steps ? span : span * min(factor, steps + 1)
      }
    case "OneCycleLR": try torchOneCycle()
    case "PolynomialLR":
      let span = Double(try count("total_iters", least: 1) ?? 5)
      let power = try power()
      note(warmup: 0, decayStart: 0, horizon: span)
      ramp(.polynomial(power: power), over: span)
      level(0)
    case "ExponentialLR":
      let gamma = try requiredNumber(
        "gamma", in: 1e-30...1e3, example: "0.9")
      ramp(.geometric(ratio: gamma), over: 1, until: total)
    case "StepLR", "MultiStepLR": try torchStairs()
    case "SequentialLR":
      try sequence(
        "schedulers", boundaries: "milestones",
        example:
          "{\"schedulers\": [{\"name\": \"LinearLR\", \"total_iters\": 300}, {\"name\": \"CosineAnnealingLR\", \"T_max\": 9700}], \"milestones\": [300]}"
      ) { inner throws(InputError) in try inner.layTorch() }
    default: throw unknown(Self.torchNames)
    }
  }

  fileprivate mutating func layTorch() throws(InputError) {
    ignore("last_epoch", "verbose")
    try layTorchScheduler()
  }

  /// Adds levels multiplied by gamma every `step_size` steps or at `milestones`.
  private mutating func torchStairs() throws(InputError) {
    if name == "MultiStepLR" {
      let milestones = try counts("milestones", example: "{\"milestones\": [8000]}")
      let gamma = try number("gamma", in: 0...1e3) ?? 0.1
      try requireFew(milestones.count)
      return stairs(
        (0...milestones.count).map { pow(gamma, Double($0)) },
        ends: milestones.sorted().map { Double($0) })
    }
    let size = try requiredCount("step_size", least: 1, example: "1000")
    let gamma = try number("gamma", in: 0...1e3) ?? 0.1
    try requireFew(steps / size)
    for stair in 0...steps / size {
      level(pow(gamma, Double(stair)), until: Double((stair + 1) * size))
    }
  }

  private func requireFew(_ count: Int) throws(InputError) {
    try require(count <= 100_000, nil, "it makes \(count) stretches", "give at most 100000")
  }

  /// The rise ends at step pct·T − 1, which may be fractional, and the decay at step T − 1.
  private mutating func torchOneCycle() throws(InputError) {
    ignore("cycle_momentum", "base_momentum", "max_momentum")
    let peak = try number("pct_start", in: 0...1) ?? 0.3
    let strategy = try word("anneal_strategy", among: ["cos", "linear"]) ?? "cos"
    let start = 1 / (try number("div_factor", in: 1e-6...1e12) ?? 25)
    let end = start / (try number("final_div_factor", in: 1e-6...1e12) ?? 1e4)
    let isThreePhase = try flag("three_phase") ?? false
    try require(
      !isThreePhase || peak < 0.5, "pct_start", "its three phases do not fit", "give less than 0.5")
    try oneCycle(
      strategy == "cos" ? .cosine : .linear, rise: peak * total - 1, start: start, end: end,
      isThreePhase: isThreePhase)
    if end < 1e-4 {
      remark(
        "tiny-last-lr", .information,
        "OneCycleLR ends at \(end) of its peak, so its last steps train almost nothing")
    }
  }

  /// Adds a rise that ends at step `rise` and a decay that ends at the last step.
  mutating func oneCycle(
    _ curve: Curve, rise: Double, start: Double, end: Double, isThreePhase: Bool = false
  ) throws(InputError) {
    let last = total - 1
    let turn = isThreePhase ? 2 * rise : rise
    guard rise != 0, turn < last else {
      throw failure(
        nil, "a phase of its cycle is empty, so torch divides by zero",
        "move the peak or lengthen the run")
    }
    note(warmup: max(0, rise.rounded(.down) + 1), decayStart: rise, horizon: last + 1)
    // A phase includes the step at which it ends.
    func through(_ step: Double) -> Double { step.rounded(.down) + 1 }
    ramp(curve, from: start, to: 1, over: rise, until: through(rise))
    if isThreePhase {
      ramp(curve, to: start, at: rise, over: turn - rise, until: through(turn))
    }
    ramp(
      curve, from: isThreePhase ? start : 1, to: end, at: turn, over: last - turn, until: last + 1)
  }
}
