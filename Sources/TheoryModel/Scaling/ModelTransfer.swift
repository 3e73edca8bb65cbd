import Glibc

/// Two schedules tuned in the model, and the cost of running the target at another ratio.
public struct ModelTransfer: Sendable {
  /// The tuned source.
  public let source: TunedModelRate

  /// The tuned target.
  public let target: TunedModelRate

  /// γ_target/γ_source in the model.
  public let ratio: Double

  /// The ratio to compare, for example the bound's.
  public let comparedRatio: Double

  /// The regret of ``comparedRatio``, as a fraction of the target's excess loss; nil if it diverges.
  public let comparedRegret: Double?

  /// p in γ ∝ T^−p between the two; nil for equal numbers of steps.
  public let horizonExponent: Double?

  /// Tunes the multipliers of both schedules up to a cap, by default the stability edge.
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

/// Returns the slopes d ln y/d ln x between neighbouring points.
public func logarithmicSlopes(of values: [Double], over arguments: [Double]) -> [Double] {
  values.indices.dropFirst().map { index in
    log(values[index] / values[index - 1]) / log(arguments[index] / arguments[index - 1])
  }
}
