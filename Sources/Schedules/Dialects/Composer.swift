import Glibc
import Support

extension DialectLibrary {
  /// Composer's schedulers: decays end at `t_max`, floors are rescaled ratios, and times are text such as
  /// `300ba` or `0.1dur`, rounded down to whole batches.
  static let composer = DialectLibrary(
    read: { reader throws(InputError) in try reader.readComposer() },
    request: { reader throws(InputError) in
      var request = try reader.section("scheduler", rate: "optimizer.lr")
      // A bare number counts epochs, whose length is unknown.
      if case .text(let duration)? = reader.value("max_duration"), duration.hasSuffix("ba") {
        request.steps = decimal(String(duration.dropLast(2))).flatMap { Int(exactly: $0) }
      }
      let names = [
        "constant_with_warmup": "ConstantWithWarmupScheduler",
        "cosine_with_warmup": "CosineAnnealingWithWarmupScheduler",
        "linear_decay_with_warmup": "LinearWithWarmupScheduler",
      ]
      request.name = names[request.name] ?? request.name
      return request
    })
}

extension DialectReader {
  /// Lays out the steps after the warmup, starting at the given level.
  private typealias ComposerScheduler =
    @Sendable (inout DialectReader, Double) throws(InputError) -> Void

  private static let composer: KeyValuePairs<String, ComposerScheduler> = [
    "ConstantScheduler": { reader, _ throws(InputError) in
      let end = try reader.composerEnd()
      reader.level(try reader.number("alpha") ?? 1, until: end)
      reader.level(1)
    },
    "LinearScheduler": { reader, start throws(InputError) in
      try reader.composerDecay(from: start) { _ in .linear }
    },
    "CosineAnnealingScheduler": { reader, start throws(InputError) in
      try reader.composerDecay(from: start) { _ in .cosine }
    },
    "PolynomialScheduler": { reader, start throws(InputError) in
      try reader.composerDecay(from: start) { reader throws(InputError) in
        .polynomial(
          power: try reader.requiredNumber("power", in: 1e-6...1e3, example: "2"))
      }
    },
    "ExponentialScheduler": { reader, _ throws(InputError) in
      let gamma = try reader.requiredNumber("gamma", in: 1e-30...1e3, example: "0.9")
      let period = try reader.composerTime("decay_period", example: "1000ba")
      reader.ramp(.geometric(ratio: gamma), over: max(1, period), until: reader.total)
    },
    "StepScheduler": { reader, _ throws(InputError) in
      let size = try reader.composerTime("step_size", example: "1000ba")
      let gamma = try reader.number("gamma", in: 0...1e3) ?? 0.1
      guard size >= 1, reader.total / size <= 1e5 else {
        throw reader.failure("step_size", "it is too short", "lengthen it")
      }
      var passed = 0.0
      while !reader.isComplete {
        reader.level(pow(gamma, passed), until: (passed + 1) * size)
        passed += 1
      }
    },
    "MultiStepScheduler": { reader, _ throws(InputError) in try reader.composerStairs() },
    "ConstantWithWarmupScheduler": { reader, start throws(InputError) in
      _ = try reader.composerEnd()
      reader.note(warmup: reader.warmup)
      reader.level(start)
    },
    "LinearWithWarmupScheduler": { reader, start throws(InputError) in
      try reader.composerDecay(from: start) { _ in .linear }
    },
    "CosineAnnealingWithWarmupScheduler": { reader, start throws(InputError) in
      try reader.composerDecay(from: start) { _ in .cosine }
    },
    "PolynomialWithWarmupScheduler": { reader, start throws(InputError) in
      try reader.composerDecay(from: start) { reader throws(InputError) in
        .polynomial(power: try reader.power(default: 2))
      }
    },
    "MultiStepWithWarmupScheduler": { reader, _ throws(InputError) in
      try reader.composerStairs()
    },
  ]

  private var hasWarmup: Bool { name.contains("WithWarmup") }

  fileprivate mutating func readComposer() throws(InputError) {
    guard let scheduler = Self.composer.first(where: { $0.key == name })?.value else {
      throw unknown(Self.composer.map(\.key))
    }
    ignore("scale_warmup")
    try takeSteps()
    warmup = hasWarmup ? try composerTime("t_warmup", example: "300ba") : 0
    // `ConstantWithWarmupScheduler` warms up to alpha; `ConstantScheduler` returns to 1 after `t_max`.
    let isConstant = name == "ConstantWithWarmupScheduler"
    let start =
      name.hasPrefix("Linear") || isConstant
      ? try number(isConstant ? "alpha" : "alpha_i") ?? 1 : 1
    rise(to: start, over: warmup)
    try scheduler(&self, start)
  }

  /// Adds a decay to `alpha_f` and stays there.
  private mutating func composerDecay(
    from start: Double, _ curve: (inout DialectReader) throws(InputError) -> Curve
  ) throws(InputError) {
    let end = try composerEnd()
    let floor = try number("alpha_f") ?? 0
    note(
      warmup: warmup, decayStart: warmup, horizon: end, floor: start > 0 ? floor / start : nil)
    ramp(
      try curve(&self), from: start, to: floor, at: warmup, over: max(1, end - warmup), until: end)
    // No steps are left for the decay.
    level(end > warmup ? floor : start)
  }

  private mutating func composerStairs() throws(InputError) {
    let values = try list("milestones", example: "[\"0.8dur\"]")
    let gamma = try number("gamma", in: 0...1e3) ?? 0.1
    var milestones: [Double] = []
    for value in values { milestones.append(try composerTime(value, "milestones")) }
    stairs((0...milestones.count).map { pow(gamma, Double($0)) }, ends: milestones.sorted())
  }

  /// `t_max` in batches; Composer refuses one before the end of the run after a warmup.
  private mutating func composerEnd() throws(InputError) -> Double {
    let end = try composerTime("t_max", default: "1dur", example: "1dur")
    try require(
      !hasWarmup || end >= total, "t_max",
      "\(decimalText(end)) batches end before the run of \(steps), which Composer refuses",
      "lengthen it to 1dur")
    return end
  }

  private mutating func composerTime(
    _ key: String, default standard: String? = nil, example: String
  ) throws(InputError) -> Double {
    guard let value = try take(key) ?? standard.map({ .text($0) }) else {
      throw missing(key, example: "{\"\(key)\": \"\(example)\"}")
    }
    return try composerTime(value, key)
  }

  private func composerTime(_ value: ParameterValue, _ key: String) throws(InputError) -> Double {
    if case .text(let text) = value {
      for (suffix, unit) in [("dur", total), ("ba", 1)] where text.hasSuffix(suffix) {
        guard let number = decimal(String(text.dropLast(suffix.count))), number >= 0 else { break }
        try require(
          number * unit <= 1e15, key, "\(value.shown) is more than 1e15 batches",
          "give a time within the run")
        return (number * unit).rounded(.towardZero)
      }
    }
    throw failure(
      key, "\(value.shown) is not a time in batches", "write for example 300ba or 0.1dur")
  }
}
