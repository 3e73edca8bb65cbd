import Glibc
import Numerics
import Schedules
import Support

/// The cost of a base learning rate that is too large, on a bounded domain (after 2503.09411).
///
/// On a domain of diameter D the analysis may restart at any step τ: f(x_T) − f* ≤ min_τ [D²/(2γ Σ_{t≥τ}
/// η_t) + (γ/2)·V_{≥τ}]. R(ρ) is this at γ = ργ*, relative to Ω*. For steps annealed like (1 − u)^p it
/// grows like ρ^{1/(2p+1)}; Ω itself grows like (ρ + 1/ρ)/2 for every schedule.
public struct RestartBound: Sendable {
  private let stepSums: [Double]
  private let noiseSums: [Double]

  /// The longest supported run; two numbers per step are kept.
  public static let mostSteps = 50_000_000

  /// Sums a schedule's suffixes in O(T) time and memory; fails beyond ``mostSteps`` or if the norms don't fit.
  public init(of schedule: Schedule, gradientNorms: GradientNorms = .one) throws(InputError) {
    try InputError.check(steps: schedule.steps, most: Self.mostSteps)
    let last = try BoundTerms.lastStep(of: schedule, gradientNorms: gradientNorms)
    let steps = last.steps
    let multipliers = schedule.multipliers(in: 0..<steps - 1)
    let lastNorm = gradientNorms.norm(at: steps - 1)
    var suffix = CompensatedSum(last.multiplier)
    var noise = CompensatedSum(last.multiplier * lastNorm * lastNorm)
    var stepSums = [suffix.value]
    stepSums.reserveCapacity(steps)
    var noiseSums = [noise.value]
    noiseSums.reserveCapacity(steps)
    for index in stride(from: steps - 2, through: 0, by: -1) {
      let weight = multipliers[index] * gradientNorms.norm(at: index)
      noise.add(weight * weight / suffix.value)
      suffix.add(multipliers[index])
      stepSums.append(suffix.value)
      noiseSums.append(noise.value)
    }
    guard noise.value > 0 else { throw InputError.zeroGradientNorms }
    self.stepSums = stepSums
    self.noiseSums = noiseSums
  }

  /// Returns R(ρ) for ρ > 0, the bound at γ = ργ* relative to Ω*, in O(T) time.
  ///
  /// Dropping the first step helps if ρ²η_1 > V, so the usual schedules have (ρ + 1/ρ)/2 up to ρ = 1. A
  /// schedule that begins far above its plateau gains earlier and can have R(1) < 1.
  public func ratio(at factor: Double) -> Double { restart(at: factor).ratio }

  /// R(ρ), and the number of steps after the best restart.
  private func restart(at factor: Double) -> (ratio: Double, stepsLeft: Int) {
    precondition(factor > 0 && factor.isFinite, "ρ is a positive number")
    // In units of the whole run: bias s ↦ 1/(2ρ·S_τ/S), noise ρ/2·V_τ/V.
    let scale = stepSums[stepSums.count - 1]
    let noise = noiseSums[noiseSums.count - 1]
    var (least, place) = (Double.infinity, 0)
    for (index, (steps, part)) in zip(stepSums, noiseSums).enumerated() {
      let value = scale / (2 * factor * steps) + factor / 2 * (part / noise)
      if value < least { (least, place) = (value, index) }
    }
    return (least, place + 1)
  }

  /// The exponent e of R(ρ) ∝ ρ^e, by least squares of ln R over ρ = 64, 128 … 1024; nil if R is no power
  /// law there.
  ///
  /// A power law has slopes between neighbouring ρ within 0.03 and more than four steps left. Otherwise a
  /// floor or the last few steps matter, and the slope would depend on the run's length: a constant
  /// schedule has 0.54 at T = 10⁵ and 0.80 at 10⁷, on its way to 1.
  public var exponent: Double? {
    let restarts = [64.0, 128, 256, 512, 1024].map { restart(at: $0) }
    let ratios = restarts.map { log2($0.ratio) }
    let slopes = zip(ratios.dropFirst(), ratios).map { $0 - $1 }
    guard let least = slopes.min(), let most = slopes.max(), most - least <= 0.03,
      restarts[4].stepsLeft > 4
    else { return nil }
    // Least squares over equidistant ln ρ.
    let (first, second, fourth, fifth) = (ratios[0], ratios[1], ratios[3], ratios[4])
    return (2 * (fifth - first) + fourth - second) / 10
  }
}
