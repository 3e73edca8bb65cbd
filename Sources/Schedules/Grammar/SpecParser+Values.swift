import Support

/// The kinds of values that families take; nil where a key is absent.
extension SpecParser {
  mutating func number(_ key: String, in range: ClosedRange<Double>, meaning: String)
    throws(InputError) -> Double?
  {
    guard let option = take(key) else { return nil }
    guard let value = decimal(option.value), range.contains(value) else {
      throw wrong(
        option, "is not \(meaning)",
        "give a number from \(decimalText(range.lowerBound)) to \(decimalText(range.upperBound))")
    }
    return value
  }

  mutating func power() throws(InputError) -> Double {
    try number("power", in: 1e-3...1e3, meaning: "a usable power") ?? 1
  }

  mutating func ratio(_ key: String, in range: ClosedRange<Double>, problem: String)
    throws(InputError) -> Double?
  {
    guard let option = take(key) else { return nil }
    let isPercentage = option.value.hasSuffix("%")
    guard
      let value = isPercentage
        ? fraction(percentage: String(option.value.dropLast())) : decimal(option.value)
    else {
      throw wrong(option, "is not a number", "write a ratio like 0.1 or a percentage like 10%")
    }
    guard range.contains(value) else {
      throw wrong(
        option, problem,
        "give a ratio from \(decimalText(range.lowerBound)) to \(decimalText(range.upperBound))")
    }
    return value
  }

  /// A length: `0.2`, `20%`, `5000steps`, `5000` or `2Btokens`.
  ///
  /// Fractions may not exceed `most`; bare numbers up to 100 are ambiguous and rejected.
  mutating func extent(_ key: String, most: Double = 1) throws(InputError) -> Extent? {
    guard let option = take(key) else { return nil }
    let text = option.value
    let forms = "write a fraction (0.2), a percentage (20%) or steps (5000steps)"
    if text.hasSuffix("tokens") { return .steps(try steps(ofTokens: option)) }
    for suffix in ["steps", "step"] where text.hasSuffix(suffix) {
      guard let count = decimal(String(text.dropLast(suffix.count))), count >= 0,
        count == count.rounded(), count <= 1e9
      else { throw wrong(option, "is not a whole number of steps up to 1e9", forms) }
      return .steps(Int(count))
    }
    let isPercentage = text.hasSuffix("%")
    guard let number = decimal(isPercentage ? String(text.dropLast()) : text) else {
      throw wrong(option, "is not a length of time", forms)
    }
    if number < 0 { throw wrong(option, "is negative", forms) }
    if isPercentage, let fraction = fraction(percentage: String(text.dropLast())) {
      if fraction > most {
        throw wrong(option, "is longer than the run", "give at most \(decimalText(most * 100))%")
      }
      return .fraction(fraction)
    }
    if number == 1 {
      throw wrong(option, "could mean one step or the whole run", "write 1steps or 100%")
    }
    if number < 1 { return .fraction(number) }
    if number <= 100, number == number.rounded() {
      let digits = Int(number)
      throw wrong(option, "could mean steps or per cent", "write \(digits)steps or \(digits)%")
    }
    guard number == number.rounded(), number <= 1e9 else {
      throw wrong(option, "is neither a fraction of the run nor a whole number of steps", forms)
    }
    return .steps(Int(number))
  }

  /// A length in tokens as whole steps, rounded up.
  private func steps(ofTokens option: SpecOption) throws(InputError) -> Int {
    // A spec is read in lower case, and a lower-case t is no unit.
    let digits = option.value.dropLast("tokens".count).uppercased()
    guard let tokens = decimal(expandingUnit(of: digits)), (0...1e15).contains(tokens),
      tokens == tokens.rounded()
    else {
      throw wrong(option, "is not a whole number of tokens up to 1e15", "write 2Btokens")
    }
    guard let batchTokens else {
      throw wrong(option, "depends on the batch", "give the tokens in a step, or write steps")
    }
    let steps = (tokens / Double(batchTokens)).rounded(.up)
    guard steps <= Double(ScheduleSpec.mostSteps) else {
      throw wrong(option, "is more than 1e9 steps", "give fewer tokens or a larger batch")
    }
    return Int(steps)
  }

