/// The loss of a run at some step.
public struct ModelLoss: Equatable, Sendable {
  /// What training could still remove, L − σ²; infinite where the run diverged.
  public let excess: Double

  /// What it cannot remove, σ².
  public let noise: Double

  /// L.
  public var loss: Double { excess + noise }

  /// Whether the loss went beyond all bounds.
  public var isDiverged: Bool { !excess.isFinite }
}

extension FeatureModel {
  /// The longest run that is followed step by step.
  public static let mostSteps = 20_000_000

  /// The loss after a run.
  ///
  /// - Parameters:
  ///   - learningRates: η_1 … η_T, the base learning rate included.
  ///   - batches: m_1 … m_T; nil for the task's own at every step.
  ///   - recursion: the form of the recursion.
  /// - Returns: the loss of w_{T+1}, after the last step.
  /// - Throws: ``TheoryModelError`` naming the first value at fault.
  /// - Complexity: O(T·modes) time, about 0.4 ns each; no memory beside the input.
  public func finalLoss(
    learningRates: [Double], batches: [Double]? = nil, recursion: Recursion = .exact
  ) throws(TheoryModelError) -> ModelLoss {
    try Self.check(learningRates: learningRates, batches: batches)
    return ModelLoss(
      excess: finalExcess(learningRates, batches: batches, recursion: recursion), noise: noise)
  }

  /// The losses along a run.
  ///
  /// - Parameters:
  ///   - learningRates: η_1 … η_T.
  ///   - batches: m_1 … m_T; nil for the task's own.
  ///   - recursion: the form of the recursion.
  /// - Returns: T + 1 losses, that of w = 0 first; all that follow a divergence are infinite.
  /// - Throws: ``TheoryModelError`` naming the first value at fault.
  /// - Complexity: O(T·modes) time, O(T) memory.
  public func losses(
    learningRates: [Double], batches: [Double]? = nil, recursion: Recursion = .exact
  ) throws(TheoryModelError) -> [ModelLoss] {
    try Self.check(learningRates: learningRates, batches: batches)
    var state = ModelState(spectrum)
    var losses = [ModelLoss(excess: state.total, noise: noise)]
    for (index, rate) in learningRates.enumerated() {
      state.advance(
        spectrum, noise: noise, rate: rate, batch: batches?[index] ?? task.batch,
        recursion: recursion)
      losses.append(ModelLoss(excess: state.total, noise: noise))
    }
    return losses
  }

  /// The excess loss after a run whose values have been checked.
  func finalExcess(
    _ learningRates: [Double], batches: [Double]? = nil, recursion: Recursion = .exact
  ) -> Double {
    var state = ModelState(spectrum)
    for (index, rate) in learningRates.enumerated() {
      state.advance(
        spectrum, noise: noise, rate: rate, batch: batches?[index] ?? task.batch,
        recursion: recursion)
    }
    return state.total
  }

  /// Checks the values of a run.
  static func check(learningRates: [Double], batches: [Double]?) throws(TheoryModelError) {
    guard !learningRates.isEmpty else { throw .noSteps }
    guard learningRates.count <= mostSteps else {
      throw .tooLong(steps: learningRates.count, most: mostSteps)
    }
    for (index, rate) in learningRates.enumerated() where !(rate >= 0 && rate <= 1e50) {
      throw .learningRate(step: index + 1, value: rate)
    }
    guard let batches else { return }
    guard batches.count == learningRates.count else {
      throw .batchCount(batches: batches.count, steps: learningRates.count)
    }
    for (index, batch) in batches.enumerated() where !(batch >= 1 && batch <= 1e50) {
      throw .batch(step: index + 1, value: batch)
    }
  }
}
