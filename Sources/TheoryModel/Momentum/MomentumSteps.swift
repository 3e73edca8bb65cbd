/// The steps of SGD with momentum: v ← β·v + g, w ← w − α·g − η·v.
///
/// α = 0 is the heavy ball; α above 0 with slowly changing η and β covers Nesterov's method and DANA.
public struct MomentumSteps: Equatable, Sendable {
  /// η_1 … η_T, the learning rates of the velocity.
  public let rates: [Double]

  /// β_1 … β_T.
  public let momenta: [Double]

  /// α_1 … α_T, the learning rates of the gradient itself.
  public let gradientRates: [Double]

  /// Steps.
  ///
  /// - Parameters:
  ///   - rates: η, at least 0; one a step.
  ///   - momenta: β, 0 to below 1; as many.
  ///   - gradientRates: α, at least 0; as many, or nil for the heavy ball.
  /// - Throws: ``TheoryModelError`` naming the first value at fault.
  public init(rates: [Double], momenta: [Double], gradientRates: [Double]? = nil)
    throws(TheoryModelError)
  {
    let gradientRates = gradientRates ?? [Double](repeating: 0, count: rates.count)
    precondition(
      momenta.count == rates.count && gradientRates.count == rates.count, "one value a step")
    try FeatureModel.check(learningRates: rates, batches: nil)
    try FeatureModel.check(learningRates: gradientRates, batches: nil)
    for (index, value) in momenta.enumerated() where !(value >= 0 && value < 1) {
      throw .momentum(step: index + 1, value: value)
    }
    self.init(unchecked: rates, momenta: momenta, gradientRates: gradientRates)
  }

  /// Damped steps, v ← β·v + (1 − β)·g: the heavy ball with η·(1 − β) where β does not change.
  ///
  /// - Parameters:
  ///   - rates: η, at least 0; one a step.
  ///   - momentum: β, 0 to below 1.
  /// - Returns: the steps.
  /// - Throws: ``TheoryModelError`` naming the first value at fault.
  public static func damped(rates: [Double], momentum: Double) throws(TheoryModelError)
    -> MomentumSteps
  {
    try MomentumSteps(
      rates: rates.map { $0 * (1 - momentum) },
      momenta: [Double](repeating: momentum, count: rates.count))
  }

  init(unchecked rates: [Double], momenta: [Double], gradientRates: [Double]) {
    self.rates = rates
    self.momenta = momenta
    self.gradientRates = gradientRates
  }
}
