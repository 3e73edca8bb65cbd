import Support

/// The gradient of a run's final loss in the learning rate and batch of every step, by the adjoint of the
/// recursion (derived here).
///
/// With p the adjoint of the modes' errors, L_T is quadratic in each η_t alone: ∂L_T/∂η_t = −2·B_t + 2·η_t·D_t.
public struct FinalLossGradient: Sendable {
  /// L_T − σ².
  public private(set) var excess: Double

  /// ∂L_T/∂η_t.
  public private(set) var rateSlopes: [Double]

  /// ∂L_T/∂m_t.
  public private(set) var batchSlopes: [Double]

  /// B_t = Σ_k λ_k·p_{t+1,k}·c_{t,k}, the loss that a step removes to first order.
  public private(set) var signals: [Double]

  /// B_t/D_t, the best learning rate of step t with all others unchanged.
  public private(set) var coordinateOptima: [Double]

  /// Differentiates the loss after a run with learning rates η_1 … η_T and the given or the task's own batches.
  ///
  /// Takes three to four times as long as the loss, and O(√T·modes + T) memory.
  public init(
    of model: FeatureModel, learningRates: [Double], batches: [Double]? = nil,
    recursion: Recursion = .exact
  ) throws(InputError) {
    try FeatureModel.check(learningRates: learningRates, batches: batches)
    self.init(unchecked: model, learningRates, batches: batches, recursion: recursion)
  }

  /// Differentiates checked values; a diverged run has an infinite excess and zero slopes.
  init(
    unchecked model: FeatureModel, _ learningRates: [Double], batches: [Double]?,
    recursion: Recursion
  ) {
    let steps = learningRates.count
    let zeros = [Double](repeating: 0, count: steps)
    (rateSlopes, batchSlopes, signals, coordinateOptima) = (zeros, zeros, zeros, zeros)
    func advance(_ state: inout ModelState, _ step: Int) {
      state.advance(
        model.spectrum, noise: model.noise, rate: learningRates[step],
        batch: batches?[step] ?? model.task.batch, recursion: recursion)
    }
    // Keeps every √T-th state and recomputes those between.
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
        signals[step] = sums.signal
        rateSlopes[step] = 2 * (rate * curvature - sums.signal)
        coordinateOptima[step] = sums.signal / curvature
        batchSlopes[step] = -perExample * perExample * (fourthMoment + noise)
      }
    }
  }
}

/// The adjoint ∂L_T/∂(λ_k·c_k) of each mode's excess loss.
private struct ModelAdjoint {
  private var slopes: [SIMD8<Double>]

  /// At the end every mode's excess is part of the loss.
  init(_ spectrum: ModeSpectrum) {
    slopes = [SIMD8<Double>](repeating: SIMD8(repeating: 1), count: spectrum.eigenvalues.count)
  }

  /// Sums over the modes for the slopes in η and m.
  struct Sums {
    /// Σ λ·p·c, B_t.
    var signal = 0.0

    /// Σ λ²·p·c.
    var curvature = 0.0

    /// Σ λ·p·λ, the final loss per unit of noise at this step.
    var noise = 0.0
  }

  /// Goes back over a step that started at `state`.
  mutating func recede(
    _ spectrum: ModeSpectrum, state: ModelState, rate: Double, batch: Double, recursion: Recursion
  ) -> Sums {
    var signal = SIMD8<Double>.zero
    var curvature = SIMD8<Double>.zero
    var noise = SIMD8<Double>.zero
    for index in slopes.indices {
      let eigenvalue = spectrum.eigenvalues[index]
      let part = eigenvalue * slopes[index] * state.excess[index]
      signal += part
      curvature += eigenvalue * part
      noise += spectrum.noiseGains[index] * slopes[index]
    }
    let sums = Sums(signal: signal.sum(), curvature: curvature.sum(), noise: noise.sum())
    let linear = SIMD8(repeating: -2 * rate)
    let quadratic = SIMD8(repeating: recursion.curvature(batch: batch) * rate * rate)
    let feedback = SIMD8(repeating: rate * rate / batch * sums.noise)
    for index in slopes.indices {
      let eigenvalue = spectrum.eigenvalues[index]
      let decay = eigenvalue * (linear + quadratic * eigenvalue)
      slopes[index] = slopes[index] + (slopes[index] * decay + feedback)
    }
    return sums
  }
}
