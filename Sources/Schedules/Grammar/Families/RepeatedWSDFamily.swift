import Support

/// Cycles of plateau and cooldown, each starting at the peak.
///
/// A last cycle no longer than the cooldown joins the one before it.
package struct RepeatedWSDFamily: ScheduleFamily {
  private static let example = "wsds:period=25%,cooldown=5%"
  static let entry = FamilyEntry(
    name: "wsds", aliases: ["wsd-s"], summary: "plateau and cooldown, over and over",
    examples: [example], read: read)

  let period: Extent
  let length: Extent
  let decay: Curve

  package var name: String { "wsds" }
  package var cooldown: (extent: Extent, decay: Curve)? { (length, decay) }
  package var options: [String] {
    ["period=\(period.canonical)", "cooldown=\(length.canonical)"] + SpecParser.text(of: decay)
  }

  package func segments(in layout: SpecLayout) throws(InputError) -> [Segment] {
    let cycle = min(max(1, period.steps(of: layout.steps)), layout.length)
    let count = length.steps(of: layout.steps)
    guard count <= cycle else {
      throw layout.failure(
        "a cooldown of \(count) steps does not fit into a period of \(cycle)",
        "shorten the cooldown or lengthen the period")
    }
    let cycles = layout.length / cycle
    guard cycles <= 100_000 else {
      throw layout.failure(
        "a period of \(cycle) steps makes \(cycles) cycles", "lengthen the period")
    }
    let remainder = layout.length % cycle
    var lengths = [Int](repeating: cycle, count: cycles)
    if remainder > count {
      lengths.append(remainder)
    } else {
      lengths[lengths.count - 1] += remainder
    }
    return lengths.flatMap { layout.cycle(length: $0, cooldown: count, decay) }
  }

  @Sendable private static func read(_ parser: inout SpecParser) throws(InputError) -> ScheduleSpec
  {
    let period = try parser.required(
      try parser.positive(try parser.extent("period"), "period", instead: "wsd"), "period",
      example: example)
    let cooldown = try parser.required(
      try parser.positive(try parser.extent("cooldown"), "cooldown", instead: "constant"),
      "cooldown", example: example)
    let decay = try parser.decay()
    return try parser.finish(
      RepeatedWSDFamily(period: period, length: cooldown, decay: decay),
      keys: ["period", "cooldown", "decay"], decay: decay)
  }
}
