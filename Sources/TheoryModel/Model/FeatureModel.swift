import Glibc
import Numerics

/// A task of the theory model on its first N features: what SGD is run on.
public struct FeatureModel: Sendable {
  /// a, b, σ² and m.
  public let task: ModelTask

  /// N: how many features the student has.
  public let features: Int

  /// The loss that training cannot remove: the label noise, with the untrained tail where that counts.
  public let noise: Double

  let spectrum: ModeSpectrum

  /// How the features are summed over.
  public enum Summation: Sendable {
    /// Few modes for all features, within 10⁻⁹ in the loss.
    case compressed

    /// One mode a feature.
    case direct
  }

  /// The most features, 10¹².
  public static let mostFeatures = 1_000_000_000_000

  /// The most features that are summed over one by one.
  public static let mostDirectFeatures = 10_000_000

  /// A model.
  ///
  /// - Parameters:
  ///   - task: a, b, σ² and m.
  ///   - features: N, 2 to 10¹²; to 10⁷ for `direct`.
  ///   - includesTail: whether the target's part beyond the N features, Σ_{k>N} k^−a, adds to the noise
  ///     as it does for a student that cannot see it (derived here).
  ///   - summation: how the features are summed over.
  /// - Throws: ``TheoryModelError/features(_:)``.
  /// - Complexity: O(max(a, b)·log N), or O(N) for `direct`.
  public init(
    task: ModelTask, features: Int = 1_000_000, includesTail: Bool = false,
    summation: Summation = .compressed
  ) throws(TheoryModelError) {
    let most = summation == .direct ? Self.mostDirectFeatures : Self.mostFeatures
    guard features >= 2, features <= most else { throw .features(features) }
    self.task = task
    self.features = features
    let tail = hurwitzZeta(task.taskExponent, from: Double(features) + 1)
    noise = task.labelNoise + (includesTail ? tail : 0)
    switch summation {
    case .compressed: spectrum = .compressed(task, features: features)
    case .direct: spectrum = .direct(task, features: features)
    }
  }

  /// How many modes stand for the features.
  public var modes: Int { spectrum.count }

  /// The excess loss at w = 0: Σ k^−a.
  public var initialExcess: Double {
    spectrum.excess.reduce(SIMD8<Double>.zero, +).sum()
  }

  /// Σ λ_k, the trace of the features' covariance.
  var trace: Double {
    var sum = 0.0
    spectrum.forEachMode { eigenvalue, _, gain in
      if eigenvalue > 0 { sum += gain / eigenvalue }
    }
    return sum
  }
}
