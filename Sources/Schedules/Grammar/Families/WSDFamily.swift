import Support

/// Warmup-stable-decay: a plateau followed by a cooldown.
package struct WSDFamily: ScheduleFamily {
  static let entry = FamilyEntry(
    name: "wsd", aliases: ["trapezoid", "trapezoidal", "warmup-stable-decay"],
    percentage: .cooldown,
    summary: "a plateau, then a cooldown over the last 20 %, or 5000 steps",
    examples: [
      "wsd20", "wsd:cooldown=5000steps", "wsd20:decay=1-sqrt", "wsd10", "wsd40",
      "wsd20:decay=cosine", "wsd20:decay=exponential",
    ], read: read)

  static let wholeRunEntry = FamilyEntry(
    name: "1-sqrt", aliases: ["1sqrt", "one-minus-sqrt"], percentage: .cooldownOf(decay: "1-sqrt"),
    summary: "1 − √u over the whole run", examples: ["1-sqrt"]
  ) { parser throws(InputError) in
    try parser.finish(WSDFamily(length: .fraction(1), decay: .oneMinusSquareRoot))
  }

  package let length: Extent
  package let decay: Curve

  package var name: String { "wsd" }
  package var options: [String] { ["cooldown=\(length.canonical)"] + SpecParser.text(of: decay) }
  package var cooldown: (extent: Extent, decay: Curve)? { (length, decay) }

  package func segments(in layout: SpecLayout) throws(InputError) -> [Segment] {
    // A cooldown over the whole run starts after the warmup, as every decay does.
    let count =
      length == .fraction(1)
      ? layout.length : try layout.fit(length, into: layout.length, beside: "the warmup")
    return layout.cycle(length: layout.length, cooldown: count, decay)
  }

  @Sendable private static func read(_ parser: inout SpecParser) throws(InputError) -> ScheduleSpec
  {
    let option = parser.options.first { $0.key == "cooldown" }
    var length = try parser.extent("cooldown")
    if let percentage = parser.percentage {
      if let option {
        throw parser.failure(
          "the cooldown is given twice, as wsd\(percentage) and as cooldown=", "give it once",
          at: option.keyPosition)
      }
      length = try parser.cooldown(percentage: percentage)
    }
    let cooldown = try parser.required(
      try parser.positive(length, "cooldown", instead: "constant"), "cooldown",
      example: "wsd20 or wsd:cooldown=0.2")
    let decay = try parser.decay()
    return try parser.finish(
      WSDFamily(length: cooldown, decay: decay), keys: ["cooldown", "decay"], decay: decay)
  }
}

extension SpecParser {
  /// The cooldown of a percentage after the name.
  fileprivate func cooldown(percentage: String) throws(InputError) -> Extent {
    let hint = "give 0 < percentage ≤ 100, for example wsd20"
    guard let number = decimal(percentage) else {
      throw failure("'\(printable(percentage))' is not a percentage", hint, at: 4)
    }
    if number < 0 || number > 100 {
      let problem = number < 0 ? "is negative" : "is longer than the run"
      throw failure("a cooldown of \(decimalText(number)) % \(problem)", hint, at: 4)
    }
    if number > 0, number < 1 {
      throw failure(
        "wsd\(percentage) means a cooldown of \(percentage) %",
        "write wsd:cooldown=\(percentage)% to confirm, or wsd:cooldown=\(percentage) for that fraction of the run",
        at: 4)
    }
    return .fraction(fraction(percentage: percentage) ?? number / 100)
  }
}
