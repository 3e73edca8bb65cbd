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
  /// How a plan cools down at its end.
  public struct Cooldown: Equatable, Sendable {
    /// The shape of the decay.
    public var decay: CooldownDecay

    /// The length, of the longer run.
    public var extent: Extent

    /// The level that it ends on, a part of the peak.
    public var end: Double

    /// Whether the decay runs towards zero and is cut off at its end.
    public var isClamped: Bool
  }

  /// The scale of the run's base learning rate.
  struct Tuning: Sendable {
    /// T1, the horizon at which the run was tuned.
    let steps: Int

    /// γ*(T1), in the bound's units.
    let gamma: Double

    /// The base learning rate as the trainer takes it; nil where it is not known.
    let baseLearningRate: Double?
  }

  /// What the run is called.
  public let name: String

  /// The schedule as it was planned, T steps.
  public let schedule: Schedule

  /// How many steps from the start can be kept with the steady law going on; 0 where there is none.
  public let reusableSteps: Int

  /// Whether the schedule, as planned so far, cools down after its steady part.
  public let hasCooldown: Bool

  /// The steps of the warmup.
  public let warmup: Int

  /// How a plan cools down.
  public let cooldown: Cooldown

  let tuning: Tuning

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
  ///   - madeSteps: how many steps have been made, where they are fewer than the plateau has.
  ///   - gradientNorm: G.
  ///   - distance: D.
  /// - Throws: ``ScheduleError`` and ``BoundError``.
  /// - Complexity: O(T).
  public init(
    _ run: ScheduledRun, baseLearningRate: Double? = nil, cooldown: Extent? = nil,
    madeSteps: Int? = nil, gradientNorm: Double = 1, distance: Double = 1
  ) throws {
    let rate = baseLearningRate ?? run.fileBaseLearningRate
    let tunable = try run.tunable(gradientNorms: .constant(gradientNorm))
    let gamma: Double
    if let rate {
      gamma = distance * rate / (try tunable.distance(tunedAt: rate))
    } else {
      _ = try run.schedule()
      gamma = try tunable.optimum(distance: distance).baseLearningRate
    }
    name = run.spec.text
    schedule = try run.schedule(baseLearningRate: rate)
    warmup = run.spec.warmup?.steps(of: run.steps) ?? 0
    let steadyEnd = schedule.steadyPart?.steps.upperBound ?? 0
    reusableSteps = min(steadyEnd, madeSteps ?? steadyEnd)
    hasCooldown = steadyEnd < run.steps
    let decay: CooldownDecay
    var length: Extent?
    switch run.spec.family {
    case .wsd(let extent, let kept), .repeatedWSD(_, let extent, let kept),
      .twoStage(_, _, let extent, let kept):
      (length, decay) = (extent, kept)
    case .file where 0 < steadyEnd && steadyEnd < run.steps:
      // The first step of a cooldown still has the plateau's learning rate.
      let count = run.steps - steadyEnd + 1
      (length, decay) = (.fraction(Double(count) / Double(run.steps)), .linear)
    default: decay = .linear
    }
    // A cooldown over all of a run that never was steady says nothing about a new one's length.
    if steadyEnd == 0 { length = nil }
    let floor = try run.spec.floorRatio(baseLearningRate: rate)
    self.cooldown = Cooldown(
      decay: decay, extent: cooldown ?? length ?? Self.usualCooldown,
      end: decay == .exponential && run.spec.floor == nil ? 0.01 : floor,
      isClamped: run.spec.floor?.mode == .clamp)
    tuning = Tuning(steps: run.steps, gamma: gamma, baseLearningRate: rate)
  }

  /// The run after one of its extensions: the next stage of a chain.
  init(_ run: ExtendableRun, extendedBy schedule: Schedule) {
    name = run.name
    self.schedule = schedule
    reusableSteps = schedule.steadyPart?.steps.upperBound ?? 0
    hasCooldown = reusableSteps < schedule.steps
    warmup = run.warmup
    cooldown = run.cooldown
    tuning = run.tuning
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
    continuations.append(
      .cooldown(
        cooldown.decay, steps: count, end: min(cooldown.end, factor),
        isClamped: cooldown.isClamped))
    return schedule.continued(after: kept, by: continuations)
  }
}
