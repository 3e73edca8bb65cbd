/// A task of the solvable model: least squares on power-law random features, trained by online SGD.
///
/// The k-th feature has variance λ_k = k^−b, the target's part along it has (w*_k)²λ_k = k^−a, and the
/// labels carry noise of variance σ². The model is that of arXiv 2602.04774; the letters are its own.
public struct ModelTask: Hashable, Sendable {
  /// a: how fast the target's power falls over the features; above 1, at most 100.
  public let taskExponent: Double

  /// b: how fast the features' variance falls; above 1, at most 100.
  public let spectrumExponent: Double

  /// σ²: the loss that no training removes, 0 to 1e50 (the first feature has variance 1).
  public let labelNoise: Double

  /// m: examples a step, 1 to 1e50; not necessarily whole, since only 1/m enters.
  public let batch: Double

  /// A task.
  ///
  /// - Parameters:
  ///   - taskExponent: a, above 1.
  ///   - spectrumExponent: b, above 1.
  ///   - labelNoise: σ², at least 0.
  ///   - batch: m, at least 1.
  /// - Throws: ``ModelTaskError`` naming the first quantity at fault.
  public init(
    taskExponent: Double, spectrumExponent: Double, labelNoise: Double, batch: Double = 1
  ) throws(ModelTaskError) {
    guard taskExponent > 1, taskExponent <= Self.largestExponent else {
      throw .taskExponent(taskExponent)
    }
    guard spectrumExponent > 1, spectrumExponent <= Self.largestExponent else {
      throw .spectrumExponent(spectrumExponent)
    }
    guard labelNoise >= 0, labelNoise <= Self.largestAmount else { throw .labelNoise(labelNoise) }
    guard batch >= 1, batch <= Self.largestAmount else { throw .batch(batch) }
    self.taskExponent = taskExponent
    self.spectrumExponent = spectrumExponent
    self.labelNoise = labelNoise
    self.batch = batch
  }

  /// s = (a − 1)/b: without noise the loss falls like τ^−s in the intrinsic time τ = Σ η.
  public var sourceExponent: Double { (taskExponent - 1) / spectrumExponent }

  static let largestExponent = 100.0
  static let largestAmount = 1e50
}

/// An error in a task of the model, with a suggested fix.
public enum ModelTaskError: Error, Equatable, Sendable, CustomStringConvertible {
  /// a is not above 1: the target would have infinite power.
  case taskExponent(Double)

  /// b is not above 1: the features would have infinite variance.
  case spectrumExponent(Double)

  /// σ² is negative or not a number.
  case labelNoise(Double)

  /// m is below 1 or not a number.
  case batch(Double)

  /// The error as one line.
  public var description: String {
    switch self {
    case .taskExponent(let value):
      return
        "task exponent a = \(value): the target's power Σ k^−a must be finite; give more than 1, up to 100"
    case .spectrumExponent(let value):
      return
        "spectrum exponent b = \(value): the features' variance Σ k^−b must be finite; give more than 1, up to 100"
    case .labelNoise(let value):
      return "label noise \(value) is not a variance; give 0 or more, up to 1e50"
    case .batch(let value):
      return "batch \(value) is not a number of examples; give 1 or more, up to 1e50"
    }
  }
}
