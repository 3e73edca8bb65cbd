import Schedules
import TheoryModel

/// The excess loss of SGD on power-law random features after the last step (2602.04774), an expectation.
///
/// The model is trained without weight decay, so that there is none here.
public struct TheoryModelWorkload: Workload {
  /// The features and the task on them.
  public let model: FeatureModel

  /// T.
  public let steps: Int

  /// The model over a number of steps.
  ///
  /// - Parameters:
  ///   - model: the features and the task on them.
  ///   - steps: T, at least 1.
  public init(_ model: FeatureModel, steps: Int) {
    precondition(steps > 0, "a run has at least one step")
    self.model = model
    self.steps = steps
  }

  /// What is trained.
  public var identity: String {
    let task = model.task
    return
      "model task=\(task.taskExponent),\(task.spectrumExponent),\(task.labelNoise),\(task.batch) features=\(model.features) steps=\(steps)"
  }

  /// It is an expectation.
  public let isRandom = false

  /// The excess loss L − σ² after the last step.
  ///
  /// - Parameter trial: of ``steps`` steps.
  /// - Returns: the loss; diverged where it goes beyond all bounds; failed for more than 2·10⁷ steps.
  /// - Complexity: O(T·modes).
  public func outcome(of trial: Trial) -> TrialOutcome {
    precondition(trial.schedule.steps == steps, "the schedule has the workload's steps")
    do throws(TheoryModelError) {
      return TrialOutcome(try model.finalLoss(learningRates: trial.learningRates).excess)
    } catch {
      return .failed(error.description)
    }
  }
}
