import Glibc
import Numerics
import Support

/// The leading terms for long runs and infinitely many features, with their constants (derived here).
public struct PhaseConstants: Sendable {
  /// f in F(τ) ≃ f·τ^−s.
  public let signal: Double

  /// κ in K(τ) ≃ κ·τ^−(2 − 1/b).
  public let noise: Double

  private let task: ModelTask
  private let steps: Double
  private let cap: Double

  /// Computes the constants of a task with label noise over T > 0 steps; the cap matters in the hard phase.
  public init(of task: ModelTask, steps: Double, cap: Double) throws(InputError) {
    guard task.labelNoise > 0 else { throw .noLabelNoise }
    try InputError.check(steps, "number of steps")
    try FeatureModel.check(cap: cap)
    let b = task.spectrumExponent
    signal = tgamma(task.sourceExponent) / (b * pow(2, task.sourceExponent))
    noise = tgamma(2 - 1 / b) / (b * pow(2, 2 - 1 / b))
    self.task = task
    self.steps = steps
    self.cap = cap
  }

  private var a: Double { task.taskExponent }
  private var b: Double { task.spectrumExponent }
  private var s: Double { task.sourceExponent }

  /// Easy phase: the optimum's τ = Σ η.
  public var easyIntrinsicTime: Double {
    pow((a - 1) * signal * task.batch * steps / (4 * b * b * noise * task.labelNoise), b / a)
  }

  /// Easy phase: η_1 of the optimum η_1·(1 − t/T)^(2b − 1).
  public var easyBaseLearningRate: Double { 2 * b * easyIntrinsicTime / steps }

  /// Easy phase: the optimum's excess loss.
  public var easyExcess: Double { a * signal * pow(easyIntrinsicTime, -s) }

  /// The best constant learning rate.
  public var constantLearningRate: Double {
    let level = 2 * task.batch * s * signal / (task.labelNoise * hurwitzZeta(b))
    return pow(level, 1 / (1 + s)) * pow(steps, -s / (1 + s))
  }

  /// The excess loss of the best constant learning rate.
  public var constantExcess: Double {
    (1 + s) * signal * pow(constantLearningRate * steps, -s)
  }

  /// Hard phase: the cooldown's intrinsic time.
  public var hardCooldownTime: Double {
    let level =
      noise * task.labelNoise / task.batch * cap * pow(cap * steps, s + 1) / (signal * s)
    return pow(level, 1 / (2 - 1 / b))
  }

  /// Hard phase: the steps of the cooldown cap·((T − t)/Δ)^(2b − 1).
  public var hardCooldownSteps: Double { 2 * b * hardCooldownTime / cap }

  /// Hard phase: the cooldown's fraction of the run.
  public var hardCooldownFraction: Double { hardCooldownSteps / steps }

  /// Hard phase: the optimum's excess loss.
  public var hardExcess: Double { signal * pow(cap * steps, -s) }
}
