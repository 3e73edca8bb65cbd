import TheoryModel

/// The expected final excess loss of SGD on power-law random features (arXiv:2602.04774), without weight decay.
public struct TheoryModelWorkload: Workload {
  /// The features and the task.
  public let model: FeatureModel

  /// T.
  public let steps: Int

  /// Creates the workload over T steps.
  public init(_ model: FeatureModel, steps: Int) {
    self.model = model
    self.steps = steps
  }

  /// The model with its number of steps.
  public var identity: String {
    let task = model.task
    return
      "model task=\(task.taskExponent),\(task.spectrumExponent),\(task.labelNoise),\(task.batch) features=\(model.features) steps=\(steps)"
  }

  /// Returns the final excess loss L − σ²; diverged if it grows without bound, failed beyond 2·10⁷ steps.
  public func outcome(of trial: Trial) -> TrialOutcome {
    do {
      return TrialOutcome(try model.finalLoss(learningRates: trial.learningRates).excess)
    } catch {
      return .failed("\(error)")
    }
  }
}
