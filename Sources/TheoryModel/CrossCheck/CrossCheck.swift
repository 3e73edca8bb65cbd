import Glibc
import Schedules

/// A check of a base learning rate's transfer between schedules: both are tuned on several tasks of the
/// solvable model, and the ratios compared (derived here).
///
/// The model counts steps in units of 1/λ_1, to which a real run's steps cannot be converted. So the source
/// runs over each of ``horizons``, the target over proportionally more, and each horizon's answer is possible.
public struct CrossCheck: Sendable {
  /// Both schedules tuned at one horizon of the source.
  public struct Horizon: Sendable {
    /// The source's steps in the model.
    public let sourceSteps: Int

    /// γ* of the source, in units of 1/λ_1.
    public let sourceRate: Double

    /// γ* of the target, in the same units.
    public let targetRate: Double

    let leastExcess: Double
    let targetPlan: BlockPlan

    /// γ*_to/γ*_from.
    public var ratio: Double { targetRate / sourceRate }
  }

  /// The result of one task.
  public struct Reading: Sendable {
    /// The task.
    public let task: ModelTask

    /// The horizons at which neither learning rate is at the stability edge, where the ratio would read 1
    /// and the exponent 0, like a perfect transfer.
    public let horizons: [Horizon]

    /// ξ of source and target, the limit of p in γ* ∝ T^−p for long runs; nil without label noise, or if
    /// the end of the schedule follows no power law.
    public let limitingExponents: (from: Double?, to: Double?)

    let dynamics: BlockDynamics

    /// The range of γ*_to/γ*_from; nil if every horizon is at the stability edge.
    public var ratioRange: ClosedRange<Double>? { CrossCheck.range(horizons.map(\.ratio)) }

    /// The range of p in γ* ∝ T^−p between neighbouring horizons, of source and target; nil below two horizons.
    public var horizonExponents: (from: ClosedRange<Double>?, to: ClosedRange<Double>?) {
      func exponents(_ rate: (Horizon) -> Double) -> ClosedRange<Double>? {
        CrossCheck.range(
          zip(horizons, horizons.dropFirst()).map { shorter, longer in
            log(rate(shorter) / rate(longer))
              / log(Double(longer.sourceSteps) / Double(shorter.sourceSteps))
          })
      }
      return (exponents(\.sourceRate), exponents(\.targetRate))
    }

    /// The target's regret at `ratio` times the source's γ*, as a fraction of its minimal excess loss;
    /// infinite if it diverges.
    func regret(of ratio: Double, over horizon: Horizon) -> Double {
      let rate = ratio * horizon.sourceRate
      let excess = max(1e-300, dynamics.excess(after: horizon.targetPlan, baseLearningRate: rate))
      return max(0, excess / horizon.leastExcess - 1)
    }
  }

  /// One reading per task.
  public let readings: [Reading]

  /// The horizons of the source, in the model's steps.
  public static let horizons = [1000, 4000, 16_000, 64_000, 256_000]

  /// The readings with at least one horizon away from the stability edge.
  public var counted: [Reading] { readings.filter { !$0.horizons.isEmpty } }

  /// Returns the range of ratios over all horizons of some tasks, or all; nil if all are at the stability edge.
  public func ratioRange(of tasks: [ModelTask]? = nil) -> ClosedRange<Double>? {
    let wanted = counted.filter { tasks?.contains($0.task) ?? true }
    return Self.range(wanted.flatMap { $0.horizons.map(\.ratio) })
  }

  /// The range of the horizon exponent p, γ* ∝ T^−p, over both schedules.
  public var horizonExponentRange: ClosedRange<Double>? {
    let ranges = counted.flatMap { [$0.horizonExponents.from, $0.horizonExponents.to] }
    return Self.range(ranges.compactMap(\.self).flatMap { [$0.lowerBound, $0.upperBound] })
  }

