import Support

/// (1 − u)/(1 − u(1 − β)), the (generalised) REX schedule.
package struct REXFamily: ScheduleFamily {
  static let entry = FamilyEntry(
    name: "rex", percentage: .floor, summary: "(1 − u)/(1 − u(1 − β))", examples: ["rex:beta=0.5"]
  ) { parser throws(InputError) in
    let beta = try parser.number("beta", in: 1e-6...1e6, meaning: "a usable beta")
    return try parser.finish(REXFamily(beta: beta ?? 0.5), keys: ["beta"])
  }

  let beta: Double

  package var name: String { "rex" }
  package var options: [String] { ["beta=\(decimalText(beta))"] }

  package func segments(in layout: SpecLayout) -> [Segment] { layout.decay(.rex(beta: beta)) }
}
