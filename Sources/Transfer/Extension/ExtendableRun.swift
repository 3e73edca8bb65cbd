import Bound
import Glibc
import Runs
import Schedules

/// A run to go on from: its schedule, the steps that a longer run can keep, and the scale at which its base
/// learning rate is the tuned one.
///
/// The trainer's base learning rate γ stays the same. In the bound's units it is γ* of the tuned run at T1
/// steps and γ*·(T1/T)^(1/2 − p) at T steps, p being the horizon exponent, 1/2 for the bound itself.
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

  /// The run's name.
  public let name: String

  /// The schedule as it was planned, T steps.
  public let schedule: Schedule

  /// The stretch that a longer run can go on from; nil for schedules without one.
  public let steady: StablePhase?

  /// The cooldown at the end of the schedule as planned; nil for schedules without one.
  public let planned: PlannedCooldown?

  /// The steps of the warmup.
  public let warmup: Int

  /// How plans cool down.
  public let cooldown: PlannedCooldown

  let tuning: Tuning

  /// The schedule as a spec, which the references follow; nil for a file, and for the later stages of a
  /// chain.
  let spec: ScheduleSpec?

  /// G, constant.
  let gradientNorms: GradientNorms

  /// D.
  let distance: Double

  /// The steps from the start that can be kept with the steady law going on; 0 without a steady stretch.
  public var reusableSteps: Int { steady?.steps.upperBound ?? 0 }

  /// T, the planned number of steps.
  public var steps: Int { schedule.steps }

  /// The base learning rate as the trainer takes it; nil where it is not known.
  public var baseLearningRate: Double? { tuning.baseLearningRate }

  /// The length of a new cooldown where the run has none: 20 %.
  public static let usualCooldown = Extent.fraction(0.2)

  /// A run whose base learning rate is tuned for it.
  ///
  /// - Parameters:
  ///   - run: the schedule and its number of steps.
  ///   - baseLearningRate: γ as the trainer takes it; nil where it is unknown, which an absolute floor does
  ///     not allow.
  ///   - cooldown: the length of new cooldowns; nil for that of the schedule.
  ///   - gradientNorm: G.
  ///   - distance: D.
  /// - Throws: `ScheduleError` and `InputError`.
  /// - Complexity: O(T).
  public init(
    _ run: TrainingRun, baseLearningRate: Double? = nil, cooldown: Extent? = nil,
    gradientNorm: Double = 1, distance: Double = 1
  ) throws {
    let rate = baseLearningRate ?? run.givenBaseLearningRate
    let norms = try GradientNorms.constant(gradientNorm)
    let tunable = try TunableSchedule(of: run, gradientNorms: norms)
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
    let named = steady == nil ? nil : run.spec?.plannedCooldown(floor: floor)
    planned = named ?? schedule.plannedCooldown
    // A run that never was steady, or always, does not show the length of a new cooldown.
    self.cooldown = PlannedCooldown(
      decay: planned?.decay ?? .linear, extent: cooldown ?? planned?.extent ?? Self.usualCooldown,
      end: planned?.end ?? floor, isClamped: planned?.isClamped ?? isClamped)
    tuning = Tuning(
      steps: run.steps, terms: try BoundTerms.lastIterate(of: schedule, gradientNorms: norms),
      gamma: gamma, baseLearningRate: rate)
    (spec, gradientNorms, self.distance) = (run.spec, norms, distance)
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
    (spec, gradientNorms, distance) = (nil, run.gradientNorms, run.distance)
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

  /// γ at a longer horizon T2 in the bound's units: γ*(T1)·(T1/T2)^(1/2 − p).
  ///
  /// A plan with this γ* is one for which the trainer's base learning rate is the tuned one.
  func gamma(at steps: Int, horizonExponent exponent: Double) -> Double {
    tuning.gamma * pow(Double(tuning.steps) / Double(steps), 0.5 - exponent)
  }

  /// T2 multipliers: the kept steps, a ramp to the steady law at a factor, that law, and a cooldown.
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
