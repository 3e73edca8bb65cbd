/// epfml/schedules-and-scaling: warmup from a hundredth; `cos` and `linear` are torch's OneCycleLR that
/// ends on a tenth; fractions are cut to whole steps.
extension DialectReader {
  mutating func readEPFML() throws(DialectError) {
    try takeLearningRate("lr")
    let steps = try steps("iterations")
    let names = ["cos", "linear", "wsd", "cos_inf", "none"]
    let scheduler = try style("scheduler", among: names) ?? ""
    let warmup = try parameters.count("warmup_steps") ?? 300
    let total = Double(steps)
    let start = Double(warmup)
    guard warmup < steps else {
      throw parameters.failure(
        "warmup_steps", "\(warmup) steps leave nothing of the run of \(steps)",
        "shorten the warmup or lengthen the run")
    }
    let fraction = try fraction("wsd_fract_decay") ?? 0.1
    let floor = try parameters.number("wsd_final_lr_scale") ?? 0
    let shapes: [String: Ramp.Shape] = [
      "linear": .linear, "cosine": .cosine(power: 1), "sqrt": .oneMinusSquareRoot,
      "square": .oneMinusSquare, "miror_cosine": .mirroredCosine,
      "exp": .geometric(ratio: max(floor, 1e-300)),
    ]
    let type = try parameters.word("decay_type", among: shapes.keys.sorted()) ?? "linear"
    let flat = Double(try parameters.count("cos_inf_steps") ?? 0)
    var draft = ScheduleDraft(steps: steps)
    switch scheduler {
    case "none": draft.level(1)
    case "cos", "linear":
      // The fraction of the warmup is handed to torch, which takes it off the whole again.
      let rise = start / total * total - 1
      try oneCycle(
        &draft, rise: rise, shape: scheduler == "cos" ? .cosine(power: 1) : .linear, start: 0.01,
        end: 0.1)
    case "cos_inf":
      let end = total - flat
      guard end > start else {
        throw parameters.failure("cos_inf_steps", "they leave nothing to decay", "lower them")
      }
      note(warmup: start, decayStart: start, horizon: end, floor: 0.1)
      draft.ramp(.linear, from: 0.01, to: 1, origin: 0, width: start, until: start)
      draft.ramp(
        .cosine(power: 1), from: 1, to: 0.1, origin: start, width: end - start, until: end)
      draft.level(0.1)
    case "wsd":
      let span = (fraction * total).rounded(.towardZero)
      note(warmup: start, decayStart: total - span, horizon: total, floor: floor)
      draft.ramp(.linear, from: 0.01, to: 1, origin: 0, width: start, until: start)
      draft.level(1, until: total - span)
      if type == "exp", floor == 0 {
        draft.level(1, until: total - span + 1)
        draft.level(0)
      } else {
        draft.ramp(
          shapes[type] ?? .linear, from: 1, to: type == "exp" ? 0 : floor, origin: total - span,
          width: span, until: total)
      }
    default: throw unknown(names)
    }
    try finish(draft)
  }
}
