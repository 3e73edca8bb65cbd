import Glibc
import Numerics
import Schedules

/// The families of shapes one entry at a time, as the paper's definitions read.
enum SlowShapes {
  static func values(_ family: ShapeFamily, _ p: [Double], steps: Int) -> [Double] {
    let total = Double(steps)
    func warmed(_ first: Int, _ rest: (Int) -> Double) -> [Double] {
      (0..<steps).map { $0 < first ? Double($0) / Double(first) : rest($0) }
    }
    /// The shape as a function of s and of 1 − s, in which it keeps its digits at the end.
    func decayed(_ shape: (_ s: Double, _ left: Double) -> Double) -> [Double] {
      let warmup = Int(p[0] * total)
      let span = Double(steps - warmup)
      return warmed(warmup) { shape(Double($0 - warmup) / span, Double(steps - $0) / span) }
    }
    func cosine(_ left: Double) -> Double { sin(.pi / 2 * left) * sin(.pi / 2 * left) }
    switch family {
    case .constant: return decayed { _, _ in 1 }
    case .cosine: return decayed { cosine($1) }
    case .generalisedCosine: return decayed { pow(cosine($1), p[1]) }
    case .cosineToFloor: return decayed { (1 - p[1]) * cosine($1) + p[1] }
    case .squareRoot:
      let warmup = (p[0] * total).rounded(.down)
      let level = warmup > 0 ? (warmup - 1) / warmup : 1
      return decayed { level * pow(($1 * (1 + $0)).squareRoot(), p[1]) }
    case .generalisedREX: return decayed { $1 / ($1 + $0 * p[1]) }
    case .twoPointLinear:
      let knots = twoPointKnots(p, total)
      return warmed(Int(knots[0].0)) { t in
        let index = (0..<3).last { knots[$0].0 <= Double(t) } ?? 0
        let (left, right) = (knots[index], knots[index + 1])
        return left.1 + (right.1 - left.1) * (Double(t) - left.0) / (right.0 - left.0)
      }
    case .twoPointSpline, .twoPointSplineToFloor:
      var knots = twoPointKnots(p, total)
      let first = Int(knots[0].0)
      for index in [3, 2, 1] where knots[index].0 == knots[index - 1].0 { knots.remove(at: index) }
      return warmed(first) { spline(knots, Double($0)) }
    case .smoothNonMonotonic:
      let x2 = p[4] + (1 - p[4]) * p[6]
      let knots = [(0, p[0]), (p[4], p[3]), (x2, p[5]), (p[2], 1), (1, p[1])]
        .map { ($0.0 * total, $0.1) }.sorted { $0.0 < $1.0 }
      return (0..<steps).map { spline(knots, Double($0)) }
    }
  }

  private static func twoPointKnots(_ p: [Double], _ total: Double) -> [(Double, Double)] {
    let x1 = p[0] + p[2] * (1 - p[0])
    let x2 = x1 + p[3] * (1 - x1)
    let end = p.count > 5 ? p[5] * p[4] * p[1] : 0
    return [(p[0], 1), (x1, p[1]), (x2, p[4] * p[1]), (1, end)]
      .map { (($0.0 * total).rounded(.down), $0.1) }
  }

  private static func spline(_ knots: [(Double, Double)], _ x: Double) -> Double {
    let spline = MonotoneSpline(positions: knots.map { $0.0 }, values: knots.map { $0.1 })
    let piece = spline.pieces.last { $0.lower <= x } ?? spline.pieces[0]
    // Horner's form in the distance from the left knot.
    let width = piece.upper - piece.lower
    let chord = (piece.upperValue - piece.lowerValue) / width
    let cubic = (piece.lowerSlope + piece.upperSlope - 2 * chord) / (width * width)
    let square = (3 * chord - 2 * piece.lowerSlope - piece.upperSlope) / width
    let d = x - piece.lower
    return piece.lowerValue + d * (piece.lowerSlope + d * (square + d * cubic))
  }
}
