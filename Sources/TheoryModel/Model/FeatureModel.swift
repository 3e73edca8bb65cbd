import Glibc
import Numerics
import Support

/// A task of the theory model on its first N features, on which SGD runs.
public struct FeatureModel: Sendable {
  /// a, b, the label noise and m.
  public private(set) var task: ModelTask

  /// N, the number of the student's features.
  public let features: Int

  /// σ², the variance of the label noise.
  public let labelNoise: Double

  /// The irreducible loss: label noise, and the untrained tail if included.
  public let noise: Double

  let spectrum: ModeSpectrum

  /// How features are summed.
  public enum Summation: Sendable {
    /// Few modes for all features; the loss is within 10⁻⁹.
    case compressed

    /// Some sixty modes for 10⁶ features; a tuned base learning rate is within 1 %.
    case coarse

    /// One mode per feature.
    case direct
  }

  /// The maximum number of features.
  public static let mostFeatures = 1_000_000_000_000

  /// The maximum number of features for direct summation.
  public static let mostDirectFeatures = 10_000_000

  /// Creates a model of 2 to 10¹² features, or 10⁷ with `direct` summation.
  ///
  /// With `includesTail` the target's power beyond the N features, Σ_{k>N} k^−a, adds to the noise, as for
  /// a student that cannot see it (derived here). Takes O(max(a, b)·log N), or O(N) for `direct`.
  public init(
    task: ModelTask, features: Int = 1_000_000, includesTail: Bool = false,
    summation: Summation = .compressed
  ) throws(InputError) {
    let most = summation == .direct ? Self.mostDirectFeatures : Self.mostFeatures
    guard features >= 2, features <= most else {
      throw InputError(
        problem: "number of features \(features) is out of range", hint: "give 2 to \(most)")
    }
    self.init(unchecked: task, features, includesTail: includesTail, summation: summation)
  }

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

  /// The number of modes that represent the features.
  public var modes: Int { spectrum.count }

  /// The excess loss at w = 0: Σ k^−a.
  public var initialExcess: Double { spectrum.initialExcess }

  /// Returns F(τ) = Σ k^−a·e^(−2λ_k·τ), the target's remaining excess loss after the intrinsic time τ = Σ η
  /// ≥ 0, in the limit of small learning rates.
  public func remainingSignal(after time: Double) -> Double {
    var sum = 0.0
    spectrum.forEachMode { eigenvalue, excess, _ in sum += excess * exp(-2 * eigenvalue * time) }
    return sum
  }

  /// Returns K(τ) = Σ λ_k²·e^(−2λ_k·τ), the loss that remains of a unit of gradient noise after the
  /// intrinsic time τ ≥ 0.
  public func remainingNoise(after time: Double) -> Double {
    var sum = 0.0
    spectrum.forEachMode { eigenvalue, _, gain in sum += gain * exp(-2 * eigenvalue * time) }
    return sum
  }

  /// The highest constant learning rate with bounded loss (mean-square stability; derived here), to 10⁻¹³.
  ///
  /// Every mode contracts, (1 + 1/m)·ηλ_1 < 2, and gradient noise is damped faster than it feeds back: Σ_k
  /// ηλ_k/(m·(2 − (1 + 1/m)·ηλ_k)) < 1. A decaying schedule may start somewhat higher and still converge.
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
    // The sum diverges at the first mode's limit.
    let highest = contraction * (1 - 1e-15)
    guard excess(highest) > 0 else { return highest }
    return root(in: 0...highest, tolerance: 1e-14, of: excess) ?? highest
  }
}

extension FeatureModel {
  /// The same features and noise at another batch, which may be a fraction or infinite: only 1/m enters.
  func with(batch: Double) -> FeatureModel {
    var model = self
    model.task = ModelTask(
      task.name, task.taskExponent, task.spectrumExponent, task.noise, batch)
    return model
  }

  /// The learning-rate cap: the given one, or the stability edge.
  func usableCap(_ cap: Double?) throws(InputError) -> Double {
    guard let cap else { return stabilityEdge }
    try Self.check(cap: cap)
    return cap
  }

  static func check(cap: Double) throws(InputError) {
    guard cap >= 1e-12, cap <= 1e12 else { throw .unusableCap(cap) }
  }
}
