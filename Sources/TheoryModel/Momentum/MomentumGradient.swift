/// The gradient of a heavy-ball run's final loss in η and β of every step, by the adjoint of the second
/// moments (derived here).
package struct MomentumGradient {
  /// L_T − σ².
  package let excess: Double

  /// ∂L_T/∂η_t.
  package private(set) var rateSlopes: [Double]

  /// ∂L_T/∂β_t.
  package private(set) var momentumSlopes: [Double]

  package init(of model: FeatureModel, steps: MomentumSteps, gradientNoise: GradientNoise) {
    let count = steps.rates.count
    rateSlopes = [Double](repeating: 0, count: count)
    momentumSlopes = rateSlopes
    var states = [MomentumState(model.spectrum)]
    for index in 0..<count {
      var next = states[index]
      next.advance(
        model, rate: steps.rates[index], momentum: steps.momenta[index], gradientRate: 0,
        gradientNoise: gradientNoise)
      states.append(next)
    }
    excess = states[count].total
    guard excess.isFinite else { return }
    var adjoint = MomentumAdjoint(model.spectrum)
    for step in (0..<count).reversed() {
      (rateSlopes[step], momentumSlopes[step]) = adjoint.recede(
        model, state: states[step], rate: steps.rates[step], momentum: steps.momenta[step],
        gradientNoise: gradientNoise)
    }
  }
}

/// The adjoint of each mode's second moments.
private struct MomentumAdjoint {
  private var errorSlopes: [SIMD8<Double>]
  private var productSlopes: [SIMD8<Double>]
  private var velocitySlopes: [SIMD8<Double>]

  /// At the end every mode's error is part of the loss.
  init(_ spectrum: ModeSpectrum) {
    errorSlopes = [SIMD8<Double>](
      repeating: SIMD8(repeating: 1), count: spectrum.eigenvalues.count)
    productSlopes = [SIMD8<Double>](repeating: .zero, count: errorSlopes.count)
    velocitySlopes = productSlopes
  }

  /// Goes back over a step that started at `state`; returns the slopes in its η and β.
  mutating func recede(
    _ model: FeatureModel, state: MomentumState, rate: Double, momentum: Double,
    gradientNoise: GradientNoise
  ) -> (rate: Double, momentum: Double) {
    let isMultiplicative = gradientNoise == .multiplicative
    let batch = model.task.batch
    let fourthMoment = isMultiplicative ? 1 + 1 / batch : 1
    let noise = (model.noise + (isMultiplicative ? state.total : 0)) / batch
    var rateSlope = SIMD8<Double>.zero
    var momentumSlope = SIMD8<Double>.zero
    var feedback = SIMD8<Double>.zero
    for index in errorSlopes.indices {
      let eigenvalue = model.spectrum.eigenvalues[index]
      let gain = model.spectrum.noiseGains[index]
      let error = state.errors[index]
      let product = state.products[index]
      let velocity = state.velocities[index]
      let square = eigenvalue * eigenvalue * error * fourthMoment + noise * gain
      let nextVelocity =
        momentum * momentum * velocity + 2 * momentum * eigenvalue * product + square
      let errorVelocity = momentum * product + eigenvalue * error
      // The adjoints of the two quantities that the step forms.
      let worthOfVelocity =
        velocitySlopes[index] + rate * rate * errorSlopes[index] - rate * productSlopes[index]
      let worthOfProduct = productSlopes[index] - 2 * rate * errorSlopes[index]
      rateSlope +=
        2 * errorSlopes[index] * (rate * nextVelocity - errorVelocity)
        - productSlopes[index] * nextVelocity
      momentumSlope +=
        worthOfProduct * product
        + 2 * worthOfVelocity * (momentum * velocity + eigenvalue * product)
      feedback += worthOfVelocity * gain
      errorSlopes[index] +=
        eigenvalue * worthOfProduct + fourthMoment * eigenvalue * eigenvalue * worthOfVelocity
      productSlopes[index] =
        momentum * worthOfProduct + 2 * momentum * eigenvalue * worthOfVelocity
      velocitySlopes[index] = momentum * momentum * worthOfVelocity
    }
    if isMultiplicative {
      let shared = SIMD8(repeating: feedback.sum() / batch)
      for index in errorSlopes.indices { errorSlopes[index] += shared }
    }
    return (rateSlope.sum(), momentumSlope.sum())
  }
}
