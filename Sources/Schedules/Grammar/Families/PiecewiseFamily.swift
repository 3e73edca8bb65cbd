import Support

/// Linear interpolation over u = (t − 1)/T between knots from 0 to 1.
package struct PiecewiseFamily: ScheduleFamily {
  /// A fraction of the run after the warmup, and the multiplier there.
  struct Knot: Equatable, Sendable {
    let progress: Double
    let value: Double
  }

  private static let example = "piecewise:0=1,0.5=1,1=0"
  static let entry = FamilyEntry(
    name: "piecewise", summary: "straight lines through (u, η)", examples: [example], read: read)

  let knots: [Knot]

  package var name: String { "piecewise" }
  package var options: [String] {
    knots.map { "\(decimalText($0.progress))=\(decimalText($0.value))" }
  }

  package func segments(in layout: SpecLayout) -> [Segment] {
    let length = layout.length
    // A step belongs to the interval of the last knot at or before it.
    func firstStep(atOrAfter progress: Double) -> Int {
      var step = min(length, Int((progress * Double(length)).rounded(.up)))
      while step > 0, Double(step - 1) >= progress * Double(length) { step -= 1 }
      return step
    }
    return zip(knots, knots.dropFirst()).map { left, right in
      let start = firstStep(atOrAfter: left.progress)
      let law = Segment.Law.line(
        span: length, offset: start, u0: left.progress, y0: left.value, u1: right.progress,
        y1: right.value)
      return Segment(law: law, count: firstStep(atOrAfter: right.progress) - start)
    }
  }

  @Sendable private static func read(_ parser: inout SpecParser) throws(InputError) -> ScheduleSpec
  {
    var knots: [Knot] = []
    for option in parser.options {
      guard let progress = decimal(option.key) else { continue }
      _ = parser.take(option.key)
      guard let value = decimal(option.value), value >= 0, value <= 1e6 else {
        throw parser.failure(
          "'\(printable(option.value))' is not a multiplier",
          "give a number from 0 to 1e6, as in \(example)", at: option.valuePosition)
      }
      guard progress >= 0, progress <= 1, progress > knots.last?.progress ?? -1 else {
        throw parser.failure(
          "the knot at \(printable(option.typedKey)) is out of place",
          "give knots that rise from 0 to 1, as in \(example)", at: option.keyPosition)
      }
      // Turns −0 into 0.
      knots.append(Knot(progress: progress + 0, value: value + 0))
    }
    guard knots.count >= 2, knots[0].progress == 0, knots[knots.count - 1].progress == 1 else {
      throw parser.failure(
        "the knots of piecewise do not span the run",
        "give one at 0 and one at 1, as in \(example)", at: 1)
    }
    if knots.allSatisfy({ $0.value == 0 }) {
      throw parser.failure("every value is zero", "make at least one knot positive", at: 1)
    }
    return try parser.finish(PiecewiseFamily(knots: knots), keys: ["u=value"], hasFloor: false)
  }
}
