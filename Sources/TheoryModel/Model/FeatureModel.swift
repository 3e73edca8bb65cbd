import Glibc
import Numerics
import Support

/// A task of the theory model on its first N features: what SGD is run on.
public struct FeatureModel: Sendable {
  /// a, b, the label noise and m.
  public let task: ModelTask

  /// N: how many features the student has.
  public let features: Int

  /// σ²: the variance of the labels' noise.
  public let labelNoise: Double

  /// The loss that training cannot remove: the label noise, with the untrained tail where that counts.
  public let noise: Double

  let spectrum: ModeSpectrum

  /// How the features are summed over.
  public enum Summation: Sendable {
    /// Few modes for all features, within 10⁻⁹ in the loss.
    case compressed

    /// Some sixty modes for 10⁶ features, which tune a base learning rate within a per cent.
    case coarse

    /// One mode a feature.
    case direct
  }

  /// The most features, 10¹².
  public static let mostFeatures = 1_000_000_000_000

  /// The most features that are summed over one by one.
  public static let mostDirectFeatures = 10_000_000

  /// A model of N features: 2 to 10¹², with `direct` summation to 10⁷.
  ///
  /// With `includesTail` the target's power beyond the N features, Σ_{k>N} k^−a, adds to the noise, as it
  /// does for a student that cannot see it (derived here).
  ///
  /// - Throws: `InputError` where N is out of range.
  /// - Complexity: O(max(a, b)·log N), or O(N) for `direct`.
  public init(
    task: ModelTask, features: Int = 1_000_000, includesTail: Bool = false,
    summation: Summation = .compressed
  ) throws(InputError) {
    let most = summation == .direct ? Self.mostDirectFeatures : Self.mostFeatures
    guard features >= 2, features <= most else {
      throw InputError(
        problem: "\(features) features make no power law", hint: "give 2 to \(most)")
    }
    self.init(unchecked: task, features, includesTail: includesTail, summation: summation)
  }

  /// The same for a number of features that is known to be in range.
  init(
    unchecked task: ModelTask, _ features: Int, includesTail: Bool = false, summation: Summation
  ) {
    self.task = task
    self.features = features
    switch summation {
    case .compressed: spectrum = .compressed(task, features: features)
    case .coarse: spectrum = .coarse(task, features: features)
    case .direct: spectrum = .direct(task, features: features)
    }
    labelNoise = task.labelNoise(initialExcess: spectrum.initialExcess)
    let tail = includesTail ? hurwitzZeta(task.taskExponent, from: Double(features) + 1) : 0
    noise = labelNoise + tail
  }

  /// How many modes stand for the features.
  public var modes: Int { spectrum.count }

  /// The excess loss at w = 0: Σ k^−a.
  public var initialExcess: Double { spectrum.initialExcess }

  /// Returns F(τ) = Σ k^−a·e^(−2λ_k·τ), the excess loss that remains of the target after the intrinsic
  /// time τ = Σ η ≥ 0, in the limit of small learning rates.
  ///
  /// - Complexity: O(modes) exponentials.
  public func remainingSignal(after time: Double) -> Double {
    var sum = 0.0
    spectrum.forEachMode { eigenvalue, excess, _ in sum += excess * exp(-2 * eigenvalue * time) }
    return sum
  }

  /// Returns K(τ) = Σ λ_k²·e^(−2λ_k·τ), the loss that remains of a unit of gradient noise after the
  /// intrinsic time τ ≥ 0.
  ///
  /// - Complexity: O(modes) exponentials.
  public func remainingNoise(after time: Double) -> Double {
    var sum = 0.0
    spectrum.forEachMode { eigenvalue, _, gain in sum += gain * exp(-2 * eigenvalue * time) }
    return sum
  }

  /// The highest constant learning rate whose loss stays bounded (mean-square stability; derived here).
  ///
  /// Every mode contracts, (1 + 1/m)·ηλ_1 < 2, and gradient noise feeds back less than it is damped:
  /// Σ_k ηλ_k/(m·(2 − (1 + 1/m)·ηλ_k)) < 1. The root of the second is found to 10⁻¹³. A decaying
  /// schedule may start somewhat higher and end well.
  public var stabilityEdge: Double {
    let batch = task.batch
    let feedback = 1 + 1 / batch
    let contraction = 2 / feedback
    func excess(_ rate: Double) -> Double {
      var sum = 0.0
      spectrum.forEachMode { eigenvalue, _, gain in
        guard eigenvalue > 0 else { return }
        sum += rate * gain / eigenvalue / (batch * (2 - feedback * rate * eigenvalue))
      }
      return sum - 1
    }
    // Beside the first mode's limit the sum is past all bounds.
    let highest = contraction * (1 - 1e-15)
    guard excess(highest) > 0 else { return highest }
    return root(in: 0...highest, tolerance: 1e-14, of: excess) ?? highest
  }
}

extension FeatureModel {
  /// The highest learning rate to use: a given one, or the stability edge.
  func usableCap(_ cap: Double?) throws(InputError) -> Double {
    guard let cap else { return stabilityEdge }
    try Self.check(cap: cap)
    return cap
  }

  /// Refuses a highest learning rate out of range.
  static func check(cap: Double) throws(InputError) {
    guard cap >= 1e-12, cap <= 1e12 else { throw .unusableCap(cap) }
  }
}
