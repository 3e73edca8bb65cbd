import Bound
import Schedules

/// A schedule for given gradient norms, by the formula of 2310.07831 or by minimising the bound.
public struct Refinement: Sendable {
  /// The schedule.
  public let schedule: Schedule

  /// Ω* relative to that of linear decay, at these norms.
  public let boundRatioToLinear: Double

  /// The formula's guarantee relative to that of linear decay; nil if the bound was minimised.
  public let guaranteeRatioToLinear: Double?

  /// The position of the peak, as a fraction of the run.
  public let peakFraction: Double

  /// Refines two or more positive norms, by the formula in O(T) or by minimising the bound in some hundred passes.
  ///
  /// Fails with kind `unanswerable` if the minimisation does not converge.
  public init(
    of norms: [Double], norm: RefinedSchedule.Norm = .l2, minimisesBound: Bool = false
  ) throws {
    let refined = try RefinedSchedule(norms: norms, norm: norm)
    // ℓ1 norms G have the weights of ℓ2 norms √G.
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
