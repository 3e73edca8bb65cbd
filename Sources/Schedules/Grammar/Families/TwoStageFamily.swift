import Support

/// A plateau, a lower plateau at `factor` from `at` on, and a cooldown.
package struct TwoStageFamily: ScheduleFamily {
  private static let example = "twostage:at=0.8,factor=0.525,cooldown=0.2"
  static let entry = FamilyEntry(
    name: "twostage", aliases: ["two-stage", "wsdcon"], summary: "plateau, lower plateau, cooldown",
    examples: [example], read: read)

  let at: Extent
  let factor: Double
  let length: Extent
  let decay: Curve

  package var name: String { "twostage" }
  package var cooldown: (extent: Extent, decay: Curve)? { (length, decay) }
  package var options: [String] {
    ["at=\(at.canonical)", "factor=\(decimalText(factor))", "cooldown=\(length.canonical)"]
      + SpecParser.text(of: decay)
  }

  package func segments(in layout: SpecLayout) throws(InputError) -> [Segment] {
    let (steps, warmup) = (layout.steps, layout.warmup)
    let change = at.steps(of: steps)
    guard change >= warmup, change <= steps else {
      throw layout.failure(
        "the change after \(change) steps lies outside the run (\(warmup) to \(steps))",
        "choose at= within the run")
    }
    guard factor >= layout.end else {
      throw layout.failure(
        "the lower plateau \(factor) lies below the floor \(layout.end)",
        "raise factor= or lower the floor")
    }
    let count = try layout.fit(length, into: steps - change, beside: "the first stage")
    return [
      .level(1, steps: change - warmup), .level(factor, steps: steps - change - count),
      layout.cooldown(decay, steps: count, from: factor),
    ]
  }

  @Sendable private static func read(_ parser: inout SpecParser) throws(InputError) -> ScheduleSpec
  {
    let at = try parser.required(try parser.extent("at"), "at", example: example)
    let factor = try parser.required(
      try parser.ratio("factor", in: 1e-6...1, problem: "is not a usable fraction of the peak"),
      "factor", example: example)
    let cooldown = try parser.required(
      try parser.extent("cooldown"), "cooldown", example: example)
    let decay = try parser.decay()
    return try parser.finish(
      TwoStageFamily(at: at, factor: factor, length: cooldown, decay: decay),
      keys: ["at", "factor", "cooldown", "decay"], decay: decay, start: factor)
  }
}
