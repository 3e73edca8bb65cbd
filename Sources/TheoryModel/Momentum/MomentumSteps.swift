import Support

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

  /// Creates steps with η ≥ 0, 0 ≤ β < 1 and α ≥ 0, one of each per step; the heavy ball without α.
  public init(rates: [Double], momenta: [Double], gradientRates: [Double]? = nil)
    throws(InputError)
  {
    let gradientRates = gradientRates ?? [Double](repeating: 0, count: rates.count)
    precondition(
      momenta.count == rates.count && gradientRates.count == rates.count, "one value per step")
    try FeatureModel.check(learningRates: rates)
    try FeatureModel.check(learningRates: gradientRates)
    for (index, value) in momenta.enumerated() where !(value >= 0 && value < 1) {
      throw .step(index, "momentum", value, hint: "give numbers from 0 to below 1")
    }
    self.init(unchecked: rates, momenta: momenta, gradientRates: gradientRates)
  }

  init(unchecked rates: [Double], momenta: [Double], gradientRates: [Double]) {
    self.rates = rates
    self.momenta = momenta
    self.gradientRates = gradientRates
  }
}

/// The source of gradient noise.
public enum GradientNoise: String, CaseIterable, Sendable {
  /// All noise of Gaussian features, which grows with the loss: (λL + λ²c)/m per mode.
  case multiplicative

  /// The label noise alone, λσ²/m: the limit in which momentum helps most (derived here).
  case additive
}
