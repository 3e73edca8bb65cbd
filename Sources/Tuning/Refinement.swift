import Bound
import Schedules

/// A schedule made for given gradient norms, by the formula of 2310.07831 or by minimising the bound.
public struct Refinement: Sendable {
  /// The schedule.
  public let schedule: Schedule

  /// Ω* of the schedule over that of linear decay, at these norms.
  public let boundRatioToLinear: Double

  /// The guarantee of the formula's schedule over that of linear decay; nil where the bound was minimised.
  public let guaranteeRatioToLinear: Double?

  /// Where the schedule peaks, as a fraction of the run.
  public let peakFraction: Double

  /// Refines.
  ///
  /// - Parameters:
  ///   - norms: G_1 … G_T, T ≥ 2, all positive.
  ///   - norm: what they are.
  ///   - minimisesBound: whether the bound is minimised at these norms, instead of the formula.
  /// - Throws: `InputError`; of kind `unanswerable` where the minimisation does not converge.
  /// - Complexity: O(T); minimising takes some hundreds of passes.
  public init(
    of norms: [Double], norm: RefinedSchedule.Norm = .l2, minimisesBound: Bool = false
  ) throws {
    let refined = try RefinedSchedule(norms: norms, norm: norm)
    // The weights G^−1 of ℓ1 norms are those of ℓ2 norms √G.
    let norms = try GradientNorms.perStep(norm == .l2 ? norms : norms.map { $0.squareRoot() })
    let steps = refined.schedule.steps
    schedule =
      minimisesBound
      ? try FreeFormSchedule(steps: steps, gradientNorms: norms).schedule() : refined.schedule
    guaranteeRatioToLinear = minimisesBound ? nil : refined.guaranteeRatioToLinear
    let linear = try ScheduleSpec("linear").schedule(steps: steps)
    boundRatioToLinear =
      try BoundTerms.lastIterate(of: schedule, gradientNorms: norms).optimalBound()
      / BoundTerms.lastIterate(of: linear, gradientNorms: norms).optimalBound()
    let peak = schedule.multipliers.firstIndex(of: 1) ?? 0
    peakFraction = Double(peak) / Double(max(1, steps - 1))
  }
}
