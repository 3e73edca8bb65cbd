import TheoryModel

/// The excess loss of SGD on power-law random features after the last step (2602.04774), an expectation.
///
/// The model is trained without weight decay.
public struct TheoryModelWorkload: Workload {
  /// The features and the task on them.
  public let model: FeatureModel

  /// T.
  public let steps: Int

  /// The model over T steps.
  public init(_ model: FeatureModel, steps: Int) {
    self.model = model
    self.steps = steps
  }

  /// What is trained.
  public var identity: String {
    let task = model.task
    return
      "model task=\(task.taskExponent),\(task.spectrumExponent),\(task.labelNoise),\(task.batch) features=\(model.features) steps=\(steps)"
  }

  /// The excess loss L − σ² after the last step; diverged where it grows beyond all bounds, failed for more
  /// than 2·10⁷ steps.
  ///
  /// - Complexity: O(T·modes).
  public func outcome(of trial: Trial) -> TrialOutcome {
    do {
      return TrialOutcome(try model.finalLoss(learningRates: trial.learningRates).excess)
    } catch {
      return .failed("\(error)")
    }
  }
}
