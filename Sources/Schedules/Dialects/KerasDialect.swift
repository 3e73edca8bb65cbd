import Glibc

/// Keras' learning-rate schedules: learning rates themselves; `decay_steps` excludes the warmup.
extension DialectReader {
  private static let kerasNames = [
    "CosineDecay", "PolynomialDecay", "ExponentialDecay", "InverseTimeDecay",
    "PiecewiseConstantDecay",
  ]

  mutating func readKeras() throws(DialectError) {
    isAbsolute = true
    guard name != "ReduceLROnPlateau" else { throw adaptive() }
    guard Self.kerasNames.contains(name) else { throw unknown(Self.kerasNames) }
    parameters.ignore("name")
    var draft = ScheduleDraft(steps: try steps())
    if name == "PiecewiseConstantDecay" {
      try kerasStairs(&draft)
      return try finish(draft)
    }
    let rate = try parameters.requiredNumber(
      "initial_learning_rate", example: "{\"initial_learning_rate\": 1e-3}")
    let count = try parameters.requiredCount(
      "decay_steps", least: 1, example: "{\"decay_steps\": 10000}")
    let span = Double(count)
    switch name {
    case "CosineDecay":
      let floor = try parameters.number("alpha") ?? 0
      let target = try parameters.number("warmup_target")
      let warmup = try parameters.count("warmup_steps") ?? 0
      let start = target == nil ? 0 : Double(warmup)
      let peak = target ?? rate
      note(
        warmup: start, decayStart: start, horizon: start + span, floor: floor)
      draft.ramp(.linear, from: rate, to: peak, origin: 0, width: start, until: start)
      draft.ramp(
        .cosine(power: 1), from: peak, to: peak * floor, origin: start, width: span,
        until: start + span)
      draft.level(peak * floor)
    case "PolynomialDecay":
      let end = try parameters.number("end_learning_rate") ?? 1e-4
      let power = try parameters.number("power", in: 1e-6...1e3) ?? 1
      note(warmup: 0, decayStart: 0, horizon: span, floor: rate > 0 ? end / rate : nil)
      if try parameters.flag("cycle") ?? false {
        try requireStorable(draft.steps)
        draft.values(until: Double(draft.steps)) { k in
          let length = span * (k == 0 ? 1 : (k / span).rounded(.up))
          return (rate - end) * pow(1 - k / length, power) + end
        }
      } else {
        draft.ramp(
          .polynomial(power: power), from: rate, to: end, origin: 0, width: span, until: span)
        draft.level(end)
      }
    default:
      let factor = try parameters.requiredNumber(
        "decay_rate", in: 1e-30...1e30, example: "{\"decay_rate\": 0.5}")
      let isStaircase = try parameters.flag("staircase") ?? false
      let isExponential = name == "ExponentialDecay"
      if isStaircase {
        try requireStorable(draft.steps)
        draft.values(until: Double(draft.steps)) { k in
          let stair = (k / span).rounded(.down)
          return isExponential ? rate * pow(factor, stair) : rate / (1 + factor * stair)
        }
      } else {
        draft.ramp(
          isExponential ? .geometric(ratio: factor) : .power(exponent: -1), from: rate, to: 0,
          origin: 0, width: isExponential ? span : span / factor, until: Double(draft.steps))
      }
    }
    try finish(draft)
  }

  /// `values[i]` up to and with `boundaries[i]`.
  private mutating func kerasStairs(_ draft: inout ScheduleDraft) throws(DialectError) {
    let example = "{\"boundaries\": [8000], \"values\": [1e-3, 1e-4]}"
    let boundaries = try parameters.counts("boundaries", example: example)
    let values = try parameters.numbers("values", example: example)
    guard values.count == boundaries.count + 1,
      zip(boundaries, boundaries.dropFirst()).allSatisfy({ $0 < $1 })
    else {
      throw parameters.failure(
        "values", "\(values.count) do not fit \(boundaries.count) boundaries",
        "give one more than boundaries, which rise")
    }
    for (boundary, value) in zip(boundaries, values) {
      draft.level(value, until: Double(boundary) + 1)
    }
    draft.level(values[values.count - 1])
  }
}
