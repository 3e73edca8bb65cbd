import Support

package struct LinearFamily: ScheduleFamily {
  static let entry = FamilyEntry(
    name: "linear", aliases: ["lin", "linear-decay"], percentage: .floor, summary: "1 − u",
    examples: ["linear"]
  ) { parser throws(InputError) in try parser.finish(LinearFamily()) }

  package var name: String { "linear" }

  package func segments(in layout: SpecLayout) -> [Segment] { layout.decay(.linear) }
}
