/// A form of SGD's second-moment recursion c ← decay·c + (η²/m)·λ·L of a mode's mean squared error c.
public enum Recursion: String, CaseIterable, Sendable {
  /// Exact for Gaussian features: the decay is (1 − ηλ)² + η²λ²/m (derived here by Isserlis' theorem).
  case exact

  /// Without the fourth moment: (1 − ηλ)².
  case simplified

  /// Euler steps of the limit of small learning rates: 1 − 2ηλ.
  case euler

  /// The factor of η²λ² in the decay.
  func curvature(batch: Double) -> Double {
    switch self {
    case .exact: return 1 + 1 / batch
    case .simplified: return 1
    case .euler: return 0
    }
  }
}

/// The state of an SGD run on the model: each mode's excess loss.
struct ModelState {
  private(set) var excess: [SIMD8<Double>]

  /// The total; infinite once the run has diverged.
  private(set) var total: Double

  init(_ spectrum: ModeSpectrum) {
    excess = spectrum.excess
    total = excess.reduce(SIMD8<Double>.zero, +).sum()
  }

  private static let divergence = 1e150

  mutating func advance(
    _ spectrum: ModeSpectrum, noise: Double, rate: Double, batch: Double, recursion: Recursion
  ) {
    guard total <= Self.divergence else {
      total = .infinity
      return
    }
    let linear = SIMD8(repeating: -2 * rate)
    let quadratic = SIMD8(repeating: recursion.curvature(batch: batch) * rate * rate)
    let source = SIMD8(repeating: rate * rate / batch * (noise + total))
    var sum = SIMD8<Double>.zero
    spectrum.eigenvalues.withUnsafeBufferPointer { eigenvalues in
      spectrum.noiseGains.withUnsafeBufferPointer { gains in
        excess.withUnsafeMutableBufferPointer { excess in
          for index in 0..<excess.count {
            let eigenvalue = eigenvalues[index]
            let before = excess[index]
            // Incremental, so that a slow mode loses nothing to rounding.
            let change =
              before * (eigenvalue * (linear + quadratic * eigenvalue)) + source * gains[index]
            let after = before + change
            excess[index] = after
            sum += after
          }
        }
      }
    }
    total = sum.sum()
    if !(total <= Self.divergence) { total = .infinity }
  }

  /// Continues from the modes' excess losses after many steps.
  mutating func replace(_ excess: [SIMD8<Double>]) {
    self.excess = excess
    total = excess.reduce(SIMD8<Double>.zero, +).sum()
    if !(total <= Self.divergence) { total = .infinity }
  }
}
