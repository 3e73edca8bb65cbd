import Bound

/// The last-iterate bound Ω(γ) of plain SGD as a workload, in units of D·G.
public struct BoundObjective: Workload {
  /// T.
  public let steps: Int

  /// Creates the workload over T steps.
  public init(steps: Int) { self.steps = steps }

  /// The workload with its number of steps.
  public var identity: String { "bound steps=\(steps)" }

  /// Returns Ω at the trial's base learning rate; failed where it is undefined.
  public func outcome(of trial: Trial) -> TrialOutcome {
    do {
      let terms = try BoundTerms.lastIterate(of: trial.schedule)
      return TrialOutcome(try terms.bound(at: trial.baseLearningRate))
    } catch {
      return .failed("\(error)")
    }
  }
}
