import Bound

/// The last-iterate bound Ω(γ) as a workload, in units of D·G: what convex theory knows of a shape.
///
/// The bound is for plain SGD, without weight decay.
public struct BoundObjective: Workload {
  /// T.
  public let steps: Int

  /// The bound over T steps.
  public init(steps: Int) { self.steps = steps }

  /// What is trained.
  public var identity: String { "bound steps=\(steps)" }

  /// Ω at the trial's base learning rate; failed where it is not defined.
  ///
  /// - Complexity: O(T).
  public func outcome(of trial: Trial) -> TrialOutcome {
    do {
      let terms = try BoundTerms.lastIterate(of: trial.schedule)
      return TrialOutcome(try terms.bound(at: trial.baseLearningRate))
    } catch {
      return .failed("\(error)")
    }
  }
}
