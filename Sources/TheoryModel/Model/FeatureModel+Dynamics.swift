import Support

/// The loss of a run at some step.
public struct ModelLoss: Equatable, Sendable {
  /// The reducible loss L − σ²; infinite if the run diverged.
  public let excess: Double

  /// The irreducible loss σ².
  public let noise: Double

  /// L.
  public var loss: Double { excess + noise }

  /// Whether the run diverged.
  public var isDiverged: Bool { !excess.isFinite }
}

extension FeatureModel {
  /// The longest run for single steps.
  public static let mostSteps = 20_000_000

  /// Returns the loss after a run with the learning rates η_1 … η_T and the given or the task's own
  /// batches, in O(T·modes) time at about 0.4 ns each.
  public func finalLoss(
    learningRates: [Double], batches: [Double]? = nil, recursion: Recursion = .exact
  ) throws(InputError) -> ModelLoss {
    try Self.check(learningRates: learningRates, batches: batches)
    return ModelLoss(
      excess: finalExcess(learningRates, batches: batches, recursion: recursion), noise: noise)
  }

  /// Returns the T + 1 losses along a run, from w = 0 on; infinite once it has diverged.
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

  /// The excess loss after a run of checked values; `afterStep` gets it after each step.
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

  static func check(learningRates: [Double], batches: [Double]? = nil) throws(InputError) {
    try InputError.check(steps: learningRates.count, most: mostSteps)
    for (index, rate) in learningRates.enumerated() where !(rate >= 0 && rate <= 1e50) {
      throw .learningRate(rate, at: index)
    }
    guard let batches else { return }
    guard batches.count == learningRates.count else {
      throw InputError(
        problem: "\(batches.count) batch sizes were given for \(learningRates.count) steps",
        hint: "give one per step")
    }
    for (index, batch) in batches.enumerated() where !(batch >= 1 && batch <= 1e50) {
      throw .step(index, "batch", batch, hint: "give 1 or more, up to 1e50")
    }
  }
}

extension InputError {
  /// An error about a value at a 0-based step.
  static func step(_ index: Int, _ name: String, _ value: Double, hint: String) -> InputError {
    InputError(problem: "the \(name) of step \(index + 1) is \(decimalText(value))", hint: hint)
  }

  static func learningRate(_ rate: Double, at index: Int) -> InputError {
    step(index, "learning rate", rate, hint: "give numbers from 0 to 1e50")
  }

  static func unusableCap(_ cap: Double) -> InputError {
    InputError(
      problem: "the highest learning rate \(decimalText(cap)) is out of range",
      hint: "give a number from 1e-12 to 1e12")
  }

  static let noLabelNoise = InputError(
    problem:
      "without label noise there are no phases: a constant learning rate is optimal up to a constant factor",
    hint: "give noise above 0")

  static func notConverged(_ search: String) -> InputError {
    InputError(.unanswerable, problem: "\(search) did not converge", hint: "shorten the run")
  }
}
