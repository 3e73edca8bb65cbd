import Schedules
import Support
import TheoryModel

/// The base learning rate for another schedule or horizon, with what it rests on.
public struct TransferAnswer: Sendable {
  /// One end of the transfer.
  public struct End: Sendable {
    /// The schedule and its number of steps.
    public let run: TrainingRun

    /// The base learning rate as the trainer takes it; nil where the source's is unknown.
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

  /// The rule behind ``ratio``.
  public let rule: TransferRule

  /// The parts of the interval.
  public let uncertainty: TransferUncertainty

  /// Where the theory is known to fail on this question.
  public let diagnostics: [Diagnostic]

  /// The interval of the ratio, to which the source's own uncertainty adds nothing.
  public var ratioInterval: ClosedRange<Double> { uncertainty.ratioInterval(around: ratio) }

  /// The interval of the base learning rate.
  public var interval: ClosedRange<Double>? {
    to.baseLearningRate.map { uncertainty.interval(around: $0) }
  }

  /// The base learning rate by the plain bound.
  public var boundBaseLearningRate: Double? { from.baseLearningRate.map { $0 * boundRatio } }

  /// The base learning rate by the default rule, where the rule is a calibration.
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
    [
      "same model, data, batch size, optimiser and weight decay in both runs",
      "the source's base learning rate is tuned for the source",
    ] + (from.run.steps == to.run.steps ? [] : [rule.horizonAssumption])
  }

  /// What the solvable model says about this transfer.
  ///
  /// - Parameter tasks: the tasks to ask.
  /// - Returns: the schedules of both ends, tuned on every task; an absolute floor is the fraction of the
  ///   peak that it has by this answer.
  /// - Throws: `ScheduleError`.
  /// - Complexity: some milliseconds a task, at any number of steps.
  public func crossCheck(tasks: [ModelTask] = CrossCheck.standardTasks)
    throws(InputError) -> CrossCheck
  {
    try CrossCheck(
      from: from.run.schedule(baseLearningRate: from.baseLearningRate),
      to: to.run.schedule(baseLearningRate: to.baseLearningRate), tasks: tasks)
  }
}
