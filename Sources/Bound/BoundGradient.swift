import Numerics
import Schedules
import Support

/// The derivatives of S and V with respect to every multiplier.
///
/// With D_j = Σ_{i>j} η_i and C_j = Σ_{k<j} η_k² G_k²/D_k²: ∂S/∂η_j = 1, ∂V/∂η_j = 2η_j G_j²/D_j − C_j for
/// j < T, and ∂V/∂η_T = G_T² − C_T. V is convex and homogeneous of degree one: Σ_j η_j ∂V/∂η_j = V.
public struct BoundGradient: Sendable {
  /// S and V.
  public let terms: BoundTerms

  /// ∂V/∂η_j; of trailing zeros only the first counts, as a fixed dummy step.
  public let noiseSlopes: [Double]

  /// Computes the gradient in O(T) time and memory.
  public init(of schedule: Schedule, gradientNorms: GradientNorms = .one) throws(InputError) {
    let last = try BoundTerms.lastStep(of: schedule, gradientNorms: gradientNorms)
    let multipliers = schedule.multipliers(in: 0..<last.steps - 1) + [last.multiplier]
    var slopes = [Double](repeating: 0, count: last.steps)
    let sums = Self.evaluate(multipliers, gradientNorms: gradientNorms, slopes: &slopes)
    guard sums.noise > 0 else { throw InputError.zeroGradientNorms }
    terms = BoundTerms(
      stepSum: sums.steps, noiseSum: sums.noise, steps: last.steps,
      trimmedSteps: schedule.trailingZeros,
      chosenLastMultiplier: last.isChosen ? last.multiplier : nil)
    noiseSlopes = slopes
  }

  /// S and V of positive steps of any size, and ∂V/∂λ_j into `slopes`, at two divisions per step.
  package static func evaluate(
    _ values: [Double], gradientNorms: GradientNorms, slopes: inout [Double]
  ) -> (steps: Double, noise: Double) {
    let last = values.count - 1
    // In the backward pass `slopes` holds the suffix sums D_j for the forward pass.
    let lastNorm = gradientNorms.norm(at: last)
    var suffix = CompensatedSum(values[last])
    var noise = CompensatedSum(values[last] * lastNorm * lastNorm)
    for index in stride(from: last - 1, through: 0, by: -1) {
      let after = suffix.value
      let weight = values[index] * gradientNorms.norm(at: index)
      slopes[index] = after
      noise.add(weight * weight / after)
      suffix.add(values[index])
    }
    var earlier = CompensatedSum()
    for index in 0..<last {
      let norm = gradientNorms.norm(at: index)
      let part = values[index] * norm / slopes[index]
      slopes[index] = 2 * part * norm - earlier.value
      earlier.add(part * part)
    }
    slopes[last] = lastNorm * lastNorm - earlier.value
    return (suffix.value, noise.value)
  }
}
