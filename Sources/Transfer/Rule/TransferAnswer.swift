import Schedules
import Support
import TheoryModel

/// The base learning rate for another schedule or horizon, with its interval and assumptions.
public struct TransferAnswer: Sendable {
  /// The source or target of the transfer.
  public struct End: Sendable {
    /// The schedule and its number of steps.
    public let run: TrainingRun

    /// The trainer's base learning rate; nil if the source's is unknown.
    public let baseLearningRate: Double?
  }

  /// The source, which was tuned.
  public let from: End

  /// The target.
  public let to: End

  /// γ_to/γ_from by the rule.
  public let ratio: Double

  /// γ*_to/γ*_from by the plain bound, p = 1/2.
  public let boundRatio: Double

  /// γ_to/γ_from by the default rule if the rule is a calibration; else nil.
  public let standardRatio: Double?

  /// The rule behind ``ratio``.
  public let rule: TransferRule

  /// The components of the interval.
  public let uncertainty: TransferUncertainty

  /// Where the theory is known to fail on this question.
  public let diagnostics: [Diagnostic]

  /// Whether only one end's batch is known, and taken for the other's too.
  let isOneBatchAssumed: Bool

  /// The interval of the ratio, without the source's own uncertainty.
  public var ratioInterval: ClosedRange<Double> { uncertainty.ratioInterval(around: ratio) }

  /// The interval of the base learning rate.
  public var interval: ClosedRange<Double>? {
    to.baseLearningRate.map { uncertainty.interval(around: $0) }
  }

  /// The base learning rate by the plain bound.
  public var boundBaseLearningRate: Double? { from.baseLearningRate.map { $0 * boundRatio } }

  /// The base learning rate by the default rule, if the rule is a calibration.
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

  private var isSameBatch: Bool { from.run.batchTokens == to.run.batchTokens }

  /// The assumptions behind the answer.
  public var assumptions: [String] {
    var assumptions = from.run.lengthAssumptions
    assumptions += to.run.lengthAssumptions.filter { !assumptions.contains($0) }
    if isOneBatchAssumed, let batch = from.run.batchTokens {
      assumptions.append(
        "the batch was given for one run; the other has \(grouped(batch)) tokens too")
    }
    assumptions += [
      "same model, data, \(isSameBatch ? "batch size, " : "")optimiser and weight decay in both runs",
      "the source's base learning rate is tuned for the source",
    ]
    if from.run.horizon != to.run.horizon {
      assumptions.append(rule.horizonAssumption(at: from.run.horizon))
    }
    return assumptions
  }

  /// Returns both ends tuned on every task of the solvable model.
  ///
  /// An absolute floor becomes the fraction of the peak that it has by this answer. Throws `InputError`.
  /// Takes some milliseconds per task at any number of steps.
  public func crossCheck(tasks: [ModelTask] = CrossCheck.standardTasks)
    throws(InputError) -> CrossCheck
  {
    try CrossCheck(
      from: from.run.schedule(baseLearningRate: from.baseLearningRate),
      to: to.run.schedule(baseLearningRate: to.baseLearningRate), tasks: tasks)
  }
}
