/// How the loss at the end of a heavy-ball run depends on η and β of every step, by the adjoint of the
/// second moments (derived here).
package struct MomentumGradient {
  /// L_T − σ².
  package let excess: Double

  /// ∂L_T/∂η_t.
  package let rateSlopes: [Double]

  /// ∂L_T/∂β_t.
  package let momentumSlopes: [Double]

  /// - Complexity: O(T·modes) time and memory.
  package init(of model: FeatureModel, steps: MomentumSteps, gradientNoise: GradientNoise) {
    let count = steps.rates.count
    var rateSlopes = [Double](repeating: 0, count: count)
    var momentumSlopes = rateSlopes
    var states = [MomentumState(model.spectrum)]
    for index in 0..<count {
      var next = states[index]
      next.advance(
        model, rate: steps.rates[index], momentum: steps.momenta[index], gradientRate: 0,
        gradientNoise: gradientNoise)
      states.append(next)
    }
    excess = states[count].total
    guard excess.isFinite else {
      self.rateSlopes = rateSlopes
      self.momentumSlopes = momentumSlopes
      return
    }
    let isMultiplicative = gradientNoise == .multiplicative
    let batch = model.task.batch
    let fourthMoment = isMultiplicative ? 1 + 1 / batch : 1
    let vectors = model.spectrum.eigenvalues.count
    var errorSlopes = [SIMD8<Double>](repeating: SIMD8(repeating: 1), count: vectors)
    var productSlopes = [SIMD8<Double>](repeating: .zero, count: vectors)
    var velocitySlopes = productSlopes
    for step in (0..<count).reversed() {
      let state = states[step]
      let rate = steps.rates[step]
      let momentum = steps.momenta[step]
      let noise = (model.noise + (isMultiplicative ? state.total : 0)) / batch
      var rateSlope = SIMD8<Double>.zero
      var momentumSlope = SIMD8<Double>.zero
      var feedback = SIMD8<Double>.zero
      for index in 0..<vectors {
        let eigenvalue = model.spectrum.eigenvalues[index]
        let gain = model.spectrum.noiseGains[index]
        let error = state.errors[index]
        let product = state.products[index]
        let velocity = state.velocities[index]
        let square = eigenvalue * eigenvalue * error * fourthMoment + noise * gain
        let nextVelocity =
          momentum * momentum * velocity + 2 * momentum * eigenvalue * product + square
        let errorVelocity = momentum * product + eigenvalue * error
        // What the two quantities that the step forms are worth at the end.
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
        for index in 0..<vectors { errorSlopes[index] += shared }
      }
      rateSlopes[step] = rateSlope.sum()
      momentumSlopes[step] = momentumSlope.sum()
    }
    self.rateSlopes = rateSlopes
    self.momentumSlopes = momentumSlopes
  }
}
