import Numerics
import Schedules

/// A schedule refined with the gradient norms of an earlier run (2310.07831, section 4).
///
/// With weights w_t = G_t^−2 (ℓ2 norms, SGD) or G_t^−1 (ℓ1 norms, Adam), the learning rates are
/// λ_t = D·w_t·Σ_{p>t} w_p/(Σ_p w_p)^{3/2}: linear decay where the norms are constant, and warmup and
/// faster decay where they are not. The last learning rate is 0.
public struct RefinedSchedule: Sendable {
  /// Which norms the weights are made of.
  public enum Norm: String, CaseIterable, Sendable {
    /// ℓ2 norms, for SGD: w = G^−2.
    case l2

    /// ℓ1 norms, for Adam: w = G^−1.
    case l1
  }

  /// The part of the number of norms over which they are smoothed by a running median.
  public static let filterFraction = 0.1

  /// The schedule.
  public let schedule: Schedule

  /// The guarantee of the refined schedule relative to that of linear decay: T/√(Σw·Σw⁻¹) ≤ 1.
  public let guaranteeRatioToLinear: Double

  /// Refines.
  ///
  /// - Parameters:
  ///   - norms: G_1 … G_T, T ≥ 2, all positive (filtered already, if they are to be).
  ///   - norm: what they are.
  /// - Throws: ``RefinementError``.
  /// - Complexity: O(T).
  public init(norms: [Double], norm: Norm = .l2) throws(RefinementError) {
    guard norms.count >= 2 else { throw .tooFewNorms(norms.count) }
    for (index, value) in norms.enumerated() {
      guard value.isFinite, value > 0 else { throw .norm(index: index, value: value) }
    }
    // Relative to the smallest norm, so that equal norms have the weight 1 exactly.
    let smallest = norms.min() ?? 1
    let weights = norms.map { value in
      let ratio = smallest / value
      return norm == .l2 ? ratio * ratio : ratio
    }
    var after = CompensatedSum()
    var inverse = CompensatedSum()
    var rates = [Double](repeating: 0, count: norms.count)
    for index in stride(from: norms.count - 1, through: 0, by: -1) {
      // Sums of weights and of their inverses must both be exact.
      guard weights[index] > 1e-250 else { throw .norm(index: index, value: norms[index]) }
      rates[index] = weights[index] * after.value
      after.add(weights[index])
      inverse.add(1 / weights[index])
    }
    guaranteeRatioToLinear = Double(norms.count) / (after.value * inverse.value).squareRoot()
    guard let schedule = try? Schedule(values: rates) else { throw .tooFewNorms(norms.count) }
    self.schedule = schedule
  }

  /// The norms smoothed by a running median of width 2⌊τn/2⌋ + 1, τ = 0.1.
  ///
  /// - Parameter norms: n finite norms.
  /// - Returns: n norms.
  /// - Complexity: O(n log n).
  public static func filtered(_ norms: [Double]) -> [Double] {
    runningMedian(norms, width: filterWidth(count: norms.count))
  }

  /// The width of the median filter for a number of norms.
  ///
  /// - Parameter count: n.
  /// - Returns: 2⌊τn/2⌋ + 1.
  public static func filterWidth(count: Int) -> Int {
    2 * Int(filterFraction * Double(count) / 2) + 1
  }

  /// Where the schedule peaks, as a fraction of the run.
  public var peakFraction: Double {
    let multipliers = schedule.multipliers
    let peak = multipliers.firstIndex(of: 1) ?? 0
    return Double(peak) / Double(multipliers.count - 1)
  }
}

/// An error refining a schedule, with a suggested fix.
public enum RefinementError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Fewer than two norms.
  case tooFewNorms(Int)

  /// A norm that is not positive and finite, or too far above the smallest.
  case norm(index: Int, value: Double)

  /// The error as one line.
  public var description: String {
    switch self {
    case .tooFewNorms(let count):
      return "\(count) gradient norms make no schedule; give two or more"
    case .norm(let index, let value):
      return
        "gradient norm \(index + 1) is \(value); give positive numbers within 1e125 of one another"
    }
  }
}
