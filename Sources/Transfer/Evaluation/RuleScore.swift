/// The quality of one rule's predictions.
public struct RuleScore: Sendable {
  /// The mean and the largest of some values.
  public struct Extent: Sendable {
    /// The mean.
    public let mean: Double

    /// The largest.
    public let worst: Double

    fileprivate init?(_ values: [Double]) {
      guard let worst = values.max() else { return nil }
      mean = values.reduce(0, +) / Double(values.count)
      self.worst = worst
    }
  }

  /// The rule.
  public let rule: BaselineRule

  /// The number of predictions.
  public let predictions: Int

  /// The regret at the nearest tested learning rate, or by the curvature at the optimum, in nats; nil if
  /// neither is known.
  public let regret: Extent?

  /// The regret under C + A/γ + Bγ, in nats.
  public let boundRegret: Extent?

  /// The regret under C + A·γ^−½ + B·γ², in nats.
  public let steepRegret: Extent?

  /// |ln(predicted/measured)|.
  public let error: Extent

  /// The number of measured optima inside the interval; nil for rules without one.
  public let covered: Int?

  /// The median of the intervals' high/low.
  public let medianWidth: Double?

  /// Scores the predictions of one rule among those given; nil if there are none.
  public init?(of rule: BaselineRule, in predictions: [RuleEvaluation.Prediction]) {
    let own = predictions.filter { $0.rule == rule }
    guard let error = Extent(own.map(\.error)) else { return nil }
    self.rule = rule
    self.predictions = own.count
    self.error = error
    regret = Extent(own.compactMap(\.regret))
    boundRegret = Extent(own.compactMap(\.smoothRegret.bound))
    steepRegret = Extent(own.compactMap(\.smoothRegret.steep))
    let coverage = own.compactMap(\.isCovered)
    covered = coverage.isEmpty ? nil : coverage.count { $0 }
    let widths = own.compactMap { $0.interval.map { $0.upperBound / $0.lowerBound } }.sorted()
    medianWidth =
      widths.isEmpty ? nil : (widths[(widths.count - 1) / 2] + widths[widths.count / 2]) / 2
  }
}
