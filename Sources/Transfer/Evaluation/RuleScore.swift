import Runs

/// What a rule’s predictions are worth, all together.
public struct RuleScore: Sendable {
  /// A mean and the worst.
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

  /// How many predictions it makes.
  public let predictions: Int

  /// Regret at the nearest tested learning rate, in nats.
  public let regret: Extent

  /// Smooth regret under C + A/γ + Bγ, in nats.
  public let boundRegret: Extent?

  /// Smooth regret under C + A·γ^−½ + B·γ², in nats.
  public let steepRegret: Extent?

  /// |ln(predicted/measured)|.
  public let error: Extent

  /// How many measured optima lie in the interval; nil for rules without one.
  public let covered: Int?

  /// The median of the intervals’ high/low.
  public let medianWidth: Double?

  /// Scores predictions; nil where the rule makes none.
  ///
  /// - Parameters:
  ///   - rule: the rule.
  ///   - predictions: of any rule; those of this one count.
  /// - Complexity: O(predictions).
  public init?(of rule: BaselineRule, in predictions: [SweepEvaluation.Prediction]) {
    let own = predictions.filter { $0.rule == rule }
    guard let regret = Extent(own.map(\.regret)), let error = Extent(own.map(\.error)) else {
      return nil
    }
    self.rule = rule
    self.predictions = own.count
    self.regret = regret
    self.error = error
    boundRegret = Extent(own.compactMap(\.smoothRegret.bound))
    steepRegret = Extent(own.compactMap(\.smoothRegret.steep))
    let coverage = own.compactMap(\.isCovered)
    covered = coverage.isEmpty ? nil : coverage.count { $0 }
    let widths = own.compactMap { $0.interval.map { $0.upperBound / $0.lowerBound } }.sorted()
    medianWidth =
      widths.isEmpty ? nil : (widths[(widths.count - 1) / 2] + widths[widths.count / 2]) / 2
  }
}

extension SweepEvaluation {
  /// Why a rule makes no prediction; nil where it makes some.
  ///
  /// - Parameter rule: any rule.
  /// - Returns: a few words.
  public func absence(of rule: BaselineRule) -> String? {
    guard !pairs.contains(where: { $0.rule == rule }) else { return nil }
    switch rule {
    case .halfOfCosine: return "needs a cosine and a wsd cell"
    case .calibrated: return "needs two other cells that differ in shape or horizon"
    default: return "predicts nothing"
    }
  }
}
