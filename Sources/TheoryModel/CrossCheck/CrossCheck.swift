import Glibc
import Schedules

/// What a solvable model says about carrying a tuned base learning rate from one schedule to another:
/// both are tuned on several tasks of the model, and the ratios compared (derived here).
///
/// The model's horizon has units of its own, 1/λ_1, into which nobody can put a real run's steps: the
/// source runs over each of ``horizons``, the target over as many times more as it is longer, and whatever
/// one of them says is possible.
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

  /// What one task says.
  public struct Reading: Sendable {
    /// The task.
    public let task: CrossCheckTask

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

    /// What the target loses over a horizon at `ratio` times the source's γ*, as a fraction of its least
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

  /// The smallest and the largest ratio of some tasks over all horizons.
  ///
  /// - Parameter tasks: which tasks; nil for all.
  /// - Returns: nil where every one is on the stability edge.
  public func ratioRange(of tasks: [CrossCheckTask]? = nil) -> ClosedRange<Double>? {
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
  /// - Parameters:
  ///   - source: the schedule that was tuned.
  ///   - target: the schedule that is wanted; the quotient of their steps is that of the horizons.
  ///   - tasks: on what.
  /// - Complexity: O(log steps) time a task, some milliseconds; O(T) where a schedule ends on zero.
  public init(
    from source: Schedule, to target: Schedule, tasks: [CrossCheckTask] = CrossCheckTask.standard
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
      func limit(_ profile: ScheduleProfile) -> Double? {
        guard task.relativeNoise > 0 else { return nil }
        return profile.tailPower.map {
          HorizonExponent.formula(
            taskExponent: task.taskExponent, spectrumExponent: task.spectrumExponent, tailPower: $0)
        }
      }
      let dynamics = BlockDynamics(of: FeatureModel(task, features: features))
      return Reading(
        task: task, horizons: Self.tuned(dynamics, plans),
        limitingExponents: (limit(profiles.from), limit(profiles.to)), dynamics: dynamics)
    }
  }

  /// What the tasks say about a ratio.
  ///
  /// - Parameter ratio: γ_to/γ_from, with the peak of either schedule as its γ.
  /// - Returns: a judgement a task that counts, and the label.
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

  // MARK: - Tuning

  private static let leastSteps = 100.0
  private static let features = 1e6

  /// Both schedules tuned over each horizon, each search starting from the one before.
  private static func tuned(_ dynamics: BlockDynamics, _ plans: [(from: BlockPlan, to: BlockPlan)])
    -> [Horizon]
  {
    var guesses: (from: Double?, to: Double?)
    return plans.compactMap { plan in
      let from = TunedBaseLearningRate(of: dynamics, plan: plan.from, guess: guesses.from)
      // The same schedule has the same learning rate, to the last digit.
      let to =
        plan.from == plan.to
        ? from
        : TunedBaseLearningRate(of: dynamics, plan: plan.to, guess: guesses.to ?? from.value)
      guesses = (from.value, to.value)
      guard !from.isOnEdge, !to.isOnEdge else { return nil }
      return Horizon(
        sourceSteps: plan.from.steps, sourceRate: from.value, targetRate: to.value,
        leastExcess: to.excess, targetPlan: plan.to)
    }
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double>? {
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }
}
