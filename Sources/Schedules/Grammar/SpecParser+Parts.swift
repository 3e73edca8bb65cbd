import Support

extension SpecParser {
  mutating func power() throws(ScheduleError) -> Double {
    let power = try options.number("power", in: 1e-3...1e3, meaning: "a usable power")
    return power ?? 1
  }

  mutating func decay() throws(ScheduleError) -> CooldownDecay {
    guard let option = options.take("decay") else { return .linear }
    let synonyms: [String: CooldownDecay] = [
      "1sqrt": .oneMinusSquareRoot, "one-minus-sqrt": .oneMinusSquareRoot,
      "minus-sqrt": .oneMinusSquareRoot,
      "cos": .cosine, "exp": .exponential, "lin": .linear, "quadratic": .square,
    ]
    if let decay = CooldownDecay(rawValue: option.value) ?? synonyms[option.value] { return decay }
    let names = CooldownDecay.allCases.map(\.rawValue)
    if option.value == "sqrt" {
      throw ScheduleError(
        input: text, position: option.valuePosition, problem: "decay=sqrt could mean two things",
        hint:
          "write decay=1-sqrt (1 − √u), or decay=square ((1 − u)²) or invsqrt if you mean those")
    }
    let guess = nearestSpelling(to: option.value, among: names).map { "did you mean \($0)? " } ?? ""
    throw ScheduleError(
      input: text, position: option.valuePosition,
      problem: "no cooldown is called '\(printable(option.value))'",
      hint: guess + "write one of \(names.joined(separator: ", "))")
  }

  func required<Value>(_ value: Value?, _ key: String, example: String)
    throws(ScheduleError) -> Value
  {
    if let value { return value }
    throw ScheduleError(
      input: text, position: text.count + 1, problem: "\(name) needs \(key)=",
      hint: "write for example \(example)")
  }

  func positive(_ extent: Extent?, _ key: String, instead: String)
    throws(ScheduleError) -> Extent?
  {
    guard extent == .fraction(0) || extent == .steps(0) else { return extent }
    throw ScheduleError(
      input: text, position: nil, problem: "a \(key) of 0 is no \(key)",
      hint: "write \(instead), or a positive \(key)")
  }

  /// Takes the floor; an exponential decay, from `start`, ends on its floor by itself.
  mutating func floor(decay: CooldownDecay, start: Double) throws(ScheduleError) -> Floor? {
    let mode = options.take("floor")
    let options = options.remaining
    let ratio = try self.options.ratio(
      "min", in: 0...1, problem: "is a floor above the peak or below zero")
    let absolute = try self.options.number(
      "min-lr", in: 1e-30...1e30, meaning: "a positive learning rate")
    if let rate = options.first(where: { $0.key == "min-lr" }), ratio != nil {
      throw ScheduleError(
        input: text, position: rate.keyPosition, problem: "both min= and min-lr= are given",
        hint: "give one of them")
    }
    if decay == .exponential {
      if let mode {
        throw ScheduleError(
          input: text, position: mode.keyPosition,
          problem: "floor= does not apply to an exponential decay, which ends on min= by itself",
          hint: "leave it out")
      }
      if let ratio, ratio <= 0 || ratio > start {
        throw ScheduleError(
          input: text, position: options.first { $0.key == "min" }?.valuePosition,
          problem:
            "an exponential decay from \(decimalText(start)) cannot end at \(decimalText(ratio))",
          hint: "give 0 < min ≤ \(decimalText(start)), for example min=0.01")
      }
    }
    // −0 is accepted, and is zero.
    let level = absolute.map { Floor.Level.absolute($0) } ?? ratio.map { Floor.Level.ratio($0 + 0) }
    guard let level else {
      if let mode {
        throw ScheduleError(
          input: text, position: mode.keyPosition, problem: "floor= is given without a floor",
          hint: "add min= (a ratio of the peak) or min-lr= (a learning rate)")
      }
      return nil
    }
    var floor = Floor(level: level)
    if let mode {
      guard let parsed = Floor.Mode(rawValue: mode.value) else {
        throw ScheduleError(
          input: text, position: mode.valuePosition,
          problem: "floor=\(printable(mode.value)) is not known", hint: "write rescale or clamp")
      }
      floor.mode = parsed
    }
    return floor.level == .ratio(0) ? nil : floor
  }

  /// Takes what all families share, and refuses what is left.
  mutating func finish(
    _ family: ScheduleFamily, keys: [String], hasFloor: Bool = true, decay: CooldownDecay = .linear,
    start: Double = 1
  ) throws(ScheduleError) -> ScheduleSpec {
    let warmup = try options.extent("warmup")
    let floor = hasFloor ? try floor(decay: decay, start: start) : nil
    let shared = hasFloor ? ["warmup", "min", "min-lr", "floor"] : ["warmup"]
    try options.finish(family: name, known: keys + shared)
    let isNone = warmup == .fraction(0) || warmup == .steps(0)
    return ScheduleSpec(text: text, family: family, warmup: isNone ? nil : warmup, floor: floor)
  }
}
