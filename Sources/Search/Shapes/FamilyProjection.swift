import Numerics
import Schedules

/// The member of a family that is nearest to given learning rates in the mean square.
public struct FamilyProjection: Sendable {
  /// The nearest shape that was found.
  public let shape: ShapeCandidate

  /// The base learning rate ⟨s*, s⟩/⟨s, s⟩ that goes with a schedule whose largest multiplier is 1.
  public let baseLearningRate: Double

  /// ½·mean((s − s*)²) in the learning rates' units.
  public let distance: Double

  /// Searches the nearest member: the best of random draws, then a simplex search from it; nil where no draw
  /// moves.
  ///
  /// Lengths are cut off to whole steps, so that the distance jumps along them; what is found is a good
  /// member and need not be the nearest.
  ///
  /// - Parameters:
  ///   - family: the family.
  ///   - target: s*, the learning rates to come near to, one a step.
  ///   - draws: random members to begin with.
  /// - Complexity: O((draws + 4000)·T).
  public init?(of family: ShapeFamily, onto target: [Double], draws: Int = 1000) {
    var plan = SearchPlan(rates: [1])
    plan.shapes = draws
    let start = DrawnShapes(from: family, plan: plan, steps: target.count).distinct.min {
      Self.nearest($0, to: target).distance < Self.nearest($1, to: target).distance
    }
    guard let start else { return nil }
    let parameters = family.parameters
    // A unit box, in which logarithmic parameters are straight.
    func candidate(_ point: [Double]) -> ShapeCandidate? {
      let coordinates = zip(parameters, point).map { $0.value(at: $1) }
      return ShapeCandidate(
        family, index: start.index, coordinates: coordinates, steps: target.count)
    }
    let unit = zip(parameters, start.coordinates).map { $0.fraction(of: $1) }
    let found = minimum(
      near: unit, in: parameters.map { _ in 0...1 }, evaluations: 4000,
      of: { point in candidate(point).map { Self.nearest($0, to: target).distance } ?? .infinity })
    shape = candidate(found.point) ?? start
    (baseLearningRate, distance) = Self.nearest(shape, to: target)
  }

  /// The best multiple of a shape, and its distance from the target.
  ///
  /// - Parameters:
  ///   - candidate: the shape.
  ///   - target: one learning rate a step.
  /// - Returns: the multiple of the schedule and ½·mean((s − s*)²).
  /// - Complexity: O(T).
  public static func nearest(_ candidate: ShapeCandidate, to target: [Double])
    -> (baseLearningRate: Double, distance: Double)
  {
    let multipliers = candidate.schedule.multipliers
    var overlap = 0.0
    var square = 0.0
    for (multiplier, wanted) in zip(multipliers, target) {
      overlap += multiplier * wanted
      square += multiplier * multiplier
    }
    let rate = overlap / square
    let error = zip(multipliers, target).reduce(0) { sum, pair in
      let difference = rate * pair.0 - pair.1
      return sum + difference * difference
    }
    return (rate, error / (2 * Double(target.count)))
  }
}
