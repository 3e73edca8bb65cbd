import Numerics
import Schedules

/// The shapes that a plan draws from one family.
///
/// Lengths are whole steps, so that different draws can be the same schedule, which is trained once.
struct DrawnShapes: Sendable {
  /// Shapes that differ from each other, each with the index of its first draw.
  private(set) var distinct: [ShapeCandidate] = []

  /// All draws that move, in their order: which draw it is, and its place among the distinct ones.
  private(set) var draws: [(index: Int, place: Int)] = []

  private struct Values: Hashable {
    let multipliers: [Double]
    let peak: Double
  }

  /// Draws.
  ///
  /// - Parameters:
  ///   - family: the family.
  ///   - plan: how many, and from which seed.
  ///   - steps: T.
  /// - Complexity: O(shapes · T).
  init(from family: ShapeFamily, plan: SearchPlan, steps: Int) {
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(plan.samplingSeed)))
    let parameters = family.parameters
    var places: [Values: Int] = [:]
    for index in 0..<plan.shapes {
      let coordinates = parameters.map { $0.value(at: generator.nextUnit()) }
      guard
        let candidate = ShapeCandidate(
          family, index: index, coordinates: coordinates, steps: steps)
      else { continue }
      let values = Values(multipliers: candidate.schedule.multipliers, peak: candidate.peak)
      let place = places[values] ?? distinct.count
      if place == distinct.count {
        places[values] = place
        distinct.append(candidate)
      }
      draws.append((index, place))
    }
  }
}
