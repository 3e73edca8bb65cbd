import Schedules
import Support
import TheoryModel

/// Workloads that need no files or training command, named as on the command line.
public enum BuiltInWorkload: String, CaseIterable, Sendable {
  /// ``LinearRegressionRecursion``.
  case linear

  /// ``FixedKernelRecursion``.
  case linearExact = "linear-exact"

  /// ``SampledLinearRegression``.
  case linearSampled = "linear-sgd"

  /// ``LogisticRegression`` on the breast-cancer data.
  case logistic

  /// ``LogisticRegression`` on synthetic data.
  case logisticSynthetic = "logistic-synthetic"

  /// ``TheoryModelWorkload``.
  case model

  /// ``BoundObjective``.
  case bound

  /// A workload's settings; nil means the default.
  public struct Settings: Equatable, Sendable {
    /// B, the batch size: by default 5 of 100 points for linear regression, 8 for logistic regression.
    public var batch: Int?

    /// The initial residuals of linear regression: isotropic by default.
    public var start: LinearRegression.Start?

    /// ω, the decoupled weight decay: 0 by default.
    public var weightDecay: Double?

    /// The theory model's task: by default a = 3, b = 1.5, σ² = 1, m = 1.
    public var task: ModelTask?

    /// Creates default settings.
    public init() {}
  }

  private var isLinear: Bool { rawValue.hasPrefix("linear") }

  /// Returns a logarithmic grid of base learning rates around the usual best for T steps.
  public func usualRates(steps: Int) -> [Double] {
    switch self {
    case .linear, .linearExact, .linearSampled: return SearchPlan.grid(0.5...50, count: 25)
    case .logistic, .logisticSynthetic: return SearchPlan.grid(0.01...100, count: 17)
    // In units of 1/λ_1; every task is unstable beyond 2.
    case .model: return SearchPlan.grid(0.003...2, count: 27)
    case .bound:
      // γ* = 1/√T for linear decay.
      let middle = 1 / Double(steps).squareRoot()
      return SearchPlan.grid(middle / 10...middle * 10, count: 25)
    }
  }

  /// Makes the workload over T ≥ 1 steps.
  ///
  /// Throws `InputError` for numbers out of range and settings that do not apply. O(D³) for `linear-exact` and
  /// `linear-sgd`.
  public func workload(steps: Int, settings: Settings = .init()) throws(InputError)
    -> any Workload
  {
    try check(settings)
    let decay = settings.weightDecay ?? 0
    switch self {
    case .linear, .linearExact, .linearSampled:
      let problem = try LinearRegression.harmonic(
        batch: settings.batch ?? 5, start: settings.start ?? .isotropic, weightDecay: decay)
      if self == .linear { return LinearRegressionRecursion(problem, steps: steps) }
      if self == .linearExact { return try FixedKernelRecursion(problem, steps: steps) }
      return try SampledLinearRegression(problem, steps: steps)
    case .logistic, .logisticSynthetic:
      let data = self == .logistic ? LabelledData.breastCancer : .synthetic()
      return try LogisticRegression(
        data, steps: steps, batch: settings.batch ?? 8, weightDecay: decay)
    case .model: return TheoryModelWorkload(try Self.model(settings.task), steps: steps)
    case .bound: return BoundObjective(steps: steps)
    }
  }

  private func check(_ settings: Settings) throws(InputError) {
    if !isLinear, settings.start != nil {
      throw InputError(
        problem: "\(rawValue) always starts at zero", hint: "give a start only to linear workloads")
    }
    if self != .model, settings.task != nil {
      throw InputError(
        problem: "\(rawValue) has no task", hint: "give a task only to model")
    }
    guard self == .model || self == .bound, settings.batch != nil || settings.weightDecay != nil
    else { return }
    throw InputError(
      problem: self == .model
        ? "the theory model has its batch in the task and no weight decay"
        : "the bound has neither batches nor weight decay",
      hint: "leave them out")
  }

  private static func model(_ task: ModelTask?) throws(InputError) -> FeatureModel {
    let usual = try ModelTask("3,1.5,1")
    return try FeatureModel(task: task ?? usual)
  }
}
