import Bound
import Glibc
import Runs
import Schedules

/// A run that is to go on: its schedule, what a longer run can keep of it, and the scale at which its
/// base learning rate is the tuned one.
///
/// The trainer's base learning rate γ stays what it is. In the bound's units it is the γ* of the run as
/// it was tuned, at T1 steps, and at T steps γ*·(T1/T)^(1/2 − p), p the horizon exponent: at p = 1/2
/// the bound itself.
public struct ExtendableRun: Sendable {
  /// The scale of the run's base learning rate.
  struct Tuning: Sendable {
    /// T1, the horizon at which the run was tuned.
    let steps: Int

    /// S and V of the run as it was tuned.
    let terms: BoundTerms

    /// γ*(T1), in the bound's units.
    let gamma: Double

    /// The base learning rate as the trainer takes it; nil where it is not known.
    let baseLearningRate: Double?
  }

  /// What the run is called.
  public let name: String

  /// The schedule as it was planned, T steps.
  public let schedule: Schedule

  /// The stretch that a longer run can go on from; nil where there is none.
  public let steady: StablePhase?

  /// The cooldown that the schedule, as planned so far, ends with; nil where it has none.
  public let planned: PlannedCooldown?

  /// The steps of the warmup.
  public let warmup: Int

  /// How plans cool down.
  public let cooldown: PlannedCooldown

  let tuning: Tuning

  /// How many steps from the start can be kept with the steady law going on; 0 where there is none.
  public var reusableSteps: Int { steady?.steps.upperBound ?? 0 }

  /// T, the planned number of steps.
  public var steps: Int { schedule.steps }

  /// The base learning rate as the trainer takes it; nil where it is not known.
  public var baseLearningRate: Double? { tuning.baseLearningRate }

  /// The share of a new cooldown where the run has had none: 20 %.
  public static let usualCooldown = Extent.fraction(0.2)

  /// A run whose base learning rate is tuned for it.
  ///
  /// - Parameters:
  ///   - run: the schedule and its number of steps.
  ///   - baseLearningRate: γ as the trainer takes it; nil where it is not known, and then the floor must
  ///     not be an absolute one.
  ///   - cooldown: the length of new cooldowns; nil for that of the schedule.
  ///   - gradientNorm: G.
  ///   - distance: D.
  /// - Throws: `ScheduleError` and `BoundError`.
  /// - Complexity: O(T).
  public init(
    _ run: TrainingRun, baseLearningRate: Double? = nil, cooldown: Extent? = nil,
    gradientNorm: Double = 1, distance: Double = 1
  ) throws {
    let rate = baseLearningRate ?? run.givenBaseLearningRate
    let tunable = try TunableSchedule(of: run, gradientNorms: .constant(gradientNorm))
    let gamma: Double
    if let rate {
      gamma = distance * rate / (try tunable.distance(tunedAt: rate))
    } else {
      _ = try run.schedule()
      gamma = try tunable.optimum(distance: distance).baseLearningRate
    }
    name = run.name
    schedule = try run.schedule(baseLearningRate: rate)
    warmup = run.spec.map { $0.warmup?.steps(of: run.steps) ?? 0 } ?? schedule.risingSteps
    steady = schedule.stablePhase
    let floor = try run.spec?.floorRatio(baseLearningRate: rate) ?? 0
    let isClamped = run.spec?.floor?.mode == .clamp
    switch run.spec?.family {
    case .wsd(let extent, let decay) where steady != nil,
      .repeatedWSD(_, let extent, let decay) where steady != nil,
      .twoStage(_, _, let extent, let decay) where steady != nil:
      planned = PlannedCooldown(
        decay: decay, extent: extent,
        end: decay == .exponential && run.spec?.floor == nil ? 0.01 : floor, isClamped: isClamped)
    default:
      planned = schedule.plannedCooldown
    }
    // A run that never was steady, or always, says nothing about the length of a new cooldown.
    self.cooldown = PlannedCooldown(
      decay: planned?.decay ?? .linear, extent: cooldown ?? planned?.extent ?? Self.usualCooldown,
      end: planned?.end ?? floor, isClamped: planned?.isClamped ?? isClamped)
    tuning = Tuning(
      steps: run.steps,
      terms: try BoundTerms.lastIterate(
        of: schedule, gradientNorms: .constant(gradientNorm)),
      gamma: gamma, baseLearningRate: rate)
  }

  /// The run after one of its extensions: the next stage of a chain.
  ///
  /// A plan that starts over is a run tuned for its own horizon. One whose peak lies above the running
  /// learning rate has that peak as its base learning rate.
  init(
    _ run: ExtendableRun, extendedBy plan: ExtensionOption.Plan, terms: BoundTerms, gamma: Double
  ) {
    name = run.name
    schedule = plan.schedule
    warmup = run.warmup
    steady = schedule.stablePhase
    planned = schedule.plannedCooldown
    cooldown = run.cooldown
    tuning =
      plan.startsOver
      ? Tuning(
        steps: schedule.steps, terms: terms, gamma: plan.gamma,
        baseLearningRate: plan.baseLearningRate)
      : Tuning(
        steps: run.tuning.steps, terms: run.tuning.terms,
        gamma: run.tuning.gamma * (plan.gamma / gamma),
        baseLearningRate: plan.baseLearningRate)
  }

  /// γ at a longer horizon, in the bound's units: what γ* of a plan must be for the trainer's base
  /// learning rate to be the tuned one.
  ///
  /// - Parameters:
  ///   - steps: T2.
  ///   - exponent: p, 1/2 for the bound itself.
  /// - Returns: γ*(T1)·(T1/T2)^(1/2 − p).
  /// - Complexity: O(1).
  public func gamma(at steps: Int, horizonExponent exponent: Double) -> Double {
    tuning.gamma * pow(Double(tuning.steps) / Double(steps), 0.5 - exponent)
  }

  /// The schedule with its past kept and a steady stretch at a factor, then a cooldown.
  ///
  /// - Parameters:
  ///   - kept: how many steps are kept.
  ///   - factor: the steady law's factor from then on.
  ///   - steps: T2.
  ///   - count: the cooldown's steps.
  ///   - ramp: how many steps lead to the factor; nil for none, as on the steady law itself.
  /// - Returns: T2 multipliers.
  func plan(
    keeping kept: Int, factor: Double, steps: Int, cooldown count: Int, ramp: Int? = nil
  ) -> Schedule {
    var continuations: [Continuation] = []
    if let ramp { continuations.append(.ramp(steps: ramp, factor: factor)) }
    let plateau = steps - count - kept - (ramp ?? 0)
    if plateau > 0 { continuations.append(.steady(steps: plateau, factor: factor)) }
    if count > 0 {
      continuations.append(
        .cooldown(
          cooldown.decay, steps: count, end: cooldown.end, isClamped: cooldown.isClamped))
    }
    return schedule.continued(after: kept, by: continuations)
  }
}
