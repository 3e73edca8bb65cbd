import Schedules
import TheoryModel

/// The workloads that need nothing from outside, by their names on the command line.
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

  /// What of a workload can be chosen; nil for what is usual.
  public struct Settings: Equatable, Sendable {
    /// B, the points in a batch: 5 of 100 for linear regression, 8 for logistic regression, the task's for
    /// the theory model.
    public var batch: Int?

    /// How linear regression starts.
    public var start: LinearRegression.Start?

    /// ω, the decoupled weight decay: 0.
    public var weightDecay: Double?

    /// The theory model's task: a = 3, b = 1.5, σ² = 1, m = 1.
    public var task: ModelTask?

    /// All as usual.
    public init() {}
  }

  private var isLinear: Bool { rawValue.hasPrefix("linear") }

  /// The base learning rates that are worth a try: the first, the last and how many.
  ///
  /// - Parameter steps: T.
  /// - Returns: a grid in logarithms around what is usually best.
  /// - Complexity: O(1).
  public func usualRates(steps: Int) -> (range: ClosedRange<Double>, count: Int) {
    switch self {
    case .linear, .linearExact, .linearSampled: return (0.5...50, 25)
    case .logistic, .logisticSynthetic: return (0.01...100, 17)
    // In units of 1/λ_1; no task is stable beyond 2.
    case .model: return (0.003...2, 27)
    case .bound:
      // γ* = 1/√T for linear decay.
      let middle = 1 / Double(steps).squareRoot()
      return (middle / 10...middle * 10, 25)
    }
  }

  /// The workload.
  ///
  /// - Parameters:
  ///   - steps: T, at least 1.
  ///   - settings: what is not as usual.
  /// - Returns: the workload.
  /// - Throws: ``WorkloadError`` for numbers out of range and for settings that the workload does not have.
  /// - Complexity: O(1); O(D³) for `linear-exact` and `linear-sgd`.
  public func workload(steps: Int, settings: Settings = .init()) throws(WorkloadError)
    -> any Workload
  {
    if !isLinear, settings.start != nil {
      throw WorkloadError(
        description: "\(rawValue) always starts at zero; give a start to linear workloads only")
    }
    if self != .model, settings.task != nil {
      throw WorkloadError(
        description: "\(rawValue) has no task of the theory model; give one to model only")
    }
    if self == .model, settings.batch != nil || settings.weightDecay != nil {
      throw WorkloadError(
        description:
          "the theory model has its batch in the task, and no weight decay; leave them out")
    }
    if self == .bound, settings.batch != nil || settings.weightDecay != nil {
      throw WorkloadError(
        description: "the bound knows neither batches nor weight decay; leave them out")
    }
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

  /// A million features of a task.
  private static func model(_ task: ModelTask?) throws(WorkloadError) -> FeatureModel {
    do {
      let usual = try ModelTask(taskExponent: 3, spectrumExponent: 1.5, labelNoise: 1)
      return try FeatureModel(task: task ?? usual)
    } catch {
      throw WorkloadError(description: "\(error)")
    }
  }
}