  /// Tunes both schedules on every task and horizon, in some milliseconds per task (O(T) if one ends in zeros).
  public init(
    from source: Schedule, to target: Schedule, tasks: [ModelTask] = CrossCheck.standardTasks
  ) {
    let profiles = (from: ScheduleProfile(of: source), to: ScheduleProfile(of: target))
    let lengthening = Double(profiles.to.movingSteps) / Double(profiles.from.movingSteps)
    // A run of a few steps has no meaningful tuned learning rate.
    let scale = max(1, Self.leastSteps / (Double(Self.horizons[0]) * lengthening))
    let plans = Self.horizons.map { horizon in
      let steps = Double(horizon) * scale
      return (
        from: BlockPlan(of: profiles.from, steps: Int(steps.rounded())),
        to: BlockPlan(of: profiles.to, steps: Int((steps * lengthening).rounded()))
      )
    }
    // A longer run learns more features and must not run out of them.
    let features = Int(min(Self.features * max(1, lengthening), Double(FeatureModel.mostFeatures)))
    readings = tasks.map { task in
      let phase = try? Phase(of: task)
      func limit(_ profile: ScheduleProfile) -> Double? {
        guard let phase, let power = profile.tailPower else { return nil }
        return phase.fixedShape(tailPower: power).baseLearningRate
      }
      let model = FeatureModel(unchecked: task, features, summation: .coarse)
      let dynamics = BlockDynamics(of: model)
      return Reading(
        task: task, horizons: Self.tuned(dynamics, plans),
        limitingExponents: (limit(profiles.from), limit(profiles.to)), dynamics: dynamics)
    }
  }

  /// Judges a ratio γ_to/γ_from of peak learning rates on every task that counts, at about 0.5 ms per task.
  public func verdict(on ratio: Double) -> CrossCheckVerdict {
    CrossCheckVerdict(
      ratio: ratio,
      judgements: counted.map { reading in
        .init(
          task: reading.task, ratio: ratio,
          horizons: reading.horizons.map { ($0.ratio, reading.regret(of: ratio, over: $0)) })
      })
  }

  // MARK: - Tasks

  /// Two tasks that behave like published sweeps of language models in shapes and horizons; their a and b
  /// are illustrative, not fitted to any model.
  public static let tasksLikeLanguageModels = [
    ModelTask("L1", 1.8, 1.4, .relative(0.1), 8), ModelTask("L2", 2.5, 2, .relative(0.03), 1),
  ]

  /// The tasks of every check, which span the model's behaviour: three easy ones (a > b), the last near the
  /// border; the two that behave like language models; and a hard one (a < b).
  public static let standardTasks =
    [
      ModelTask("E1", 3, 1.5, .relative(0.1), 1), ModelTask("E2", 2, 1.25, .relative(0.1), 1),
      ModelTask("E3", 1.6, 1.2, .relative(0.1), 1),
    ] + tasksLikeLanguageModels + [ModelTask("H", 1.5, 2, .relative(1), 1)]

  // MARK: - Tuning

  private static let leastSteps = 100.0
  private static let features = 1e6

  /// Tunes both schedules over each horizon, each search starting from the previous result.
  private static func tuned(_ dynamics: BlockDynamics, _ plans: [(from: BlockPlan, to: BlockPlan)])
    -> [Horizon]
  {
    var guesses: (from: Double?, to: Double?)
    return plans.compactMap { plan in
      let from = TunedModelRate(of: dynamics, plan: plan.from, guess: guesses.from)
      // Equal schedules get exactly equal learning rates.
      let to =
        plan.from == plan.to
        ? from
        : TunedModelRate(
          of: dynamics, plan: plan.to, guess: guesses.to ?? from.baseLearningRate)
      guesses = (from.baseLearningRate, to.baseLearningRate)
      guard !from.isAtCap, !to.isAtCap else { return nil }
      return Horizon(
        sourceSteps: plan.from.steps, sourceRate: from.baseLearningRate,
        targetRate: to.baseLearningRate, leastExcess: to.excess, targetPlan: plan.to)
    }
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double>? {
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }
}
