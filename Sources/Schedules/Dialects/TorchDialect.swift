import Glibc

/// torch.optim.lr_scheduler, stepped once an update: scheduler k counts from 0.
extension DialectReader {
  private static let torchNames = [
    "LinearLR", "ConstantLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts", "OneCycleLR",
    "PolynomialLR", "ExponentialLR", "StepLR", "MultiStepLR", "SequentialLR",
  ]

  mutating func readTorch() throws(DialectError) {
    guard name != "ReduceLROnPlateau" else { throw adaptive() }
    let steps = try name == "OneCycleLR" ? steps("total_steps") : steps()
    if name == "OneCycleLR" { try takeLearningRate("max_lr") }
    try takeLearningRate("lr")
    try finish(try torchPhases(over: steps))
  }

  /// The phases of one scheduler over its own steps.
  private mutating func torchPhases(over steps: Int) throws(DialectError) -> ScheduleDraft {
    parameters.ignore("last_epoch", "verbose")
    var draft = ScheduleDraft(steps: steps)
    switch name {
    case "LinearLR":
      let start = try parameters.number("start_factor", in: 0...1) ?? 1.0 / 3
      let end = try parameters.number("end_factor", in: 0...1) ?? 1
      let span = try parameters.count("total_iters", least: 1) ?? 5
      guard start > 0 else {
        throw parameters.failure("start_factor", "it is not positive", "give a part of the rate")
      }
      note(
        warmup: start < end ? Double(span) : 0, decayStart: start < end ? nil : 0,
        horizon: start < end ? nil : Double(span))
      draft.ramp(
        .linear, from: start, to: end, origin: 0, width: Double(span), until: Double(span))
      draft.level(end)
    case "ConstantLR":
      let factor = try parameters.number("factor", in: 0...1) ?? 1.0 / 3
      draft.level(factor, until: Double(try parameters.count("total_iters") ?? 5))
      draft.level(1)
    case "PolynomialLR":
      let span = Double(try parameters.count("total_iters", least: 1) ?? 5)
      let power = try parameters.number("power", in: 1e-6...1e3) ?? 1
      note(warmup: 0, decayStart: 0, horizon: span)
      draft.ramp(.polynomial(power: power), from: 1, to: 0, origin: 0, width: span, until: span)
      draft.level(0)
    case "ExponentialLR":
      let gamma = try parameters.requiredNumber(
        "gamma", in: 1e-30...1e3, example: "{\"gamma\": 0.9}")
      draft.ramp(
        .geometric(ratio: gamma), from: 1, to: 0, origin: 0, width: 1, until: Double(steps))
    case "StepLR":
      let size = try parameters.requiredCount(
        "step_size", least: 1, example: "{\"step_size\": 1000}")
      let gamma = try parameters.number("gamma", in: 0...1e3) ?? 0.1
      try requireFew(steps / size)
      for stair in 0...steps / size {
        draft.level(pow(gamma, Double(stair)), until: Double((stair + 1) * size))
      }
    case "MultiStepLR":
      let milestones = try parameters.counts("milestones", example: "{\"milestones\": [8000]}")
      let gamma = try parameters.number("gamma", in: 0...1e3) ?? 0.1
      try requireFew(milestones.count)
      for (passed, milestone) in milestones.sorted().enumerated() {
        draft.level(pow(gamma, Double(passed)), until: Double(milestone))
      }
      draft.level(pow(gamma, Double(milestones.count)))
    case "CosineAnnealingLR":
      let half = try parameters.requiredCount("T_max", least: 1, example: "{\"T_max\": 10000}")
      let floor = try level("eta_min") ?? 0
      note(warmup: 0, decayStart: 0, horizon: Double(half), floor: floor)
      // Beyond T_max the cosine rises again.
      try requireFew(steps / half)
      for part in 0...steps / half {
        let (from, to) = part % 2 == 0 ? (1, floor) : (floor, 1)
        draft.ramp(
          .cosine(power: 1), from: from, to: to, origin: Double(part * half), width: Double(half),
          until: Double((part + 1) * half))
      }
    case "CosineAnnealingWarmRestarts":
      var span = try parameters.requiredCount("T_0", least: 1, example: "{\"T_0\": 1000}")
      let factor = try parameters.count("T_mult", least: 1) ?? 1
      let floor = try level("eta_min") ?? 0
      try requireFew(factor == 1 ? steps / span : 0)
      note(warmup: 0, decayStart: nil, horizon: nil, floor: floor)
      while !draft.isComplete {
        let start = Double(draft.position)
        draft.ramp(
          .cosine(power: 1), from: 1, to: floor, origin: start, width: Double(span),
          until: start + Double(span))
        span = span > steps ? span : span * min(factor, steps + 1)
      }
    case "OneCycleLR": try torchOneCycle(&draft)
    case "SequentialLR": try torchSequence(&draft)
    default: throw unknown(Self.torchNames)
    }
    return draft
  }

