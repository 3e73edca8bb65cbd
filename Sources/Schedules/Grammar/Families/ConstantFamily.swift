import Support

package struct ConstantFamily: ScheduleFamily {
  static let entry = FamilyEntry(
    name: "constant", aliases: ["const"], summary: "1", examples: ["constant"]
  ) { parser throws(InputError) in try parser.finish(ConstantFamily(), hasFloor: false) }

  package var name: String { "constant" }

  package func segments(in layout: SpecLayout) -> [Segment] { [.level(1, steps: layout.length)] }
}
