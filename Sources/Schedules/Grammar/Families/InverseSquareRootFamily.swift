import Support

/// √(timescale/(t − W − 1 + timescale)) for t after the W steps of warmup; timescale 1 is 1/√(t − W).
package struct InverseSquareRootFamily: ScheduleFamily {
  static let entry = FamilyEntry(
    name: "invsqrt", aliases: ["inverse-sqrt", "rsqrt", "inv-sqrt"], percentage: .floor,
    summary: "1/√(t − W), √(τ/(t − W − 1 + τ))", examples: ["invsqrt", "invsqrt:timescale=1000"]
  ) { parser throws(InputError) in
    let timescale = try parser.number(
      "timescale", in: 1e-6...1e12, meaning: "a positive number of steps")
    return try parser.finish(
      InverseSquareRootFamily(timescale: timescale ?? 1), keys: ["timescale"])
  }

  let timescale: Double

  package var name: String { "invsqrt" }
  package var options: [String] {
    timescale == 1 ? [] : ["timescale=\(decimalText(timescale))"]
  }

  package func segments(in layout: SpecLayout) -> [Segment] {
    let ramp = Ramp(
      curve: .inverseSquareRoot, width: timescale, end: layout.isClamped ? 0 : layout.end,
      least: layout.end, greatest: 1)
    return [Segment(law: .ramp(ramp), count: layout.length)]
  }
}
