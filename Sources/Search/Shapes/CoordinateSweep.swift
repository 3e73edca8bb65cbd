import Glibc
import Numerics
import Schedules

/// Whether a shape is about the best of its family: one parameter at a time moved away, the base learning rate
/// re-tuned at every point (2603.10301).
public struct CoordinateSweep: Sendable {
  /// The parameter.
  public let parameter: ShapeParameter

  /// What each value of the parameter reached, in rising order; nil where nothing came of it.
  public let points: [(value: Double, score: Double?)]

  /// The least score among them.
  public var bestScore: Double? { points.compactMap(\.score).min() }

  /// Four values around the present one and itself: evenly over half the searched range, or for a
  /// logarithmic parameter over factors from ½ to 2, cut off at the range.
  ///
  /// - Parameters:
  ///   - parameter: the parameter.
  ///   - value: its present value.
  /// - Returns: the distinct values, rising.
  public static func values(of parameter: ShapeParameter, around value: Double) -> [Double] {
    let range = parameter.searched
    let reach = (range.upperBound - range.lowerBound) / 4
    let others = [-1.0, -1 / 3.0, 1 / 3.0, 1].map { part in
      parameter.isLogarithmic ? value * exp2(part) : value + part * reach
    }
    let inside = (others + [value]).map { min(max($0, range.lowerBound), range.upperBound) }
    return Array(Set(inside)).sorted()
  }

  /// Sweeps every parameter of a shape.
  ///
  /// - Parameters:
  ///   - shape: the shape, with its best base learning rate.
  ///   - plan: the grid, fresh seeds and refinements.
  ///   - steps: T.
  ///   - evaluate: runs trials; called some ten times.
  /// - Returns: one sweep a parameter, and how the trials ended.
  /// - Throws: whatever `evaluate` throws.
  /// - Complexity: some 50 trials a parameter and fresh seed.
  public static func sweeps(
    around shape: ScoredShape, plan: SearchPlan, steps: Int, evaluate: ShapeSearch.Evaluation
  ) throws -> (sweeps: [CoordinateSweep], tally: ShapeSearch.Tally) {
    let family = shape.candidate.family
    var starts: [RefinedRate] = []
    var places: [(parameter: Int, value: Double, start: Int?)] = []
    for (index, parameter) in family.parameters.enumerated() {
      for value in values(of: parameter, around: shape.candidate.coordinates[index]) {
        var coordinates = shape.candidate.coordinates
        coordinates[index] = value
        let candidate = ShapeCandidate(
          family, index: shape.candidate.index, coordinates: coordinates, steps: steps)
        places.append((index, value, candidate.map { _ in starts.count }))
        guard let candidate else { continue }
        let raw = shape.baseLearningRate / candidate.peak
        let nearest = plan.rates.indices.min {
          abs(log(plan.rates[$0] / raw)) < abs(log(plan.rates[$1] / raw))
        }
        starts.append(RefinedRate(candidate, plan: plan, start: nearest ?? 0))
      }
    }
    var tally = ShapeSearch.Tally()
    let settled = try RefinedRate.settle(starts, plan: plan, tally: &tally, evaluate: evaluate)
    let sweeps = family.parameters.enumerated().map { index, parameter in
      CoordinateSweep(
        parameter: parameter,
        points: places.filter { $0.parameter == index }.map { place in
          (place.value, place.start.flatMap { settled[$0].scored?.score })
        })
    }
    return (sweeps, tally)
  }
}
