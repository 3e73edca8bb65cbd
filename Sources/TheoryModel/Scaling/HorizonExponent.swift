/// How the tuned base learning rate of one shape falls with the horizon in the limit of long runs:
/// γ* ∝ T^−ξ.
enum HorizonExponent {
  /// ξ = max(0, (s − 1 + 1/α)/(s + 1/α)) with s = (a − 1)/b and α = min(b, tail power + 1), at one batch
  /// size and label noise above zero (derived from arXiv 2509.19189, theorem 5.2).
  ///
  /// Runs come close to it after more than 10⁵ steps only.
  ///
  /// - Parameters:
  ///   - taskExponent: a.
  ///   - spectrumExponent: b.
  ///   - tailPower: that with which the schedule goes to zero.
  /// - Returns: ξ, from 0 (the tuned learning rate is the same at any horizon) to below 1.
  static func formula(taskExponent: Double, spectrumExponent: Double, tailPower: Double) -> Double {
    let source = (taskExponent - 1) / spectrumExponent
    let inverse = 1 / min(spectrumExponent, tailPower + 1)
    return max(0, (source - 1 + inverse) / (source + inverse))
  }
}
