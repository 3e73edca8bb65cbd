import Numerics
import Schedules
import Support

/// A schedule refined with the gradient norms of an earlier run (2310.07831, section 4).
///
/// With weights w_t = G_t^−2 (ℓ2 norms, SGD) or G_t^−1 (ℓ1 norms, Adam), the learning rates are λ_t =
/// D·w_t·Σ_{p>t} w_p/(Σ_p w_p)^{3/2}: linear decay for constant norms, warmup and faster decay for those of
/// real runs. The last learning rate is 0.
public struct RefinedSchedule: Sendable {
  /// The kind of norm.
  public enum Norm: String, CaseIterable, Sendable {
    /// ℓ2 norms, for SGD: w = G^−2.
    case l2

    /// ℓ1 norms, for Adam: w = G^−1.
    case l1
  }

  /// The schedule.
  public let schedule: Schedule

  /// The guarantee relative to that of linear decay: T/√(Σw·Σw⁻¹) ≤ 1.
  public let guaranteeRatioToLinear: Double

  /// Refines with two or more positive norms, the largest at most 1e125 times the smallest, in O(T) time.
  public init(norms: [Double], norm: Norm = .l2) throws(InputError) {
    let tooFew = InputError(
      problem: "too few gradient norms (\(norms.count))", hint: "give two or more")
    let hint = "give positive numbers within 1e125 of one another"
    guard norms.count >= 2 else { throw tooFew }
    for (index, value) in norms.enumerated() {
      guard value.isFinite, value > 0 else { throw .gradientNorm(value, at: index, hint: hint) }
    }
    // Relative to the smallest norm, so that equal norms have weight 1 exactly.
    let smallest = norms.min() ?? 1
    let weights = norms.map { value in
      let ratio = smallest / value
      return norm == .l2 ? ratio * ratio : ratio
    }
    var after = CompensatedSum()
    var inverse = CompensatedSum()
    var rates = [Double](repeating: 0, count: norms.count)
    for index in stride(from: norms.count - 1, through: 0, by: -1) {
      // The sums of weights and of inverse weights must both be exact.
      guard weights[index] > 1e-250 else {
        throw .gradientNorm(norms[index], at: index, hint: hint)
      }
      rates[index] = weights[index] * after.value
      after.add(weights[index])
      inverse.add(1 / weights[index])
    }
    guaranteeRatioToLinear = Double(norms.count) / (after.value * inverse.value).squareRoot()
    guard let schedule = try? Schedule(values: rates) else { throw tooFew }
    self.schedule = schedule
  }

  /// Returns finite norms smoothed by a running median of ``filterWidth(count:)``.
  public static func filtered(_ norms: [Double]) -> [Double] {
    runningMedian(norms, width: filterWidth(count: norms.count))
  }

  /// Returns the width of the median filter for n norms: 2⌊τn/2⌋ + 1 with τ = 0.1.
  public static func filterWidth(count: Int) -> Int { 2 * Int(0.1 * Double(count) / 2) + 1 }
}
