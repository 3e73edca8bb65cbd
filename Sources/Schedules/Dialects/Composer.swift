import Glibc
import Support

extension DialectLibrary {
  /// Composer's schedulers: decays end at `t_max`, floors are rescaled ratios, and times are text such as
  /// `300ba`, `0.1dur`, `1000sp` or `2000000tok`, rounded down to whole batches, samples or tokens.
  static let composer = DialectLibrary(
    read: { reader throws(InputError) in try reader.readComposer() },
    request: { reader throws(InputError) in
      var request = try reader.section("scheduler", rate: "optimizer.lr")
      // A bare number counts epochs, whose length is unknown.
      if let duration = reader.value("max_duration"), let time = ComposerTime(duration) {
        request.parameters["max_duration"] = nil
        switch time.unit {
        case .batches: request.steps = Int(exactly: time.count)
        case .samples, .tokens: request.parameters["max_duration"] = duration
        case .duration: break
        }
      }
      for key in ["global_train_batch_size", "max_seq_len"] {
        request.parameters[key] = request.parameters[key] ?? reader.peek(key)
      }
      let names = [
        "constant_with_warmup": "ConstantWithWarmupScheduler",
        "cosine_with_warmup": "CosineAnnealingWithWarmupScheduler",
        "linear_decay_with_warmup": "LinearWithWarmupScheduler",
      ]
      request.name = names[request.name] ?? request.name
      return request
    },
    batch: [["global_train_batch_size", "max_seq_len"]])
}

/// A time such as `300ba` or `0.1dur`.
private struct ComposerTime {
  enum Unit: String, CaseIterable {
    case batches = "ba"
    case samples = "sp"
    case tokens = "tok"
    case duration = "dur"
  }

  let count: Double
  let unit: Unit
}

extension ComposerTime {
  init?(_ value: ParameterValue) {
    guard case .text(let text) = value,
      let unit = Unit.allCases.first(where: { text.hasSuffix($0.rawValue) }),
      let count = decimal(String(text.dropLast(unit.rawValue.count))), count >= 0
    else { return nil }
    self.init(count: count, unit: unit)
  }
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
    try takeSequences("global_train_batch_size", length: "max_seq_len")
    try takeComposerDuration()
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

  /// The run's length in its own unit; in batches if nothing else is known.
  private var composerDuration: ComposerTime {
    request.parameters["max_duration"].flatMap { ComposerTime($0) }
      ?? ComposerTime(count: total, unit: .batches)
  }

  /// The size of a step in a unit; nil if unknown.
  private func composerStep(_ unit: ComposerTime.Unit) -> Double? {
    switch unit {
    case .batches, .duration: 1
    case .samples: sequences.map { Double($0) }
    case .tokens: batchTokens.map { Double($0) }
    }
  }

  /// Takes T from a length in samples or tokens, the last step perhaps smaller.
  private mutating func takeComposerDuration() throws(InputError) {
    guard let value = try take("max_duration") else { return }
    guard let time = ComposerTime(value), time.unit != .duration else {
      throw failure("max_duration", "\(value.shown) is not a length", "write for example 5000ba")
    }
    guard let perStep = composerStep(time.unit) else {
      guard request.steps == nil else {
        request.parameters["max_duration"] = nil
        return
      }
      throw lackingBatch("max_duration", time.unit)
    }
    let steps = (time.count / perStep).rounded(.up)
    try require(
      (1...Double(ScheduleSpec.mostSteps)).contains(steps), "max_duration",
      "\(value.shown) makes \(decimalText(steps)) steps", "give 1 to 1e9 steps")
    try require(
      request.steps ?? Int(steps) == Int(steps), "max_duration",
      "\(value.shown) makes \(grouped(Int(steps))) steps, not the \(grouped(request.steps ?? 0)) of the run",
      "give the same number, or only one of them")
    request.steps = Int(steps)
    if steps * perStep != time.count {
      remark(
        "rounded-length", .information,
        "\(value.shown) is rounded up to \(grouped(Int(steps))) steps of \(grouped(Int(perStep)))")
    }
  }

  private func lackingBatch(_ key: String, _ unit: ComposerTime.Unit) -> InputError {
    failure(
      key, "the \(unit == .tokens ? "tokens" : "samples") in a step are not known",
      unit == .tokens
        ? "give the tokens in a step, or global_train_batch_size and max_seq_len"
        : "add global_train_batch_size")
  }

  /// The unit that a parameter counts in.
  private func composerUnit(_ key: String) -> ComposerTime.Unit {
    let unit = request.parameters[key].flatMap { ComposerTime($0)?.unit } ?? .duration
    return unit == .duration ? composerDuration.unit : unit
  }

  /// `t_max` in steps.
  ///
  /// After a warmup, Composer refuses one in another unit than the warmup's, or before the end of the run.
  private mutating func composerEnd() throws(InputError) -> Double {
    let end = try composerTime("t_max", default: "1dur", example: "1dur")
    let unit = composerUnit("t_max")
    try require(
      !hasWarmup || composerUnit("t_warmup") == unit, "t_warmup",
      "it counts \(composerUnit("t_warmup").rawValue) and t_max \(unit.rawValue), which Composer refuses",
      "give both in one unit")
    let duration = composerDuration
    let whole = duration.count / (composerStep(duration.unit) ?? 1)
    try require(
      !hasWarmup || duration.unit != unit || end >= whole, "t_max",
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
    guard var time = ComposerTime(value) else {
      throw failure(
        key, "\(value.shown) is not a time in batches, samples or tokens",
        "write for example 300ba or 0.1dur")
    }
    if time.unit == .duration {
      let whole = composerDuration
      time = ComposerTime(count: time.count * whole.count, unit: whole.unit)
    }
    try require(
      time.count <= 1e15, key, "\(value.shown) is more than 1e15 \(time.unit)",
      "give a time within the run")
    guard let perStep = composerStep(time.unit) else { throw lackingBatch(key, time.unit) }
    return time.count.rounded(.towardZero) / perStep
  }
}
