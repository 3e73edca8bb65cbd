import Support

/// Which of the two kinds a task is of, and the exponents that follow for long runs.
///
/// Which phase, and that the optimum is T^−ξ·(1 − t/T)^δ or constant with a vanishing cooldown, is the
/// authors' result (2602.04774); ξ, δ and the loss exponents are derived here and equal those of the
/// functional scaling law (2602.06797) where both speak.
public struct Phase: Equatable, Sendable {
  /// Easy or hard.
  public enum Kind: String, Sendable {
    /// a > b: the best learning rates fall with the horizon, and over the whole run.
    case easy

    /// a < b: the best learning rates are constant up to a cooldown over a vanishing part of the run.
    case hard

    /// a = b.
    case boundary
  }

  /// Easy or hard.
  public let kind: Kind

  private let a: Double
  private let b: Double

  /// Finds the phase of a task with label noise.
  ///
  /// - Throws: `InputError` without noise, where there is no transition.
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

  /// The best constant learning rate's excess loss, and the learning rate itself, fall like T to minus this.
  public var constantLossExponent: Double { (a - 1) / (a + b - 1) }

  /// The fraction of the run that anneals falls like T to minus this; 0 in the easy phase.
  public var annealedFractionExponent: Double { max(0, (b - a) / (2 * b - 1)) }

  /// Returns the exponents of a fixed shape whose tail is (1 − t/T)^p: 0 constant, 1 linear and wsd, 2
  /// cosine; its tuned base learning rate and excess loss fall like T to minus these.
  ///
  /// Runs come close to them after more than 10⁵ steps only (derived from arXiv 2509.19189, theorem 5.2).
  public func fixedShape(tailPower: Double) -> (baseLearningRate: Double, loss: Double) {
    let source = (a - 1) / b
    let order = min(b, tailPower + 1)
    let advance = source - 1 + 1 / order
    guard advance >= 0 else { return (0, source) }
    return (advance / (source + 1 / order), source * order / (1 + source * order))
  }

  /// The best split of C = N·T falls on N = C to this.
  public var computeFeaturesExponent: Double { 1 / (max(a, b) + 1) }

  /// The excess loss at the best split falls like C to minus this.
  public var computeLossExponent: Double { (a - 1) / (max(a, b) + 1) }

  /// The same two for the best constant learning rate.
  public var constantComputeExponents: (features: Double, loss: Double) {
    (1 / (a + b), (a - 1) / (a + b))
  }
}
