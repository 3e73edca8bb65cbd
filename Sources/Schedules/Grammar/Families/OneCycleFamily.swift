import Support

/// A cosine rise from `start` to the peak, then a cosine decay to `end` at the last step.
package struct OneCycleFamily: ScheduleFamily {
  static let entry = FamilyEntry(
    name: "onecycle", aliases: ["one-cycle", "1cycle"], summary: "cosine up, cosine down to `end`",
    examples: ["onecycle", "onecycle:warmup=30%,start=0.04,end=4e-6"], read: read)

  let start: Double
  let end: Double

  package var name: String { "onecycle" }
  package var needsWarmup: Bool { true }
  package var options: [String] { ["start=\(decimalText(start))", "end=\(decimalText(end))"] }

  package func segments(in layout: SpecLayout) throws(InputError) -> [Segment] {
    let rise = max(1, layout.warmup)
    try layout.checkWarmup(rise, mayBeAll: true)
    let fall = layout.steps - rise
    return [
      .decay(.cosine, steps: rise - 1, span: max(1, rise - 1), start: start, end: 1),
      .level(1, steps: 1), .decay(.cosine, steps: fall, span: max(1, fall), offset: 1, end: end),
    ]
  }

  @Sendable private static func read(_ parser: inout SpecParser) throws(InputError) -> ScheduleSpec
  {
    if let option = parser.options.first(where: { $0.key == "min" || $0.key == "min-lr" }) {
      throw parser.failure(
        "onecycle has no floor", "give its last multiplier as end=", at: option.keyPosition)
    }
    let start = try parser.ratio("start", in: 0...1, problem: "is not between 0 and the peak")
    let end = try parser.ratio("end", in: 0...1, problem: "is not between 0 and the peak")
    let warmup = try parser.extent("warmup")
    try parser.refuseRest(known: ["warmup", "start", "end"])
    return ScheduleSpec(
      text: parser.text, family: OneCycleFamily(start: start ?? 0.04, end: end ?? 4e-6),
      warmup: warmup ?? .fraction(0.3))
  }
}
