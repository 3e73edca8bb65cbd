import Support

/// Cosine decay, optionally to a power, over the run or another period.
package struct CosineFamily: ScheduleFamily {
  static let entry = FamilyEntry(
    name: "cosine", aliases: ["cos"], percentage: .floor,
    summary: "(½(1 + cos πu))^power, over the run or another cycle",
    examples: ["cosine", "cosine:power=0.7", "cosine:period=110%", "cosine:min=0.1"]
  ) { parser throws(InputError) in
    let power = try parser.power()
    let period = try parser.positive(
      try parser.extent("period", most: 100), "period", instead: "constant")
    return try parser.finish(
      CosineFamily(power: power, period: period ?? .fraction(1)), keys: ["power", "period"])
  }

  let power: Double

  /// The cycle's length from the start of the run; a longer one is cut off, a shorter one stays at the floor.
  var period: Extent

  package var name: String { "cosine" }

  package var options: [String] {
    (power == 1 ? [] : ["power=\(decimalText(power))"])
      + (period == .fraction(1) ? [] : ["period=\(period.canonical)"])
  }

  package func segments(in layout: SpecLayout) throws(InputError) -> [Segment] {
    let span = period.steps(of: layout.steps) - layout.warmup
    guard span >= 1 else {
      throw layout.failure(
        "the period ends within the warmup of \(layout.warmup) steps", "lengthen the period")
    }
    let count = min(layout.length, span)
    return [
      .decay(
        .cosine(power: power), steps: count, span: span, end: layout.end,
        isClamped: layout.isClamped),
      .level(layout.end, steps: layout.length - count, isFloor: true),
    ]
  }
}
