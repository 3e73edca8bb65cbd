import Support

/// The phase of a task, easy or hard, and the exponents that follow for long runs.
///
/// The phase, and the optimum's form T^−ξ·(1 − t/T)^δ or constant with a vanishing cooldown, are the
/// authors' result (2602.04774); ξ, δ and the loss exponents are derived here and equal those of the
/// functional scaling law (2602.06797) where both apply.
public struct Phase: Equatable, Sendable {
  /// The kind of phase.
  public enum Kind: String, Sendable {
    /// a > b: the best learning rates fall with the horizon and over the whole run.
    case easy

    /// a < b: the best learning rates are constant up to a cooldown over a vanishing fraction of the run.
    case hard

    /// a = b.
    case boundary
  }

  /// Easy or hard.
  public let kind: Kind

  private let a: Double
  private let b: Double

  /// Finds the phase of a task; fails without label noise, where there is no transition.
  public init(of task: ModelTask) throws(InputError) {
    guard task.labelNoise > 0 else { throw .noLabelNoise }
    a = task.taskExponent
    b = task.spectrumExponent
    kind = a > b ? .easy : a < b ? .hard : .boundary
  }

  /// ξ: the optimum's base learning rate falls like T^−ξ; 0 in the hard phase.
  public var horizonExponent: Double { max(0, 1 - b / a) }

  /// δ: the optimum anneals like (1 − t/T)^δ, in the hard phase over its cooldown.
  public var annealingPower: Double { 2 * b - 1 }

  /// The optimum's excess loss falls like T to minus this.
  public var lossExponent: Double { (a - 1) / max(a, b) }

  /// The best constant learning rate and its excess loss fall like T to minus this.
  public var constantLossExponent: Double { (a - 1) / (a + b - 1) }

  /// The annealed fraction of the run falls like T to minus this; 0 in the easy phase.
  public var annealedFractionExponent: Double { max(0, (b - a) / (2 * b - 1)) }

  /// Returns the exponents with which a fixed shape's tuned base learning rate and excess loss fall with T;
  /// its tail is (1 − t/T)^p with p = 0 for constant, 1 for linear and wsd, 2 for cosine.
  ///
  /// Runs come close to them only after more than 10⁵ steps (derived from arXiv 2509.19189, theorem 5.2).
  public func fixedShape(tailPower: Double) -> (baseLearningRate: Double, loss: Double) {
    let source = (a - 1) / b
    let order = min(b, tailPower + 1)
    let advance = source - 1 + 1 / order
    guard advance >= 0 else { return (0, source) }
    return (advance / (source + 1 / order), source * order / (1 + source * order))
  }

  /// The best split of C = N·T has N = C to the power of this.
  public var computeFeaturesExponent: Double { 1 / (max(a, b) + 1) }

  /// The excess loss at the best split falls like C to minus this.
  public var computeLossExponent: Double { (a - 1) / (max(a, b) + 1) }

  /// Both exponents for the best constant learning rate.
  public var constantComputeExponents: (features: Double, loss: Double) {
    (1 / (a + b), (a - 1) / (a + b))
  }
}
