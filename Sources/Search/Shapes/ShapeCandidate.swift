import Numerics
import Schedules

/// A shape of a search, realised over the run.
public struct ShapeCandidate: Sendable {
  /// The family.
  public let family: ShapeFamily

  /// Which draw of its family it is, from 0.
  public let index: Int

  /// The family's parameters, in its order.
  public let coordinates: [Double]

  /// Its spec.
  public let spec: ScheduleSpec

  /// The multipliers, the largest 1.
  public let schedule: Schedule

  /// The largest multiplier as the family defines the shape: a base learning rate g of the plan is
  /// γ = g·peak.
  public let peak: Double

  /// The shape at a point of its family over T steps; nil where all its multipliers are zero (a root
  /// decay after a warmup of one step) or its pieces do not fit into the run.
  ///
  /// - Complexity: O(T).
  public init?(_ family: ShapeFamily, index: Int, coordinates: [Double], steps: Int) {
    self.family = family
    self.index = index
    self.coordinates = coordinates
    spec = family.spec(at: coordinates)
    // Stored, because every base learning rate and every seed asks for the values again.
    guard let realised = try? spec.schedule(steps: steps),
      let stored = try? Schedule(values: realised.multipliers)
    else { return nil }
    schedule = stored
    peak = realised.peak
  }

  /// The trials of some base learning rates and seeds, seed by seed within a rate.
  func trials(rates: [Double], seeds: Range<Int>) -> [Trial] {
    var trials: [Trial] = []
    trials.reserveCapacity(rates.count * seeds.count)
    for rate in rates {
      for seed in seeds {
        trials.append(
          Trial(shape: spec.text, schedule: schedule, baseLearningRate: rate * peak, seed: seed))
      }
    }
    return trials
  }
}

/// A shape with its best base learning rate and the losses there.
public struct ScoredShape: Sendable {
  /// The shape.
  public let candidate: ShapeCandidate

  /// γ, the best base learning rate; it multiplies a schedule whose largest multiplier is 1.
  public let baseLearningRate: Double

  /// The losses there over the seeds, infinite where a run diverged.
  public let losses: SampleMedian

  /// The median of the losses.
  public var score: Double { losses.value }

  /// Whether the best base learning rate is the first or last of the grid, or lies beyond it.
  public let isAtGridEdge: Bool
}

/// The shapes that a plan draws from one family.
///
/// Lengths are whole steps, so that different draws can be the same schedule, which is trained once.
struct DrawnShapes: Sendable {
  /// The distinct shapes, each with the index of its first draw.
  private(set) var distinct: [ShapeCandidate] = []

  /// All draws that can be trained, in order: which draw it is, and its place among the distinct ones.
  private(set) var draws: [(index: Int, place: Int)] = []

  private struct Values: Hashable {
    let multipliers: [Double]
    let peak: Double
  }

  /// Draws the shapes of a family over T steps.
  ///
  /// - Complexity: O(shapes · T).
  init(from family: ShapeFamily, plan: SearchPlan, steps: Int) {
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(plan.samplingSeed)))
    var places: [Values: Int] = [:]
    for index in 0..<plan.shapes {
      let coordinates = family.parameters.map { $0.value(at: generator.nextUnit()) }
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
