import Numerics
import Schedules

/// A shape of a search over the run.
public struct ShapeCandidate: Sendable {
  /// The family.
  public let family: ShapeFamily

  /// The index of its draw within the family.
  public let index: Int

  /// The family's parameters, in order.
  public let coordinates: [Double]

  /// The canonical spec.
  public let spec: ScheduleSpec

  /// The multipliers, the largest of them 1.
  public let schedule: Schedule

  /// The largest multiplier as the family defines the shape; the plan's base learning rate g means γ = g·peak.
  public let peak: Double

  /// Creates the shape over T steps; nil if its pieces do not fit or every multiplier is zero.
  ///
  /// The latter happens for a root decay after a warmup of one step.
  public init?(_ family: ShapeFamily, index: Int, coordinates: [Double], steps: Int) {
    self.family = family
    self.index = index
    self.coordinates = coordinates
    spec = family.spec(at: coordinates)
    // Stored, because every base learning rate and seed needs the values.
    guard let realised = try? spec.schedule(steps: steps),
      let stored = try? Schedule(values: realised.multipliers)
    else { return nil }
    schedule = stored
    peak = realised.peak
  }

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

  /// γ, the best base learning rate for the normalised schedule.
  public let baseLearningRate: Double

  /// The losses over seeds, infinite where training diverged.
  public let losses: SampleMedian

  /// The median of the losses.
  public var score: Double { losses.value }

  /// Whether the best base learning rate is at or beyond an end of the grid.
  public let isAtGridEdge: Bool
}

/// The shapes drawn from one family, without duplicates, which rounding to whole steps makes likely.
struct DrawnShapes: Sendable {
  /// The distinct shapes, each with the index of its first draw.
  private(set) var distinct: [ShapeCandidate] = []

  /// All trainable draws in order, with their place among the distinct shapes.
  private(set) var draws: [(index: Int, place: Int)] = []

  private struct Values: Hashable {
    let multipliers: [Double]
    let peak: Double
  }

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
