import Schedules

/// One way to extend a run from T1 to T2 steps.
public struct ExtensionOption: Sendable {
  /// The kinds of plan.
  public enum Kind: String, CaseIterable, Sendable {
    /// Keep the base learning rate and continue at a lower plateau.
    case lowerPlateau = "lower-plateau"

    /// Keep the base learning rate and cool down for longer.
    case longerCooldown = "longer-cooldown"

    /// Keep the past and optimise every remaining learning rate.
    case freeForm = "free-form"

    /// Keep all steps made, including a cooldown's, and raise the learning rate again.
    case rewarm

    /// Change nothing: the same schedule and base learning rate over more steps.
    case same

    /// Start over with the same schedule, tuned for T2.
    case retunedSame = "retuned-same"

    /// Start over with linear decay, tuned for T2.
    case retunedLinear = "retuned-linear"
  }

  /// The criterion that selects a plan of each kind.
  public enum Criterion: String, CaseIterable, Sendable {
    /// The least Ω at the running γ.
    case leastBound = "least-bound"

    /// γ* equals the running γ (2501.18965, section 4).
    case tuned
  }

  /// A feasible plan.
  public struct Plan: Sendable {
    /// The T2 multipliers of the base learning rate.
    public let schedule: Schedule

    /// The plateau from ``changeAtStep`` on relative to the previous one; nil if unchanged.
    public var factor: Double?

    /// The multiplier of the plateau from ``changeAtStep`` on; nil without a new plateau.
    public var plateau: Double?

    /// The number of steps in the final cooldown; nil without one.
    public var cooldownSteps: Int?

    /// The cooldown's fraction of T2 before rounding to steps; nil if steps were searched.
    public var cooldownFraction: Double?

    /// The number of steps that lead back up to the plateau; nil without a ramp.
    public var rampSteps: Int?

    /// The trainer's base learning rate, if known.
    public let baseLearningRate: Double?

    /// γ, the base learning rate in the bound's units.
    public let gamma: Double

    /// Ω at γ.
    public let bound: Double

    /// The first step, counted from 1, whose learning rate differs from the run's.
    public let changeAtStep: Int

    /// The trainer's learning rate on the new plateau, if there is one and the run's is known.
    public var plateauLearningRate: Double? {
      guard let baseLearningRate, let plateau else { return nil }
      return baseLearningRate * plateau
    }

    /// Whether the plan keeps no step of the run.
    public var startsOver: Bool { changeAtStep == 1 }

    /// The cooldown as a fraction of T2, exact if known.
    public var cooldownShare: Double? {
      cooldownFraction ?? cooldownSteps.map { Double($0) / Double(schedule.steps) }
    }

    /// The steps made at the latest checkpoint from which the plan can start; 0 to start over.
    public var branchAtStep: Int { changeAtStep - 1 }
  }

  /// A plan, or the reason why it is infeasible.
  public enum Outcome: Sendable {
    /// A feasible plan.
    case feasible(Plan)

    /// The reason why it is infeasible.
    case infeasible(ExtensionObstacle)
  }

  /// The kind of plan.
  public let kind: Kind

  /// The plan, or the reason why it is infeasible.
  public let outcome: Outcome

  /// The plan; nil if infeasible.
  public var plan: Plan? {
    if case .feasible(let plan) = outcome { return plan }
    return nil
  }

  /// The reason why it is infeasible; nil if feasible.
  public var obstacle: ExtensionObstacle? {
    if case .infeasible(let obstacle) = outcome { return obstacle }
    return nil
  }
}
