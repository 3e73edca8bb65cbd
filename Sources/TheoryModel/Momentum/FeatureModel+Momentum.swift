extension FeatureModel {
  /// The loss after a run with momentum.
  ///
  /// - Parameters:
  ///   - steps: η, β and α of every step.
  ///   - gradientNoise: what the noise is made of.
  /// - Returns: the loss after the last step.
  /// - Complexity: O(T·modes) time.
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
