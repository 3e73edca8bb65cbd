import Glibc
import Schedules
import Support

/// How one shape's tuned base learning rate falls with the horizon in the model, at one batch.
///
/// At fixed D = m·T samples γ* has two limits (derived here): for small batches γ* = m·g(D), since only η/m
/// enters, and for large ones γ_∞, the rate tuned without gradient noise, which stability bounds. They meet
/// at the critical batch m_c = γ_∞/g(D), as the limits of a law γ* ∝ 1/√(1 + (m_c/m)²) do.
public struct ModelHorizonExponent: Sendable {
  /// m, examples per step.
  public let batch: Double

  /// γ* over T steps.
  public let tuned: TunedModelRate

  /// p in γ* ∝ T^−p at this batch, the central difference −ln(γ*(2T)/γ*(T/2))/ln 4.
  ///
  /// Symmetry in ln T removes the first-order error, and a factor of two is short against the regimes, which
  /// span decades, yet far above the tuning's own error: 10⁻⁴ in p.
  public let exponent: Double

  /// Whether γ* over T/2 or 2T steps is at the cap, which the horizon does not move.
  public let isAtCap: Bool

  /// m_c at this row's samples, in examples; within 1 %.
  public let criticalBatch: Double

  /// The most samples of a run, m·2T.
  public static let mostSamples = 1e15

  /// Tunes a shape over T/2 (rounded down), T and 2T steps at each batch, up to a cap, by default the
  /// stability edge of each batch.
  ///
  /// Parts of the shape that are given in steps keep their number. T is 2 to 10⁷; batches are 1 or more. Takes
  /// some forty runs of 3.5·T steps a batch. `progress` gets each batch.
  ///
  /// - Throws: `InputError` for steps, batches, a cap or a shape that cannot be used.
  public static func measured(
    on model: FeatureModel, shape: ScheduleSpec, steps: Int, batches: [Double], cap: Double? = nil,
    progress: (Double) -> Void = { _ in }
  ) throws(InputError) -> [ModelHorizonExponent] {
    guard steps >= 2, steps <= FeatureModel.mostSteps / 2 else {
      throw InputError(
        problem: "\(steps) steps cannot be halved and doubled",
        hint: "give 2 to \(FeatureModel.mostSteps / 2)")
    }
    for batch in batches where !(batch >= 1 && 2 * Double(steps) * batch <= mostSamples) {
      throw InputError(
        problem: "the batch \(decimalText(batch)) over \(2 * steps) steps is out of range",
        hint: "give 1 or more, up to 1e15 samples in all")
    }
    let horizons = [steps / 2, steps, 2 * steps]
    let schedules = try horizons.map { steps throws(InputError) in
      try shape.schedule(steps: steps)
    }
    func tuned(_ index: Int, _ batch: Double) throws(InputError) -> TunedModelRate {
      try TunedModelRate(
        of: model.with(batch: batch), multipliers: schedules[index].multipliers, cap: cap)
    }
    let profile = ScheduleProfile(of: schedules[1])
    let noiseless = try tuned(1, .infinity).baseLearningRate
    return try batches.map { batch throws(InputError) in
      progress(batch)
      let (half, double) = try (tuned(0, batch), tuned(2, batch))
      return ModelHorizonExponent(
        batch: batch, tuned: try tuned(1, batch),
        exponent: log(half.baseLearningRate / double.baseLearningRate)
          / log(Double(horizons[2]) / Double(horizons[0])),
        isAtCap: half.isAtCap || double.isAtCap,
        criticalBatch: noiseless
          / model.rateOfSmallBatches(profile, samples: batch * Double(steps)))
    }
  }
}

extension FeatureModel {
  /// Returns g(D), the limit of γ*/m for small batches at D samples.
  fileprivate func rateOfSmallBatches(_ profile: ScheduleProfile, samples: Double) -> Double {
    // With a thousandth of an example per step, η·λ_1 is below 0.002.
    let fraction = 1e-3
    let plan = BlockPlan(of: profile, steps: Int((samples / fraction).rounded()))
    let dynamics = BlockDynamics(of: with(batch: fraction))
    return TunedModelRate(of: dynamics, plan: plan).baseLearningRate / fraction
  }
}
