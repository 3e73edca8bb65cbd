import Glibc

extension FeatureModel {
  /// F(τ) = Σ k^−a·e^(−2λ_k·τ): what is left of the target after the intrinsic time τ = Σ η, in the limit
  /// of small learning rates.
  ///
  /// - Parameter time: τ, at least 0.
  /// - Returns: an excess loss.
  /// - Complexity: O(modes) exponentials.
  public func remainingSignal(after time: Double) -> Double {
    var sum = 0.0
    spectrum.forEachMode { eigenvalue, excess, _ in sum += excess * exp(-2 * eigenvalue * time) }
    return sum
  }

  /// K(τ) = Σ λ_k²·e^(−2λ_k·τ): what is left of a unit of gradient noise after the intrinsic time τ.
  ///
  /// - Parameter time: τ, at least 0.
  /// - Returns: the loss that remains.
  /// - Complexity: O(modes) exponentials.
  public func remainingNoise(after time: Double) -> Double {
    var sum = 0.0
    spectrum.forEachMode { eigenvalue, _, gain in sum += gain * exp(-2 * eigenvalue * time) }
    return sum
  }
}