  private func requireFew(_ count: Int) throws(DialectError) {
    guard count <= 100_000 else {
      throw parameters.failure(nil, "it makes \(count) stretches", "give at most 100000")
    }
  }

  /// The first rise ends on step pct·T − 1, whole or not, the last decay on step T − 1.
  private mutating func torchOneCycle(_ draft: inout ScheduleDraft) throws(DialectError) {
    parameters.ignore("cycle_momentum", "base_momentum", "max_momentum")
    let part = try parameters.number("pct_start", in: 0...1) ?? 0.3
    let strategy = try parameters.word("anneal_strategy", among: ["cos", "linear"]) ?? "cos"
    let start = 1 / (try parameters.number("div_factor", in: 1e-6...1e12) ?? 25)
    let end = start / (try parameters.number("final_div_factor", in: 1e-6...1e12) ?? 1e4)
    let isThreePhase = try parameters.flag("three_phase") ?? false
    guard !isThreePhase || part < 0.5 else {
      throw parameters.failure("pct_start", "its three phases do not fit", "give less than 0.5")
    }
    try oneCycle(
      &draft, rise: part * Double(draft.steps) - 1,
      shape: strategy == "cos" ? .cosine(power: 1) : .linear,
      start: start, end: end, isThreePhase: isThreePhase)
    if end < 1e-4 {
      remarks.append(
        ScheduleFinding(
          code: "tiny-last-lr", severity: .information,
          message: "OneCycleLR ends on \(end) of its peak: its last steps hardly move"))
    }
  }

  /// A rise that is over on step `rise`, and a decay that is over on the last step.
  mutating func oneCycle(
    _ draft: inout ScheduleDraft, rise: Double, shape: Ramp.Shape, start: Double, end: Double,
    isThreePhase: Bool = false
  ) throws(DialectError) {
    let last = Double(draft.steps) - 1
    let turn = isThreePhase ? 2 * rise : rise
    guard rise != 0, turn < last else {
      throw parameters.failure(
        nil, "a phase of its cycle has no length, where torch divides by zero",
        "move the peak or lengthen the run")
    }
    note(warmup: max(0, rise.rounded(.down) + 1), decayStart: rise, horizon: last + 1)
    // A step belongs to a phase up to and with its end.
    func through(_ step: Double) -> Double { step.rounded(.down) + 1 }
    draft.ramp(shape, from: start, to: 1, origin: 0, width: rise, until: through(rise))
    if isThreePhase {
      draft.ramp(
        shape, from: 1, to: start, origin: rise, width: turn - rise, until: through(turn))
      draft.ramp(shape, from: start, to: end, origin: turn, width: last - turn, until: last + 1)
    } else {
      draft.ramp(shape, from: 1, to: end, origin: turn, width: last - turn, until: last + 1)
    }
  }

  /// Schedulers one after the other, each of whose steps begin at its milestone.
  private mutating func torchSequence(_ draft: inout ScheduleDraft) throws(DialectError) {
    let example =
      "{\"schedulers\": [{\"name\": \"LinearLR\", \"total_iters\": 300}, {\"name\": \"CosineAnnealingLR\", \"T_max\": 9700}], \"milestones\": [300]}"
    let schedulers = try parameters.list("schedulers", example: example)
    let milestones = try parameters.counts("milestones", example: example)
    guard milestones.count == schedulers.count - 1,
      zip(milestones, milestones.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw parameters.failure(
        "milestones", "\(milestones.count) do not part \(schedulers.count) schedulers",
        "give one fewer than schedulers, rising")
    }
    var warmup = 0.0
    for (index, scheduler) in schedulers.enumerated() {
      let start = index == 0 ? 0 : milestones[index - 1]
      let end = index < milestones.count ? milestones[index] : draft.steps
      var inner = try part(scheduler, list: "schedulers", index: index)
      let phases = try inner.torchPhases(over: max(1, min(end, draft.steps) - start))
      try inner.parameters.finish()
      remarks += inner.remarks
      if index == 0 { warmup = inner.intent.warmupSteps ?? 0 }
      intent = inner.intent
      intent.decayStart = intent.decayStart.map { $0 + Double(start) }
      intent.horizon = intent.horizon.map { $0 + Double(start) }
      draft.phases(of: phases, until: Double(end))
    }
    intent.warmupSteps = warmup
  }

  /// The reader of one scheduler of a list: an object with its name and its parameters.
  func part(_ value: ParameterValue, list: String, index: Int) throws(DialectError) -> DialectReader
  {
    guard case .object(var members) = value,
      case .text(let name)? = members.removeValue(forKey: "name")
    else {
      throw parameters.failure(
        list, "entry \(index + 1) has no name", "give {\"name\": …} with its parameters")
    }
    let request = DialectRequest(
      name: name, parameters: members, steps: self.request.steps, learningRate: learningRate)
    return DialectReader(
      request: request,
      parameters: Parameters(subject: "\(parameters.subject) \(name)", members: members)
    )
  }
}
