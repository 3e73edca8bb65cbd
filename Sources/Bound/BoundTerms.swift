import Support

/// The two numbers through which a schedule enters a convex bound, S and V.
///
/// For a base learning rate γ and a distance D the bound is Ω = D²/(2γS) + (γ/2)·V, minimal at γ* =
/// D/√(S·V), where it is Ω* = D·√(V/S); at γ = ργ* it is Ω*·(ρ + 1/ρ)/2 (2310.07831, Theorem 10;
/// 2501.18965, Theorem 1). γ is in units of D/G and Ω in units of D·G; γ and D lie between 1e-50 and 1e50.
public struct BoundTerms: Equatable, Sendable {
  /// S = Σ η_t, in steps at the peak learning rate.
  public let stepSum: Double

  /// V, the contribution of gradient noise, in units of G².
  public let noiseSum: Double

  /// The number of steps that count; of trailing zeros only the first does.
  public let steps: Int

  /// The number of trailing steps with a multiplier of zero (below 1e-100).
  public let trimmedSteps: Int

  /// The last multiplier η_T, if it was chosen to make the bound tightest.
  public let chosenLastMultiplier: Double?

  /// Creates terms computed elsewhere.
  package init(
    stepSum: Double, noiseSum: Double, steps: Int, trimmedSteps: Int = 0,
    chosenLastMultiplier: Double? = nil
  ) {
    self.stepSum = stepSum
    self.noiseSum = noiseSum
    self.steps = steps
    self.trimmedSteps = trimmedSteps
    self.chosenLastMultiplier = chosenLastMultiplier
  }

  /// Returns the bound Ω on f(x_T) − f* at a base learning rate γ: positive and finite.
  public func bound(at baseLearningRate: Double, distance: Double = 1) throws(InputError) -> Double
  {
    try InputError.check(baseLearningRate, "base learning rate")
    try InputError.check(distance, "distance")
    return uncheckedBound(at: baseLearningRate, distance: distance)
  }

  /// Ω at a computed base learning rate, which may lie outside the range allowed for users.
  func uncheckedBound(at baseLearningRate: Double, distance: Double) -> Double {
    distance / (2 * baseLearningRate * stepSum) * distance + baseLearningRate / 2 * noiseSum
  }

  /// Returns the terms at a constant gradient norm G instead of 1.
  package func scaled(gradientNorm: Double) -> BoundTerms {
    BoundTerms(
      stepSum: stepSum, noiseSum: noiseSum * gradientNorm * gradientNorm, steps: steps,
      trimmedSteps: trimmedSteps, chosenLastMultiplier: chosenLastMultiplier)
  }

  /// Returns the base learning rate γ* = D/√(S·V) that minimises the bound.
  public func optimalBaseLearningRate(distance: Double = 1) throws(InputError) -> Double {
    try InputError.check(distance, "distance")
    return distance / (stepSum * noiseSum).squareRoot()
  }

  /// Returns the minimal bound Ω* = D·√(V/S).
  public func optimalBound(distance: Double = 1) throws(InputError) -> Double {
    try InputError.check(distance, "distance")
    return distance * (noiseSum / stepSum).squareRoot()
  }
}
