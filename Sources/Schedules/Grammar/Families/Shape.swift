import Numerics
import Support

/// A member of a shape family, without its warmup.
package struct Shape: ScheduleFamily {
  let family: ShapeFamily

  let values: [Double]

  package var name: String { family.rawValue }
  package var laysOutWarmup: Bool { true }
  package var options: [String] {
    zip(family.shapeParameters, values).map { "\($0.name)=\(decimalText($1))" }
  }

  package func segments(in layout: SpecLayout) throws(InputError) -> [Segment] {
    let warmup = layout.spec.warmup?.wholeSteps(of: layout.steps) ?? 0
    try layout.checkWarmup(warmup)
    return segments(steps: layout.steps, warmup: warmup)
  }

  /// The shape over T steps with a warmup of W < T steps.
  private func segments(steps: Int, warmup: Int) -> [Segment] {
    let length = steps - warmup
    func decay(_ curve: Curve, start: Double = 1, end: Double = 0) -> [Segment] {
      [
        Self.rise(to: warmup),
        .decay(curve, steps: length, span: length, start: start, end: end),
      ]
    }
    switch family {
    case .constant: return [Self.rise(to: warmup), .level(1, steps: length)]
    case .cosine: return decay(.cosine)
    case .generalisedCosine: return decay(.cosine(power: values[0]))
    case .cosineToFloor: return decay(.cosine, end: values[0])
    case .squareRoot:
      let level = warmup == 0 ? 1 : Double(warmup - 1) / Double(warmup)
      return decay(.circle(power: values[0]), start: level)
    case .generalisedREX: return decay(.rex(beta: values[0]))
    case .twoPointLinear:
      let knots = twoPointKnots(steps: steps)
      return [Self.rise(to: knots[0].step)]
        + zip(knots, knots.dropFirst()).map { left, right in
          let law = Segment.Law.line(
            span: 1, offset: left.step, u0: Double(left.step), y0: left.value,
            u1: Double(right.step), y1: right.value)
          return Segment(law: law, count: right.step - left.step)
        }
    case .twoPointSpline, .twoPointSplineToFloor:
      let knots = twoPointKnots(steps: steps)
      let spline = Self.spline(through: knots.map { (Double($0.step), $0.value) }, steps: steps)
      return [Self.rise(to: knots[0].step)] + spline
    case .smoothNonMonotonic:
      return Self.spline(through: nonMonotonicKnots(steps: Double(steps)), steps: steps)
    }
  }

  private static func rise(to warmup: Int) -> Segment {
    let law = Segment.Law.line(span: warmup, offset: 0, u0: 0, y0: 0, u1: 1, y1: 1)
    return Segment(law: law, count: warmup)
  }

  /// The knots of the two-point families; their steps may coincide.
  private func twoPointKnots(steps: Int) -> [(step: Int, value: Double)] {
    let x0 = values[0]
    let x1 = x0 + values[2] * (1 - x0)
    let x2 = x1 + values[3] * (1 - x1)
    let y1 = values[1]
    let y2 = values[4] * y1
    let end = values.count > 5 ? values[5] * y2 : 0
    // Rounding can bring a position above 1.
    let positions = [x0, x1, x2, 1].map { min(steps, Int($0 * Double(steps))) }
    return Array(zip(positions, [1, y1, y2, end]))
  }

  private func nonMonotonicKnots(steps: Double) -> [(position: Double, value: Double)] {
    let x1 = values[4]
    let x2 = x1 + (1 - x1) * values[6]
    let knots = [(0, values[0]), (x1, values[3]), (x2, values[5]), (values[2], 1), (1, values[1])]
    return knots.map { (min($0.0, 1) * steps, $0.1) }.sorted { $0.0 < $1.0 }
  }

  /// The spline through the knots, evaluated at whole steps; of knots at one position the first counts.
  private static func spline(
    through knots: [(position: Double, value: Double)], steps: Int
  ) -> [Segment] {
    var distinct: [(position: Double, value: Double)] = []
    for knot in knots where knot.position > distinct.last?.position ?? -1 { distinct.append(knot) }
    // The warmup takes the whole run.
    guard distinct.count > 1 else { return [] }
    let spline = MonotoneSpline(
      positions: distinct.map { $0.position }, values: distinct.map { $0.value })
    return spline.pieces.map { piece in
      let start = Int(piece.lower.rounded(.up))
      return Segment(
        law: .cubic(piece, offset: start), count: Int(piece.upper.rounded(.up)) - start)
    }
  }
}
