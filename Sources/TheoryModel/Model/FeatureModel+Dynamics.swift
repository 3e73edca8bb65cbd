import Support

/// The loss of a run at some step.
public struct ModelLoss: Equatable, Sendable {
  /// The loss that training could still remove, L − σ²; infinite where the run diverged.
  public let excess: Double

  /// The loss that it cannot remove, σ².
  public let noise: Double

  /// L.
  public var loss: Double { excess + noise }

  /// Whether the loss went beyond all bounds.
  public var isDiverged: Bool { !excess.isFinite }
}

extension FeatureModel {
  /// The longest run that is followed step by step.
  public static let mostSteps = 20_000_000

  /// Returns the loss after the last step of a run with the learning rates η_1 … η_T.
  ///
  /// The batches m_1 … m_T are the task's own unless they are given.
  ///
  /// - Throws: `InputError` naming the first value at fault.
  /// - Complexity: O(T·modes) time, about 0.4 ns each; no memory beside the input.
  public func finalLoss(
    learningRates: [Double], batches: [Double]? = nil, recursion: Recursion = .exact
  ) throws(InputError) -> ModelLoss {
    try Self.check(learningRates: learningRates, batches: batches)
    return ModelLoss(
      excess: finalExcess(learningRates, batches: batches, recursion: recursion), noise: noise)
  }

  /// Returns the T + 1 losses along a run, that of w = 0 first; all that follow a divergence are infinite.
  ///
  /// - Throws: `InputError` naming the first value at fault.
  /// - Complexity: O(T·modes) time, O(T) memory.
  public func losses(
    learningRates: [Double], batches: [Double]? = nil, recursion: Recursion = .exact
  ) throws(InputError) -> [ModelLoss] {
    try Self.check(learningRates: learningRates, batches: batches)
    var losses = [ModelLoss(excess: ModelState(spectrum).total, noise: noise)]
    _ = finalExcess(learningRates, batches: batches, recursion: recursion) {
      losses.append(ModelLoss(excess: $0, noise: noise))
    }
    return losses
  }

  /// The excess loss after a run whose values have been checked, and after each of its steps.
  func finalExcess(
    _ learningRates: [Double], batches: [Double]? = nil, recursion: Recursion = .exact,
    afterStep: (Double) -> Void = { _ in }
  ) -> Double {
    var state = ModelState(spectrum)
    for (index, rate) in learningRates.enumerated() {
      state.advance(
        spectrum, noise: noise, rate: rate, batch: batches?[index] ?? task.batch,
        recursion: recursion)
      afterStep(state.total)
    }
    return state.total
  }

  /// Checks the values of a run.
  static func check(learningRates: [Double], batches: [Double]? = nil) throws(InputError) {
    try InputError.check(steps: learningRates.count, most: mostSteps)
    for (index, rate) in learningRates.enumerated() where !(rate >= 0 && rate <= 1e50) {
      throw .learningRate(rate, at: index)
    }
    guard let batches else { return }
    guard batches.count == learningRates.count else {
      throw InputError(
        problem: "\(batches.count) batch sizes were given for \(learningRates.count) steps",
        hint: "give one a step")
    }
    for (index, batch) in batches.enumerated() where !(batch >= 1 && batch <= 1e50) {
      throw .step(index, "batch", batch, hint: "give 1 or more, up to 1e50")
    }
  }
}

extension InputError {
  /// An error about the value of a step with a 0-based index.
  static func step(_ index: Int, _ name: String, _ value: Double, hint: String) -> InputError {
    InputError(problem: "the \(name) of step \(index + 1) is \(decimalText(value))", hint: hint)
  }

  /// An error about the learning rate of a step with a 0-based index.
  static func learningRate(_ rate: Double, at index: Int) -> InputError {
    step(index, "learning rate", rate, hint: "give numbers from 0 to 1e50")
  }

  /// An error about the highest learning rate.
  static func unusableCap(_ cap: Double) -> InputError {
    InputError(
      problem: "the highest learning rate \(decimalText(cap)) is not usable",
      hint: "give a number from 1e-12 to 1e12")
  }

  /// Without label noise there are no phases.
  static let noLabelNoise = InputError(
    problem:
      "without label noise there are no phases: a constant learning rate is best up to constants",
    hint: "give noise above 0")

  /// An error about a search that ended before it converged.
  static func notConverged(_ search: String) -> InputError {
    InputError(.unanswerable, problem: "\(search) did not converge", hint: "shorten the run")
  }
}
