import Glibc
import Support

extension DialectLibrary {
  /// Keras' schedules, whose values are learning rates; `decay_steps` excludes the warmup.
  static let keras = DialectLibrary(
    read: { reader throws(InputError) in
      reader.isAbsolute = true
      try reader.refuseAdaptive("ReduceLROnPlateau")
      try reader.layKeras()
    })
}

extension DialectReader {
  private static let kerasNames = [
    "CosineDecay", "PolynomialDecay", "ExponentialDecay", "InverseTimeDecay",
    "PiecewiseConstantDecay",
  ]

  private mutating func layKerasScheduler() throws(InputError) {
    switch name {
    case "CosineDecay":
      let (rate, span) = try kerasRateAndSteps()
      let floor = try number("alpha") ?? 0
      let target = try number("warmup_target")
      let given = try count("warmup_steps") ?? 0
      let warmup = target == nil ? 0 : Double(given)
      let peak = target ?? rate
      note(warmup: warmup, decayStart: warmup, horizon: warmup + span, floor: floor)
      rise(from: rate, to: peak, over: warmup)
      ramp(.cosine, from: peak, to: peak * floor, at: warmup, over: span)
      level(peak * floor)
    case "PolynomialDecay":
      let (rate, span) = try kerasRateAndSteps()
      let end = try number("end_learning_rate") ?? 1e-4
      let power = try power()
      note(warmup: 0, decayStart: 0, horizon: span, floor: rate > 0 ? end / rate : nil)
      if try flag("cycle") ?? false {
        try values { k in
          let length = span * (k == 0 ? 1 : (k / span).rounded(.up))
          return (rate - end) * pow(1 - k / length, power) + end
        }
      } else {
        ramp(.polynomial(power: power), from: rate, to: end, over: span)
        level(end)
      }
    case "ExponentialDecay", "InverseTimeDecay": try kerasDecay()
    case "PiecewiseConstantDecay":
      let example = "{\"boundaries\": [8000], \"values\": [1e-3, 1e-4]}"
      let boundaries = try counts("boundaries", example: example)
      let values = try numbers("values", example: example)
      guard values.count == boundaries.count + 1,
        zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 < $1 })
      else {
        throw failure(
          "values", "\(values.count) do not match \(boundaries.count) boundaries",
          "give one value more than boundaries, which must rise")
      }
      // Keras uses `values[i]` up to and including `boundaries[i]`.
      stairs(values, ends: boundaries.map { Double($0) + 1 })
    default: throw unknown(Self.kerasNames)
    }
  }

  fileprivate mutating func layKeras() throws(InputError) {
    guard Self.kerasNames.contains(name) else { throw unknown(Self.kerasNames) }
    ignore("name")
    try takeSteps()
    try layKerasScheduler()
  }

  private mutating func kerasRateAndSteps() throws(InputError) -> (rate: Double, span: Double) {
    let rate = try requiredNumber("initial_learning_rate", example: "1e-3")
    let span = try requiredCount("decay_steps", least: 1, example: "10000")
    return (rate, Double(span))
  }

  /// Adds rate·factor^(k/n) or rate/(1 + factor·k/n), as a staircase if asked for.
  private mutating func kerasDecay() throws(InputError) {
    let (rate, span) = try kerasRateAndSteps()
    let factor = try requiredNumber("decay_rate", in: 1e-30...1e30, example: "0.5")
    let isExponential = name == "ExponentialDecay"
    if try flag("staircase") ?? false {
      try values { k in
        let stair = (k / span).rounded(.down)
        return isExponential ? rate * pow(factor, stair) : rate / (1 + factor * stair)
      }
    } else if isExponential {
      ramp(.geometric(ratio: factor), from: rate, over: span, until: total)
    } else {
      ramp(.power(exponent: -1), from: rate, over: span / factor, until: total)
    }
  }
}
