/// The state of a run with momentum: E D², E D·v and E v² of each mode, with D = w − w* (derived here),
/// times λ and the mode's number of features, so that the first sum to the excess loss.
struct MomentumState {
  private(set) var errors: [SIMD8<Double>]
  private(set) var products: [SIMD8<Double>]
  private(set) var velocities: [SIMD8<Double>]

  /// The excess loss; infinite once the run has diverged.
  private(set) var total: Double

  /// Above this a run counts as diverged; the square is still finite.
  private static let divergence = 1e150

  init(_ spectrum: ModeSpectrum) {
    errors = spectrum.excess
    products = [SIMD8<Double>](repeating: .zero, count: errors.count)
    velocities = products
    total = errors.reduce(SIMD8<Double>.zero, +).sum()
  }

  mutating func advance(
    _ model: FeatureModel, rate: Double, momentum: Double, gradientRate: Double,
    gradientNoise: GradientNoise
  ) {
    guard total <= Self.divergence else {
      total = .infinity
      return
    }
    let batch = model.task.batch
    let isMultiplicative = gradientNoise == .multiplicative
    let fourthMoment = isMultiplicative ? 1 + 1 / batch : 1
    let noise = SIMD8(repeating: (model.noise + (isMultiplicative ? total : 0)) / batch)
    let spectrum = model.spectrum
    var sum = SIMD8<Double>.zero
    for index in errors.indices {
      let eigenvalue = spectrum.eigenvalues[index]
      let error = errors[index]
      let product = products[index]
      let square =
        eigenvalue * eigenvalue * error * fourthMoment + noise * spectrum.noiseGains[index]
      let velocity =
        momentum * momentum * velocities[index] + 2 * momentum * eigenvalue * product + square
      let errorVelocity = momentum * product + eigenvalue * error
      let velocityGradient = momentum * eigenvalue * product + square
      let after =
        error - (2 * gradientRate * eigenvalue * error + 2 * rate * errorVelocity)
        + (gradientRate * gradientRate * square + 2 * gradientRate * rate * velocityGradient
          + rate * rate * velocity)
      errors[index] = after
      products[index] = errorVelocity - gradientRate * velocityGradient - rate * velocity
      velocities[index] = velocity
      sum += after
    }
    total = sum.sum()
    if !(total <= Self.divergence) { total = .infinity }
  }
}

extension FeatureModel {
  /// Returns the loss after a run with momentum, in O(T·modes) time.
  public func finalLoss(
    momentum steps: MomentumSteps, gradientNoise: GradientNoise = .multiplicative
  )
    -> ModelLoss
  {
    var state = MomentumState(spectrum)
    for index in steps.rates.indices {
      state.advance(
        self, rate: steps.rates[index], momentum: steps.momenta[index],
        gradientRate: steps.gradientRates[index], gradientNoise: gradientNoise)
    }
    return ModelLoss(excess: state.total, noise: noise)
  }
}
