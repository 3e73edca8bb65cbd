import Support

extension ScheduleSpec {
  static func canonical(family: ScheduleFamily, warmup: Extent?, floor: Floor?) -> String {
    var options: [String] = []
    switch family {
    case .constant, .linear: break
    case .cosine(let power, let period):
      if power != 1 { options.append("power=\(decimalText(power))") }
      if period != .fraction(1) { options.append("period=\(period.canonical)") }
    case .wsd(let cooldown, let decay):
      options += ["cooldown=\(cooldown.canonical)"] + canonical(decay)
    case .inverseSquareRoot(let timescale):
      if timescale != 1 { options.append("timescale=\(decimalText(timescale))") }
    case .polynomial(let power): options.append("power=\(decimalText(power))")
    case .rex(let beta): options.append("beta=\(decimalText(beta))")
    case .oneCycle(let start, let end):
      if let warmup { options.append("warmup=\(warmup.canonical)") }
      options += ["start=\(decimalText(start))", "end=\(decimalText(end))"]
    case .repeatedWSD(let period, let cooldown, let decay):
      options +=
        ["period=\(period.canonical)", "cooldown=\(cooldown.canonical)"] + canonical(decay)
    case .twoStage(let at, let factor, let cooldown, let decay):
      options += [
        "at=\(at.canonical)", "factor=\(decimalText(factor))", "cooldown=\(cooldown.canonical)",
      ]
      options += canonical(decay)
    case .piecewise(let knots):
      options += knots.map { "\(decimalText($0.progress))=\(decimalText($0.value))" }
    case .shape(let shape):
      let keys = shape.family.parameters.map(\.name).filter { $0 != "warmup" }
      options += zip(keys, shape.values).map { "\($0)=\(decimalText($1))" }
    }

    if case .oneCycle = family {
    } else if let warmup {
      options.append("warmup=\(warmup.canonical)")
    }
    if let floor {
      switch floor.level {
      case .ratio(let ratio): options.append("min=\(decimalText(ratio))")
      case .absolute(let rate): options.append("min-lr=\(decimalText(rate))")
      }
      if floor.mode != .rescale { options.append("floor=\(floor.mode.rawValue)") }
    }
    return options.isEmpty ? family.name : "\(family.name):\(options.joined(separator: ","))"
  }

  private static func canonical(_ decay: CooldownDecay) -> [String] {
    decay == .linear ? [] : ["decay=\(decay.rawValue)"]
  }
}
