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

  /// The largest multiplier as the family defines the shape: a base learning rate g of the plan is γ = g·peak.
  public let peak: Double

  /// The shape at a point of its family; nil where it does not move at all (a root decay after a warmup of
  /// one step) or its parts do not fit into the run.
  ///
  /// - Parameters:
  ///   - family: the family.
  ///   - index: which draw it is.
  ///   - coordinates: one number a parameter.
  ///   - steps: T.
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

  /// Adds the trials of some base learning rates and seeds, seed by seed within a rate.
  func addTrials(rates: [Double], seeds: Range<Int>, to trials: inout [Trial]) {
    for rate in rates {
      for seed in seeds {
        trials.append(
          Trial(shape: spec.text, schedule: schedule, baseLearningRate: rate * peak, seed: seed))
      }
    }
  }
}

/// A shape with its best base learning rate and what it reached there.
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