  mutating func decay() throws(InputError) -> Curve {
    guard let option = take("decay") else { return .linear }
    if let decay = Curve.decay(named: option.value) { return decay }
    if option.value == "sqrt" {
      throw failure(
        "decay=sqrt could mean two things",
        "write decay=1-sqrt for 1 − √u or decay=square for (1 − u)²; invsqrt is a schedule",
        at: option.valuePosition)
    }
    let names = Curve.decays.map { $0.names[0] }
    let guess = nearestSpelling(to: option.value, among: names).map { "did you mean \($0)? " } ?? ""
    throw failure(
      "no cooldown is called '\(printable(option.value))'",
      guess + "write one of \(names.joined(separator: ", "))", at: option.valuePosition)
  }

  static func text(of decay: Curve) -> [String] {
    decay == .linear ? [] : decay.decayName.map { ["decay=\($0)"] } ?? []
  }

  func required<Value>(_ value: Value?, _ key: String, example: String) throws(InputError) -> Value
  {
    if let value { return value }
    throw failure(
      "\(entry.name) needs \(key)=", "write for example \(example)", at: text.count + 1)
  }

  func positive(_ extent: Extent?, _ key: String, instead: String) throws(InputError) -> Extent? {
    guard extent == .fraction(0) || extent == .steps(0) else { return extent }
    throw failure(
      "a \(key) of 0 is not a \(key)", "write \(instead), or a positive \(key)", at: nil)
  }

  /// The floor; the level at which an exponential decay ends is also a floor.
  private mutating func floor(decay: Curve, start: Double) throws(InputError) -> Floor? {
    let mode = take("floor")
    let options = options
    let ratio = try ratio("min", in: 0...1, problem: "is a floor above the peak or below zero")
    let absolute = try number("min-lr", in: 1e-30...1e30, meaning: "a positive learning rate")
    if let rate = options.first(where: { $0.key == "min-lr" }), ratio != nil {
      throw failure(
        "both min= and min-lr= are given", "give one of them", at: rate.keyPosition)
    }
    if decay == .exponential {
      if let mode {
        throw failure(
          "floor= does not apply to an exponential decay, which always ends at min=",
          "leave it out", at: mode.keyPosition)
      }
      if let ratio, ratio <= 0 || ratio > start {
        throw failure(
          "an exponential decay from \(decimalText(start)) cannot end at \(decimalText(ratio))",
          "give 0 < min ≤ \(decimalText(start)), for example min=0.01",
          at: options.first { $0.key == "min" }?.valuePosition)
      }
    }
    // Turns −0 into 0.
    let level = absolute.map { Floor.Level.absolute($0) } ?? ratio.map { Floor.Level.ratio($0 + 0) }
    guard let level else {
      guard let mode else { return nil }
      throw failure(
        "floor= is given without a floor",
        "add min= (a ratio of the peak) or min-lr= (a learning rate)", at: mode.keyPosition)
    }
    var floor = Floor(level: level)
    if let mode {
      guard let parsed = Floor.Mode(rawValue: mode.value) else {
        throw failure(
          "floor=\(printable(mode.value)) is not known", "write rescale or clamp",
          at: mode.valuePosition)
      }
      floor.mode = parsed
    }
    return floor.level == .ratio(0) ? nil : floor
  }

  /// Takes the options that all families share and rejects the rest; `keys` have been taken by the family, and
  /// `decay` leads from `start` to the floor.
  mutating func finish(
    _ family: any ScheduleFamily, keys: [String] = [], hasFloor: Bool = true,
    decay: Curve = .linear, start: Double = 1
  ) throws(InputError) -> ScheduleSpec {
    let warmup = try extent("warmup")
    let floor = hasFloor ? try floor(decay: decay, start: start) : nil
    try refuseRest(known: keys + (hasFloor ? ["warmup", "min", "min-lr", "floor"] : ["warmup"]))
    let hasWarmup = warmup != .fraction(0) && warmup != .steps(0)
    return ScheduleSpec(text: text, family: family, warmup: hasWarmup ? warmup : nil, floor: floor)
  }

  /// Rejects remaining options, naming the family's keys in the hint.
  func refuseRest(known: [String]) throws(InputError) {
    guard let option = options.first else { return }
    let list =
      known.isEmpty
      ? "\(entry.name) takes no options" : "\(entry.name) takes \(known.joined(separator: ", "))"
    let guess = nearestSpelling(to: option.typedKey, among: known)
    throw failure(
      "'\(printable(option.typedKey))' is not an option of \(entry.name)",
      (guess.map { "did you mean \($0)? " } ?? "") + list, at: option.keyPosition)
  }

  private func wrong(_ option: SpecOption, _ problem: String, _ hint: String) -> InputError {
    failure(
      "\(option.typedKey)=\(printable(option.value)) \(problem)", hint, at: option.valuePosition)
  }
}
