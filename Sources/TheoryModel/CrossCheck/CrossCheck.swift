import Glibc
import Schedules

/// A solvable model's view of carrying a tuned base learning rate from one schedule to another: both are
/// tuned on several tasks of the model, and the ratios compared (derived here).
///
/// The model counts steps in units of 1/λ_1, to which nobody can convert a real run's steps: the source runs
/// over each of ``horizons``, the target over as many times more as it is longer, and each horizon's answer
/// is possible.
public struct CrossCheck: Sendable {
  /// Both schedules tuned over one horizon of the source.
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

    /// The horizons at which stability stops neither learning rate; where it stops one, the task would
    /// read ratio 1 and exponent 0, like a perfect transfer.
    public let horizons: [Horizon]

    /// ξ of the source and of the target, what p in γ* ∝ T^−p tends to in very long runs; nil without
    /// label noise, and where the end of the schedule has no power.
    public let limitingExponents: (from: Double?, to: Double?)

    let dynamics: BlockDynamics

    /// The smallest and the largest γ*_to/γ*_from; nil where every horizon is on the stability edge.
    public var ratioRange: ClosedRange<Double>? { CrossCheck.range(horizons.map(\.ratio)) }

    /// The smallest and the largest p in γ* ∝ T^−p from one horizon to the next, of the source and of the
    /// target; nil with fewer than two horizons.
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

    /// The loss that the target adds over a horizon at `ratio` times the source's γ*, as a fraction of its least
    /// excess loss; infinite where it diverges there.
    func regret(of ratio: Double, over horizon: Horizon) -> Double {
      let rate = ratio * horizon.sourceRate
      let excess = max(1e-300, dynamics.excess(after: horizon.targetPlan, baseLearningRate: rate))
      return max(0, excess / horizon.leastExcess - 1)
    }
  }

  /// One reading a task, in the order of the tasks.
  public let readings: [Reading]

  /// The horizons of the source, in the model's steps.
  public static let horizons = [1000, 4000, 16_000, 64_000, 256_000]

  /// The readings that count: those of tasks that are not on the stability edge throughout.
  public var counted: [Reading] { readings.filter { !$0.horizons.isEmpty } }

  /// Returns the smallest and the largest ratio of some tasks, or all, over all horizons; nil where every
  /// task is on the stability edge.
  public func ratioRange(of tasks: [ModelTask]? = nil) -> ClosedRange<Double>? {
    let wanted = counted.filter { tasks?.contains($0.task) ?? true }
    return Self.range(wanted.flatMap { $0.horizons.map(\.ratio) })
  }

  /// The smallest and the largest horizon exponent p of either schedule; γ* ∝ T^−p.
  public var horizonExponentRange: ClosedRange<Double>? {
    let ranges = counted.flatMap { [$0.horizonExponents.from, $0.horizonExponents.to] }
    return Self.range(ranges.compactMap(\.self).flatMap { [$0.lowerBound, $0.upperBound] })
  }

  /// Tunes both schedules on every task and over every horizon.
  ///
  /// The target's horizons are as many times longer than the source's as its schedule.
  ///
  /// - Complexity: O(log steps) time a task, some milliseconds; O(T) where a schedule ends on zero.
  public init(
    from source: Schedule, to target: Schedule, tasks: [ModelTask] = CrossCheck.standardTasks
  ) {
    let profiles = (from: ScheduleProfile(of: source), to: ScheduleProfile(of: target))
    let lengthening = Double(profiles.to.movingSteps) / Double(profiles.from.movingSteps)
    // Runs of a few steps have no tuned learning rate to speak of.
    let scale = max(1, Self.leastSteps / (Double(Self.horizons[0]) * lengthening))
    let plans = Self.horizons.map { horizon in
      let steps = Double(horizon) * scale
      return (
        from: BlockPlan(of: profiles.from, steps: Int(steps.rounded())),
        to: BlockPlan(of: profiles.to, steps: Int((steps * lengthening).rounded()))
      )
    }
    // A longer run gets to know more features, and must not run out of them.
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

  /// Judges a ratio γ_to/γ_from, with the peak of either schedule as its γ, on every task that counts.
  ///
  /// - Complexity: about 0.5 ms a task.
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

  /// Two tasks that, shapes and horizons at once, behave like published sweeps of language models.
  ///
  /// Their a and b are illustrative; they are not fitted to any model.
  public static let tasksLikeLanguageModels = [
    ModelTask("L1", 1.8, 1.4, .relative(0.1), 8), ModelTask("L2", 2.5, 2, .relative(0.03), 1),
  ]

  /// The tasks that every transfer is checked on, which span what the model can do: three easy ones
  /// (a > b), the last of them nearly on the border; the two that behave like language models; and a hard
  /// one (a < b).
  public static let standardTasks =
    [
      ModelTask("E1", 3, 1.5, .relative(0.1), 1), ModelTask("E2", 2, 1.25, .relative(0.1), 1),
      ModelTask("E3", 1.6, 1.2, .relative(0.1), 1),
    ] + tasksLikeLanguageModels + [ModelTask("H", 1.5, 2, .relative(1), 1)]

  // MARK: - Tuning

  private static let leastSteps = 100.0
  private static let features = 1e6

  /// Both schedules tuned over each horizon, each search starting from the one before.
  private static func tuned(_ dynamics: BlockDynamics, _ plans: [(from: BlockPlan, to: BlockPlan)])
    -> [Horizon]
  {
    var guesses: (from: Double?, to: Double?)
    return plans.compactMap { plan in
      let from = TunedModelRate(of: dynamics, plan: plan.from, guess: guesses.from)
      // The same schedule has the same learning rate, to the last digit.
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
