import Runs
import Schedules
import Support

/// The base learning rate for another schedule or horizon, with what it rests on.
public struct TransferAnswer: Sendable {
  /// One end of the transfer.
  public struct End: Sendable {
    /// The schedule and its length.
    public let run: TrainingRun

    /// The base learning rate as the trainer takes it; nil where that of the source is not known.
    public let baseLearningRate: Double?
  }

  /// What was tuned.
  public let from: End

  /// What is wanted.
  public let to: End

  /// γ_to/γ_from by the rule.
  public let ratio: Double

  /// γ*_to/γ*_from by the plain bound, p = 1/2.
  public let boundRatio: Double

  /// γ_to/γ_from by the default rule, p = 1/3, where the rule is a calibration; nil for other rules.
  public let standardRatio: Double?

  /// The rule that ``ratio`` follows.
  public let rule: TransferRule

  /// What the interval is made of.
  public let uncertainty: TransferUncertainty

  /// Where the theory is known to fail on this question.
  public let diagnostics: [Diagnostic]

  /// The interval of the ratio, in which the source's own uncertainty has no part.
  public var ratioInterval: ClosedRange<Double> { uncertainty.ofRatio.interval(around: ratio) }

  /// The interval of the base learning rate.
  public var interval: ClosedRange<Double>? {
    to.baseLearningRate.map { uncertainty.interval(around: $0) }
  }

  /// The plain bound's base learning rate.
  public var boundBaseLearningRate: Double? { from.baseLearningRate.map { $0 * boundRatio } }

  /// The default rule's base learning rate, where the rule is a calibration.
  public var standardBaseLearningRate: Double? {
    guard let rate = from.baseLearningRate, let standardRatio else { return nil }
    return rate * standardRatio
  }

  /// Five learning rates to try: the answer, the interval's ends and the geometric means between.
  public var grid: [Double]? {
    guard let centre = to.baseLearningRate, let interval else { return nil }
    let (low, high) = (interval.lowerBound, interval.upperBound)
    return [low, (low * centre).squareRoot(), centre, (centre * high).squareRoot(), high]
  }

  /// What the answer takes for granted.
  public var assumptions: [String] {
    var assumptions = [
      "same model, data, batch size, optimiser and weight decay in both runs",
      "the source's base learning rate is tuned for the source",
    ]
    if from.run.steps != to.run.steps {
      assumptions.append(
        rule.name == "bound"
          ? "at one shape the tuned learning rate falls like T^-1/2 (the bound; real runs are flatter)"
          : "at one shape the tuned learning rate falls like T^-\(rounded(rule.horizonExponent))")
    }
    return assumptions
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
