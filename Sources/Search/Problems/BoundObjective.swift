import Bound
import Schedules

/// The last-iterate bound Ω(γ) as a workload, in units of D·G: what convex theory knows of a shape.
///
/// The bound is for plain SGD, so that there is no weight decay in it.
public struct BoundObjective: Workload {
  /// T.
  public let steps: Int

  /// The bound over a number of steps.
  ///
  /// - Parameter steps: T, at least 1.
  public init(steps: Int) {
    precondition(steps > 0, "a run has at least one step")
    self.steps = steps
  }

  /// What is trained.
  public var identity: String { "bound steps=\(steps)" }

  /// It is a formula.
  public let isRandom = false

  /// Ω at the trial's base learning rate.
  ///
  /// - Parameter trial: of ``steps`` steps.
  /// - Returns: the bound; failed where it is not defined.
  /// - Complexity: O(T).
  public func outcome(of trial: Trial) -> TrialOutcome {
    precondition(trial.schedule.steps == steps, "the schedule has the workload's steps")
    do {
      let terms = try BoundTerms.lastIterate(of: trial.schedule)
      return TrialOutcome(try terms.bound(at: trial.baseLearningRate))
    } catch {
      return .failed("\(error)")
    }
  }
}
