/// An error evaluating the theory model, with a suggested fix.
public enum TheoryModelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// N is out of range: one feature has no power law.
  case features(Int)

  /// A run without steps.
  case noSteps

  /// Momentum takes effect from the second step on.
  case oneStep

  /// The run is too long for what is asked.
  case tooLong(steps: Int, most: Int)

  /// A learning rate is not a usable number; the step counts from 1.
  case learningRate(step: Int, value: Double)

  /// Batch sizes were given for another number of steps.
  case batchCount(batches: Int, steps: Int)

  /// A batch size is below 1 or not a number; the step counts from 1.
  case batch(step: Int, value: Double)

  /// The highest learning rate allowed is not a positive number.
  case cap(Double)

  /// Momentum outside 0 ≤ β < 1; the step counts from 1.
  case momentum(step: Int, value: Double)

  /// Without label noise there are no phases.
  case noLabelNoise

  /// A search ended before it converged.
  case notConverged(String)

  /// The error as one line.
  public var description: String {
    switch self {
    case .features(let count):
      return
        "\(count) features make no power law; give 2 to \(FeatureModel.mostFeatures)"
    case .noSteps: return "a run has at least 1 step; give more"
    case .oneStep: return "momentum shows from the second step on; give at least 2 steps"
    case .tooLong(let steps, let most):
      return "\(steps) steps are too many here; give at most \(most)"
    case .learningRate(let step, let value):
      return "the learning rate of step \(step) is \(value); give numbers from 0 to 1e50"
    case .batchCount(let batches, let steps):
      return "\(batches) batch sizes were given for \(steps) steps; give one a step"
    case .batch(let step, let value):
      return "the batch of step \(step) is \(value); give 1 or more, up to 1e50"
    case .cap(let value):
      return "the highest learning rate \(value) is not usable; give a number from 1e-12 to 1e12"
    case .momentum(let step, let value):
      return "the momentum of step \(step) is \(value); give numbers from 0 to below 1"
    case .noLabelNoise:
      return
        "without label noise there are no phases: a constant learning rate is best up to constants; give noise above 0"
    case .notConverged(let what): return "\(what) did not converge; shorten the run"
    }
  }
}
