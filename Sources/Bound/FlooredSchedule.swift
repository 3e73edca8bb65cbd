import Glibc
import Numerics
import Schedules

/// A spec with an absolute floor, whose shape follows the base learning rate.
///
/// With the learning rates λ_t = γη_t, Ω = D²/(2a) + b/2, a = γS = Σ λ and b = γV.
struct FlooredSchedule: Sendable {
  let spec: ScheduleSpec
  let steps: Int

  /// The lowest γ that the floor allows.
  let lowest: Double
  let gradientNorms: GradientNorms

  /// S and V at a base learning rate.
  func terms(at baseLearningRate: Double) throws -> BoundTerms {
    let schedule = try spec.schedule(steps: steps, baseLearningRate: baseLearningRate)
    return try BoundTerms.lastIterate(of: schedule, gradientNorms: gradientNorms)
  }

  /// The γ at which Ω is least: a scan, since a clamped floor can make several minima, then the root of
  /// dΩ/dγ around the best.
  func optimalBaseLearningRate(distance: Double) throws -> Double {
    func bound(_ logarithm: Double) throws -> Double {
      let gamma = max(lowest, exp(logarithm))
      return try terms(at: gamma).uncheckedBound(at: gamma, distance: distance)
    }
    // Well above the optimum of the shape without its floor, Ω rises.
    let bare = try spec.withoutFloor.schedule(steps: steps)
    let bareTerms = try BoundTerms.lastIterate(of: bare, gradientNorms: gradientNorms)
    let bareOptimum = distance / (bareTerms.stepSum * bareTerms.noiseSum).squareRoot()
    let low = log(lowest)
    let high = max(low, log(bareOptimum)) + log(100)
    let cells = 96
    let grid = (0...cells).map { low + (high - low) * Double($0) / Double(cells) }
    let bounds = try grid.map { try bound($0) }
    let best = bounds.indices.min { bounds[$0] < bounds[$1] } ?? 0
    let left = grid[max(0, best - 1)]
    let right = grid[min(cells, best + 1)]

    func slope(_ logarithm: Double) -> Double {
      (try? boundSlope(at: max(lowest, exp(logarithm)), distance: distance)) ?? .nan
    }
    if best == 0, slope(low) >= 0 { return lowest }
    let found =
      root(in: left...right, tolerance: 1e-15, of: slope)
      ?? minimum(in: left...right, tolerance: 1e-9) { (try? bound($0)) ?? .infinity }.argument
    return max(lowest, exp(found))
  }

  /// D for which γ is the tuned base learning rate: where dΩ/dγ = −D² a′/(2a²) + b′/2 vanishes.
  func distance(tunedAt baseLearningRate: Double) throws -> Double {
    let (travel, travelSlope, noiseSlope) = try slopes(at: baseLearningRate)
    guard travelSlope > 0, noiseSlope > 0 else { throw Self.notTunable }
    let distance = travel * (noiseSlope / travelSlope).squareRoot()
    let tuned = try optimalBaseLearningRate(distance: distance)
    guard abs(tuned / baseLearningRate - 1) < 1e-6 else { throw Self.notTunable }
    return distance
  }

  private static let notTunable = BoundError.notConverged(
    "the scale at which this base learning rate is the tuned one (over a floor in learning rates)")

  /// dΩ/dγ.
  private func boundSlope(at baseLearningRate: Double, distance: Double) throws -> Double {
    let (travel, travelSlope, noiseSlope) = try slopes(at: baseLearningRate)
    let ratio = distance / travel
    return noiseSlope / 2 - ratio * ratio * travelSlope / 2
  }

  /// a, da/dγ and db/dγ, in one pass from the end: with A the suffix sums of η and B those of the
  /// slopes τ = dλ/dγ, a term η²/A of V has the slope 2ητ/A − η²B/A².
  private func slopes(at baseLearningRate: Double) throws -> (
    travel: Double, travelSlope: Double, noiseSlope: Double
  ) {
    let schedule = try spec.schedule(steps: steps, baseLearningRate: baseLearningRate)
    let count = try BoundTerms.movingSteps(of: schedule, gradientNorms: gradientNorms)
    let eta = schedule.multipliers
    let slopes = schedule.slopes
    let lastNorm = gradientNorms.norm(at: count - 1)
    var suffix = CompensatedSum(eta[count - 1])
    var slopeSuffix = CompensatedSum(slopes[count - 1])
    var noise = CompensatedSum(slopes[count - 1] * lastNorm * lastNorm)
    for index in stride(from: count - 2, through: 0, by: -1) {
      let norm = gradientNorms.norm(at: index)
      let part = eta[index] / suffix.value
      noise.add(norm * norm * part * (2 * slopes[index] - part * slopeSuffix.value))
      suffix.add(eta[index])
      slopeSuffix.add(slopes[index])
    }
    return (baseLearningRate * suffix.value, slopeSuffix.value, noise.value)
  }
}
