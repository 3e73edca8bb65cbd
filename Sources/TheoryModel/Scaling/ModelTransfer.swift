import Glibc

/// Two schedules tuned in the model, and what running the target at another ratio costs.
public struct ModelTransfer: Sendable {
  /// The source at its best.
  public let source: TunedModelRate

  /// The target at its best.
  public let target: TunedModelRate

  /// γ_target/γ_source in the model.
  public let ratio: Double

  /// The ratio that is compared, for example the bound's.
  public let comparedRatio: Double

  /// What running the target at ``comparedRatio`` adds to its excess loss, as a fraction of it; nil where it
  /// diverges.
  public let comparedRegret: Double?

  /// p in γ ∝ T^−p between the two; nil where they have the same number of steps.
  public let horizonExponent: Double?

  /// Tunes both schedules.
  ///
  /// - Parameters:
  ///   - model: the task on its features.
  ///   - source: the source's multipliers.
  ///   - target: the target's multipliers.
  ///   - cap: the highest learning rate; nil for the stability edge.
  ///   - comparedRatio: the ratio to compare.
  /// - Throws: `InputError`.
  /// - Complexity: some twenty runs of the model.
  public init(
    in model: FeatureModel, from source: [Double], to target: [Double], cap: Double? = nil,
    comparedRatio: Double
  ) throws {
    self.source = try TunedModelRate(of: model, multipliers: source, cap: cap)
    self.target = try TunedModelRate(of: model, multipliers: target, cap: cap)
    self.comparedRatio = comparedRatio
    ratio = self.target.baseLearningRate / self.source.baseLearningRate
    let rate = comparedRatio * self.source.baseLearningRate
    let compared = try model.finalLoss(learningRates: target.map { rate * $0 })
    let regret = compared.excess / self.target.excess - 1
    comparedRegret = regret.isFinite ? regret : nil
    let lengthening = Double(target.count) / Double(source.count)
    horizonExponent = lengthening == 1 ? nil : -log(ratio) / log(lengthening)
  }
}

/// Returns the slopes d ln y/d ln x between neighbouring points, one fewer than points.
public func logarithmicSlopes(of values: [Double], over arguments: [Double]) -> [Double] {
  values.indices.dropFirst().map { index in
    log(values[index] / values[index - 1]) / log(arguments[index] / arguments[index - 1])
  }
}
