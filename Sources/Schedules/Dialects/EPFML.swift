import Support

extension DialectLibrary {
  /// epfml/schedules-and-scaling: warmup from 1 %; `cos` and `linear` are torch's OneCycleLR ending at 10 %;
  /// fractions are rounded down to whole steps.
  static let epfml = DialectLibrary(
    read: { reader throws(InputError) in try reader.readEPFML() },
    request: { reader in
      let section = ["args", "config"].first { reader.members[$0] != nil }
      let keys = [
        "scheduler", "warmup_steps", "iterations", "wsd_fract_decay", "wsd_final_lr_scale",
        "decay_type", "cos_inf_steps", "lr",
      ]
      return DialectRequest(name: "", parameters: reader.values(keys, below: section))
    },
    // Saved runs hold the sizes of one process.
    batch: ["", "args.", "config."].map { section in
      ["batch_size", "acc_steps", "world_size", "sequence_length"].map { section + $0 }
    })
}

extension DialectReader {
  fileprivate mutating func readEPFML() throws(InputError) {
    try takeLearningRate("lr")
    try takeSteps("iterations")
    let names = ["cos", "linear", "wsd", "cos_inf", "none"]
    let scheduler = try style("scheduler", among: names)
    warmup = Double(try count("warmup_steps") ?? 300)
    try require(
      warmup < total, "warmup_steps", "\(Int(warmup)) steps leave none of the run of \(steps)",
      "shorten the warmup or lengthen the run")
    let fraction = try fraction("wsd_fract_decay") ?? 0.1
    let floor = try number("wsd_final_lr_scale") ?? 0
    let curve = try curve(
      "decay_type",
      among: [
        (.cosine, "cosine"), (.geometric(ratio: max(floor, 1e-300)), "exp"), (.linear, "linear"),
        (.mirroredCosine, "miror_cosine"), (.oneMinusSquareRoot, "sqrt"),
        (.oneMinusSquare, "square"),
      ])
    let flat = Double(try count("cos_inf_steps") ?? 0)
    switch scheduler {
    case "none": level(1)
    case "cos", "linear":
      // torch multiplies the warmup fraction by T again.
      try oneCycle(
        scheduler == "cos" ? .cosine : .linear, rise: warmup / total * total - 1, start: 0.01,
        end: 0.1)
    case "cos_inf":
      let end = total - flat
      try require(end > warmup, "cos_inf_steps", "they leave no steps for the decay", "lower them")
      note(warmup: warmup, decayStart: warmup, horizon: end, floor: 0.1)
      rise(from: 0.01, over: warmup)
      ramp(.cosine, to: 0.1, at: warmup, over: end - warmup, until: end)
      level(0.1)
    case "wsd":
      epfmlCooldown(
        curve ?? .linear, over: (fraction * total).rounded(.towardZero), floor: floor)
    default: throw unknown(names)
    }
  }

  private mutating func epfmlCooldown(_ curve: Curve, over span: Double, floor: Double) {
    let change = total - span
    note(warmup: warmup, decayStart: change, horizon: total, floor: floor)
    rise(from: 0.01, over: warmup)
    level(1, until: change)
    var end = floor
    if case .geometric = curve {
      // With a ratio of 0 the decay reaches zero within a step.
      if floor == 0 {
        level(1, until: change + 1)
        level(0)
      }
      end = 0
    }
    ramp(curve, to: end, at: change, over: span, until: total)
  }
}
