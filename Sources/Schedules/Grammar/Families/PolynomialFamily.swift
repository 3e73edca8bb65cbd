import Support

package struct PolynomialFamily: ScheduleFamily {
  static let entry = FamilyEntry(
    name: "poly", aliases: ["polynomial"], percentage: .power, summary: "(1 − u)^power",
    examples: ["poly:power=2"]
  ) { parser throws(InputError) in
    try parser.finish(PolynomialFamily(power: try parser.power()), keys: ["power"])
  }

  let power: Double

  package var name: String { "poly" }
  package var options: [String] { ["power=\(decimalText(power))"] }

  package func segments(in layout: SpecLayout) -> [Segment] {
    layout.decay(power == 2 ? .square : .polynomial(power: power))
  }
}
