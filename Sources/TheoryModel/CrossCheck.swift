import Glibc
import Schedules

/// What a solvable model says about carrying a tuned base learning rate from one schedule to another:
/// both are tuned on several tasks of the model, and the ratios compared (derived here).
///
/// The model's horizon has units of its own, 1/λ_1, into which the user's steps are never put: the
/// source runs over 4000 of them, the target over as many times more as it is longer, and both again
/// over a quarter and four times that.
public struct CrossCheck: Sendable {
  /// One of the two schedules on one task.
  public struct End: Sendable {
    /// γ*, in units of 1/λ_1.
    public let baseLearningRate: Double

    /// p in γ* ∝ T^−p, measured from a quarter of the horizon to four times it; nil where one of them
    /// is on the stability edge.
    public let horizonExponent: Double?

    /// ξ, what p tends to in very long runs; nil without label noise, and where the end of the schedule
    /// has no power.
    public let limitingExponent: Double?
  }

  /// What one task says.
  public struct Reading: Sendable {
    /// The task.
    public let task: CrossCheckTask

    /// The source.
    public let from: End

    /// The target.
    public let to: End

    /// Whether a tuned learning rate is one that stability stopped; such a task is left out: it would
    /// read ratio 1 and exponent 0, like a perfect transfer.
    public let isOnEdge: Bool

    /// γ*_to/γ*_from over a quarter of the horizon, the horizon, and four times it, where stability
    /// stops neither; with the source's steps in the model.
    public let ratiosByHorizon: [(sourceSteps: Int, ratio: Double)]

    let dynamics: BlockDynamics
    let leastExcess: Double

    /// γ*_to/γ*_from.
    public var ratio: Double { to.baseLearningRate / from.baseLearningRate }

    /// What the target loses at `ratio` times the source's γ*, as a part of its least excess loss;
    /// infinite where it diverges there.
    func regret(of ratio: Double, plan: BlockPlan) -> Double {
      let rate = ratio * from.baseLearningRate
      let excess = max(1e-300, dynamics.excess(after: plan, baseLearningRate: rate))
      return max(0, excess / leastExcess - 1)
    }
  }

  /// One reading a task, in the order of the tasks.
  public let readings: [Reading]

  private let targetPlan: BlockPlan

  /// The readings that count: those of tasks that are not on the stability edge.
  public var counted: [Reading] { readings.filter { !$0.isOnEdge } }

  /// The smallest and the largest ratio; nil where every task is on the edge.
  public var ratioRange: ClosedRange<Double>? { Self.range(counted.map(\.ratio)) }

  /// The smallest and the largest measured horizon exponent p of either schedule; γ* ∝ T^−p.
  public var horizonExponentRange: ClosedRange<Double>? {
    Self.range(
      counted.flatMap { [$0.from.horizonExponent, $0.to.horizonExponent] }.compactMap(\.self))
  }

  /// Tunes both schedules on every task.
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
    let scale = max(1, Self.leastSteps / (Self.horizons[0] * lengthening))
    let plans = Self.horizons.map { horizon in
      let steps = horizon * scale
      return (
        from: BlockPlan(of: profiles.from, steps: Int(steps.rounded())),
        to: BlockPlan(of: profiles.to, steps: Int((steps * lengthening).rounded()))
      )
    }
    let tails = (from: profiles.from.tailPower, to: profiles.to.tailPower)
    // A longer run gets to know more features, and must not run out of them.
    let features = Int(min(Self.features * max(1, lengthening), Double(FeatureModel.mostFeatures)))
    readings = tasks.map { task in
      Self.reading(of: task, features: features, plans: plans, tailPowers: tails)
    }
    targetPlan = plans[Self.middle].to
  }

  /// What the tasks say about a ratio.
  ///
  /// - Parameter ratio: γ_to/γ_from, with the peak of either schedule as its γ.
  /// - Returns: the regret in each task that counts, and the label.
  /// - Complexity: about 0.1 ms a task.
  public func verdict(on ratio: Double) -> CrossCheckVerdict {
    CrossCheckVerdict(
      ratio: ratio,
      judgements: counted.map { reading in
        .init(
          task: reading.task, modelRatio: reading.ratio, ratio: ratio,
          regret: reading.regret(of: ratio, plan: targetPlan))
      })
  }

  // MARK: - Tuning

  private static let horizons: [Double] = [1000, 4000, 16_000]
  private static let middle = 1
  private static let leastSteps = 100.0
  private static let features = 1e6

  private static func reading(
    of task: CrossCheckTask, features: Int, plans: [(from: BlockPlan, to: BlockPlan)],
    tailPowers: (from: Double?, to: Double?)
  ) -> Reading {
    let dynamics = BlockDynamics(of: FeatureModel(task, features: features))
    let from = tuned(dynamics, plans.map(\.from), guess: nil)
    var to = from
    // The same schedule has the same learning rate, to the last digit.
    if plans.contains(where: { $0.from != $0.to }) {
      to = tuned(dynamics, plans.map(\.to), guess: from[middle].value)
    }
    func end(_ tuned: [TunedBaseLearningRate], _ tailPower: Double?) -> End {
      let (short, long) = (tuned[0], tuned[tuned.count - 1])
      let spread = log(horizons[horizons.count - 1] / horizons[0])
      return End(
        baseLearningRate: tuned[middle].value,
        horizonExponent: short.isOnEdge || long.isOnEdge
          ? nil : log(short.value / long.value) / spread,
        limitingExponent: task.relativeNoise == 0
          ? nil
          : tailPower.map {
            HorizonExponent.formula(
              taskExponent: task.taskExponent, spectrumExponent: task.spectrumExponent,
              tailPower: $0)
          })
    }
    return Reading(
      task: task, from: end(from, tailPowers.from), to: end(to, tailPowers.to),
      isOnEdge: from[middle].isOnEdge || to[middle].isOnEdge,
      ratiosByHorizon: plans.indices.filter { !from[$0].isOnEdge && !to[$0].isOnEdge }.map {
        (plans[$0].from.steps, to[$0].value / from[$0].value)
      },
      dynamics: dynamics, leastExcess: to[middle].excess)
  }

  /// The tuned learning rates over each horizon, the middle one searched first.
  private static func tuned(_ dynamics: BlockDynamics, _ plans: [BlockPlan], guess: Double?)
    -> [TunedBaseLearningRate]
  {
    let centre = TunedBaseLearningRate(of: dynamics, plan: plans[middle], guess: guess)
    return plans.indices.map { index in
      index == middle
        ? centre
        : TunedBaseLearningRate(of: dynamics, plan: plans[index], guess: centre.value)
    }
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double>? {
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }
}
