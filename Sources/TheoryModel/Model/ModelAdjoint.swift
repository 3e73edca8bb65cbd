/// How the loss at the end depends on the excess loss that each mode holds at some step, ∂L_T/∂(λ_k·c_k).
struct ModelAdjoint {
  private var slopes: [SIMD8<Double>]

  /// At the end: every mode's excess loss is part of the loss.
  init(_ spectrum: ModeSpectrum) {
    slopes = [SIMD8<Double>](repeating: SIMD8(repeating: 1), count: spectrum.eigenvalues.count)
  }

  /// Sums over the modes that make the slopes with respect to η and m.
  struct Sums {
    /// Σ λ·p·c of the step, B_t.
    var signal = 0.0

    /// Σ λ²·p·c.
    var curvature = 0.0

    /// Σ λ·p·λ: what a unit of noise at this step adds to the loss at the end.
    var noise = 0.0
  }

  /// Goes back over a step that started at `state`.
  ///
  /// - Complexity: O(modes).
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
