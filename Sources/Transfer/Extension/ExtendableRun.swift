import Bound
import Glibc
import Runs
import Schedules

/// A run to extend: its schedule, the steps that a longer run can keep, and the scale of its base
/// learning rate.
///
/// The trainer's base learning rate γ stays the same. In the bound's units it is γ* for the tuned run of
/// T1 steps, and at another horizon γ* over the rule's factor on the bound's ratio.
public struct ExtendableRun: Sendable {
  struct Tuning: Sendable {
    let horizon: Horizon
    let terms: BoundTerms

    /// γ*(T1) in the bound's units.
    let gamma: Double

    let baseLearningRate: Double?
  }

  /// The run's name.
  public let name: String

  /// The planned schedule of T steps.
  public let schedule: Schedule

  /// The stable phase that a longer run can continue; nil for schedules without one.
  public let steady: StablePhase?

  /// The planned final cooldown; nil for schedules without one.
  public let planned: PlannedCooldown?

  /// The number of warmup steps.
  public let warmup: Int

  /// The cooldown of new plans.
  public let cooldown: PlannedCooldown

  let tuning: Tuning

  /// The spec that reference plans follow; nil for a file and for later stages of a chain.
  let spec: ScheduleSpec?

  let gradientNorms: GradientNorms
  let distance: Double

  /// The first steps that a longer run can keep; 0 without a stable phase.
  public var reusableSteps: Int { steady?.steps.upperBound ?? 0 }

  /// T, the planned number of steps.
  public var steps: Int { schedule.steps }

  /// The trainer's base learning rate, if known.
  public var baseLearningRate: Double? { tuning.baseLearningRate }

  /// The length of a new cooldown if the run has none: 20 %.
  public static let usualCooldown = Extent.fraction(0.2)

  /// Creates a run whose base learning rate is tuned for it.
  ///
  /// `baseLearningRate` is the trainer's, required by an absolute floor. `cooldown` is the length of new
  /// cooldowns; nil takes the schedule's. `gradientNorm` and `distance` are the bound's G and D. Throws
  /// `InputError`. Takes O(T).
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
    // A schedule that is never or always steady does not determine the length of a new cooldown.
    self.cooldown = PlannedCooldown(
      decay: planned?.decay ?? .linear, extent: cooldown ?? planned?.extent ?? Self.usualCooldown,
      end: planned?.end ?? floor, isClamped: planned?.isClamped ?? isClamped)
    tuning = Tuning(
      horizon: run.horizon, terms: try BoundTerms.lastIterate(of: schedule, gradientNorms: norms),
      gamma: gamma, baseLearningRate: rate)
    (spec, gradientNorms, self.distance) = (run.spec, norms, distance)
  }

  /// The run after an extension: the next stage of a chain.
  ///
  /// A plan that starts over is tuned for its own horizon. If a plan peaks above the running learning
  /// rate, the peak becomes its base learning rate.
  init(
    _ run: ExtendableRun, extendedBy plan: ExtensionOption.Plan, terms: BoundTerms,
    at horizon: Horizon, gamma: Double
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
        horizon: horizon, terms: terms, gamma: plan.gamma,
        baseLearningRate: plan.baseLearningRate)
      : Tuning(
        horizon: run.tuning.horizon, terms: run.tuning.terms,
        gamma: run.tuning.gamma * (plan.gamma / gamma),
        baseLearningRate: plan.baseLearningRate)
  }

  /// The trainer's base learning rate at another horizon, in the bound's units.
  func gamma(at horizon: Horizon, rule: TransferRule) -> Double {
    tuning.gamma / rule.horizonFactor(from: tuning.horizon, to: horizon)
  }

  /// A schedule over T2 steps: the kept steps, a ramp to the steady law at a factor, that law, and a
  /// cooldown.
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
