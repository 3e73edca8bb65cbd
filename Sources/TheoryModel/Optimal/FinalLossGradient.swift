/// How the loss at the end of a run depends on the learning rate and the batch of every step, by the
/// adjoint of the recursion (derived here).
///
/// With p the adjoint of the modes' errors, L_T is quadratic in each η_t alone:
/// ∂L_T/∂η_t = −2·B_t + 2·η_t·D_t.
public struct FinalLossGradient: Sendable {
  /// L_T − σ².
  public private(set) var excess: Double

  /// ∂L_T/∂η_t, one a step.
  public private(set) var rateSlopes: [Double]

  /// ∂L_T/∂m_t, one a step.
  public private(set) var batchSlopes: [Double]

  /// B_t = Σ_k λ_k·p_{t+1,k}·c_{t,k}: what a step removes to first order.
  ///
  /// In the limit of small learning rates η*_t·B_t is the same at every step of an optimal schedule.
  public private(set) var signals: [Double]

  /// B_t/D_t: the learning rate of step t that is best with all others as they are.
  public private(set) var coordinateOptima: [Double]

  /// L_t, the loss before each step.
  public private(set) var losses: [Double]

  /// Σ_k λ_k·p_{t+1,k}, times λ_k: how strongly noise made at step t is felt at the end.
  public private(set) var noiseWeights: [Double]

  /// Differentiates the loss after a run.
  ///
  /// - Parameters:
  ///   - model: what is trained.
  ///   - learningRates: η_1 … η_T.
  ///   - batches: m_1 … m_T; nil for the task's own.
  ///   - recursion: the form of the recursion.
  /// - Throws: ``TheoryModelError`` naming the first value at fault.
  /// - Complexity: O(T·modes) time, three to four times that of the loss; O(√T·modes + T) memory.
  public init(
    of model: FeatureModel, learningRates: [Double], batches: [Double]? = nil,
    recursion: Recursion = .exact
  ) throws(TheoryModelError) {
    try FeatureModel.check(learningRates: learningRates, batches: batches)
    self.init(unchecked: model, learningRates, batches: batches, recursion: recursion)
  }

  /// The same for values that have been checked.
  ///
  /// A diverged run has an infinite excess and no slopes.
  init(
    unchecked model: FeatureModel, _ learningRates: [Double], batches: [Double]?,
    recursion: Recursion
  ) {
    let steps = learningRates.count
    let zeros = [Double](repeating: 0, count: steps)
    rateSlopes = zeros
    batchSlopes = zeros
    signals = zeros
    coordinateOptima = zeros
    losses = zeros
    noiseWeights = zeros
    func advance(_ state: inout ModelState, _ step: Int) {
      state.advance(
        model.spectrum, noise: model.noise, rate: learningRates[step],
        batch: batches?[step] ?? model.task.batch, recursion: recursion)
    }
    // States at every √T-th step are kept; those between are made again when they are needed.
    let stride = max(1, Int(Double(steps).squareRoot()))
    var kept: [ModelState] = []
    var state = ModelState(model.spectrum)
    for step in 0..<steps {
      if step % stride == 0 { kept.append(state) }
      advance(&state, step)
    }
    excess = state.total
    guard excess.isFinite else { return }

    var adjoint = ModelAdjoint(model.spectrum)
    while let first = kept.popLast() {
      let start = kept.count * stride
      let end = min(start + stride, steps)
      var states = [first]
      for step in start..<end - 1 {
        var next = states[step - start]
        advance(&next, step)
        states.append(next)
      }
      for step in (start..<end).reversed() {
        let state = states[step - start]
        let batch = batches?[step] ?? model.task.batch
        let rate = learningRates[step]
        let sums = adjoint.recede(
          model.spectrum, state: state, rate: rate, batch: batch, recursion: recursion)
        let loss = model.noise + state.total
        let noise = loss * sums.noise
        let curvature = recursion.curvature(batch: batch) * sums.curvature + noise / batch
        let perExample = rate / batch
        let fourthMoment = recursion == .exact ? sums.curvature : 0
        losses[step] = loss
        signals[step] = sums.signal
        noiseWeights[step] = sums.noise
        rateSlopes[step] = 2 * (rate * curvature - sums.signal)
        coordinateOptima[step] = sums.signal / curvature
        batchSlopes[step] = -perExample * perExample * (fourthMoment + noise)
      }
    }
  }
}
