/// What the noise of a stochastic gradient is made of.
public enum GradientNoise: String, CaseIterable, Sendable {
  /// The whole of it for Gaussian features: it grows with the loss, (λL + λ²c)/m a mode.
  case multiplicative

  /// The label noise alone, λσ²/m: the limit in which momentum helps most (derived here).
  case additive
}
