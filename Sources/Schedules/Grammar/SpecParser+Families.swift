import Support

extension SpecParser {
  /// The spec that the text means.
  mutating func parse() throws(ScheduleError) -> ScheduleSpec {
    if let family = ShapeFamily(rawValue: name) { return try shape(family) }
    switch name {
    case "constant": return try finish(.constant, keys: [], hasFloor: false)
    case "linear": return try finish(.linear, keys: [])
    case "cosine":
      let power = try power()
      let period = try positive(
        try options.extent("period", most: 100), "period", instead: "constant")
      return try finish(
        .cosine(power: power, period: period ?? .fraction(1)), keys: ["power", "period"])
    case "wsd": return try wsd()
    case "1-sqrt":
      return try finish(
        .wsd(cooldown: .fraction(1), decay: .oneMinusSquareRoot), keys: [])
    case "invsqrt":
      let timescale = try options.number(
        "timescale", in: 1e-6...1e12, meaning: "a positive number of steps")
      return try finish(.inverseSquareRoot(timescale: timescale ?? 1), keys: ["timescale"])
    case "poly": return try finish(.polynomial(power: try power()), keys: ["power"])
    case "rex":
      let beta = try options.number("beta", in: 1e-6...1e6, meaning: "a usable beta")
      return try finish(.rex(beta: beta ?? 0.5), keys: ["beta"])
    case "onecycle": return try oneCycle()
    case "wsds":
      let period = try required(
        try positive(try options.extent("period"), "period", instead: "wsd"), "period",
        example: "wsds:period=25%,cooldown=5%")
      let cooldown = try required(
        try positive(try options.extent("cooldown"), "cooldown", instead: "constant"), "cooldown",
        example: "wsds:period=25%,cooldown=5%")
      let decay = try decay()
      return try finish(
        .repeatedWSD(period: period, cooldown: cooldown, decay: decay),
        keys: ["period", "cooldown", "decay"], decay: decay)
    case "twostage": return try twoStage()
    case "piecewise": return try piecewise()
    default: preconditionFailure("every name of the list above is handled")
    }
  }

  private mutating func wsd() throws(ScheduleError) -> ScheduleSpec {
    let option = options.remaining.first { $0.key == "cooldown" }
    var cooldown = try options.extent("cooldown")
    if let percentage {
      if let option {
        throw ScheduleError(
          input: text, position: option.keyPosition,
          problem: "the cooldown is given twice, as wsd\(percentage) and as cooldown=",
          hint: "give it once")
      }
      let hint = "give 0 < percentage ≤ 100, for example wsd20"
      guard let number = decimal(percentage) else {
        throw ScheduleError(
          input: text, position: 4, problem: "'\(printable(percentage))' is not a percentage",
          hint: hint)
      }
      if number < 0 || number > 100 {
        let problem = number < 0 ? "is negative" : "is longer than the run"
        throw ScheduleError(
          input: text, position: 4,
          problem: "a cooldown of \(decimalText(number)) % \(problem)", hint: hint)
      }
      if number > 0, number < 1 {
        throw ScheduleError(
          input: text, position: 4,
          problem: "wsd\(percentage) is a cooldown of \(percentage) per cent",
          hint:
            "write wsd:cooldown=\(percentage)% if so, wsd:cooldown=\(percentage) for a fraction")
      }
      cooldown = .fraction(fraction(percentage: percentage) ?? number / 100)
    }
    let length = try required(
      try positive(cooldown, "cooldown", instead: "constant"), "cooldown",
      example: "wsd20 or wsd:cooldown=0.2")
    let decay = try decay()
    return try finish(
      .wsd(cooldown: length, decay: decay), keys: ["cooldown", "decay"], decay: decay)
  }

  private mutating func oneCycle() throws(ScheduleError) -> ScheduleSpec {
    if let option = options.remaining.first(where: { $0.key == "min" || $0.key == "min-lr" }) {
      throw ScheduleError(
        input: text, position: option.keyPosition, problem: "onecycle has no floor",
        hint: "give its last multiplier as end=")
    }
    let start = try options.ratio("start", in: 0...1, problem: "is not between 0 and the peak")
    let end = try options.ratio("end", in: 0...1, problem: "is not between 0 and the peak")
    let warmup = try options.extent("warmup")
    try options.finish(family: name, known: ["warmup", "start", "end"])
    return ScheduleSpec(
      text: text, family: .oneCycle(start: start ?? 0.04, end: end ?? 4e-6),
      warmup: warmup ?? .fraction(0.3))
  }

  private mutating func twoStage() throws(ScheduleError) -> ScheduleSpec {
    let example = "twostage:at=0.8,factor=0.525,cooldown=0.2"
    let at = try required(try options.extent("at"), "at", example: example)
    let factor = try required(
      try options.ratio("factor", in: 1e-6...1, problem: "is not a usable part of the peak"),
      "factor",
      example: example)
    let cooldown = try required(try options.extent("cooldown"), "cooldown", example: example)
    let decay = try decay()
    return try finish(
      .twoStage(at: at, factor: factor, cooldown: cooldown, decay: decay),
      keys: ["at", "factor", "cooldown", "decay"], decay: decay, start: factor)
  }

  private mutating func piecewise() throws(ScheduleError) -> ScheduleSpec {
    let example = "piecewise:0=1,0.5=1,1=0"
    var knots: [ScheduleFamily.Knot] = []
    for option in options.remaining {
      guard let progress = decimal(option.key) else { continue }
      _ = options.take(option.key)
      guard let value = decimal(option.value), value >= 0, value <= 1e6 else {
        throw ScheduleError(
          input: text, position: option.valuePosition,
          problem: "'\(printable(option.value))' is not a multiplier",
          hint: "give a number from 0 to 1e6, as in \(example)")
      }
      guard progress >= 0, progress <= 1, progress > knots.last?.progress ?? -1 else {
        throw ScheduleError(
          input: text, position: option.keyPosition,
          problem: "the knot at \(printable(option.typedKey)) is out of place",
          hint: "let knots rise from 0 to 1, as in \(example)")
      }
      // −0 is accepted, and is zero.
      knots.append(.init(progress: progress + 0, value: value + 0))
    }
    guard knots.count >= 2, knots[0].progress == 0, knots[knots.count - 1].progress == 1 else {
      throw ScheduleError(
        input: text, position: 1, problem: "the knots of piecewise do not span the run",
        hint: "give one at 0 and one at 1, as in \(example)")
    }
    if knots.allSatisfy({ $0.value == 0 }) {
      throw ScheduleError(
        input: text, position: 1, problem: "every value is zero", hint: "let one knot be positive"
      )
    }
    return try finish(.piecewise(knots), keys: ["u=value"], hasFloor: false)
  }
}
