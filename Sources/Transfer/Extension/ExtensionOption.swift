import Schedules

/// One way to go on from T1 to T2 steps.
public struct ExtensionOption: Sendable {
  /// The kinds of plan.
  public enum Kind: String, CaseIterable, Sendable {
    /// Keep the base learning rate, go on at a lower plateau.
    case lowerPlateau = "lower-plateau"

    /// Keep the base learning rate, cool down for longer.
    case longerCooldown = "longer-cooldown"

    /// Keep the past, choose every learning rate that remains.
    case freeForm = "free-form"

    /// Keep everything, also the steps of a cooldown, and go back up.
    case rewarm

    /// Do nothing: the same schedule over more steps at the same base learning rate.
    case same

    /// Start over with the same schedule, its base learning rate tuned for T2.
    case retunedSame = "retuned-same"

    /// Start over with linear decay, its base learning rate tuned for T2.
    case retunedLinear = "retuned-linear"
  }

  /// What a plan of each kind is best in.
  public enum Criterion: String, CaseIterable, Sendable {
    /// The least Ω at the running γ.
    case leastBound = "least-bound"

    /// A γ* equal to the running γ (2501.18965, section 4).
    case tuned
  }

  /// A plan that can be carried out.
  public struct Plan: Sendable {
    /// T2 multipliers of the base learning rate.
    public let schedule: Schedule

    /// The plateau from ``changeAtStep`` on as a fraction of the one before; nil where it stays.
    public var factor: Double?

    /// The multiplier of the plateau from ``changeAtStep`` on; nil where there is no new plateau, or the
    /// law is no plateau.
    public var plateau: Double?

    /// The steps of the final cooldown; nil for plans without one.
    public var cooldownSteps: Int?

    /// The exact fraction of the cooldown, before rounding to steps; nil where steps were searched.
    public var cooldownFraction: Double?

    /// The steps that lead back up to the plateau, from ``changeAtStep`` on; nil for plans without.
    public var rampSteps: Int?

    /// The base learning rate as the trainer takes it; nil where that of the run is not known.
    public let baseLearningRate: Double?

    /// γ, the same in the bound's units.
    public let gamma: Double

    /// Ω at γ.
    public let bound: Double

    /// The first step, counted from 1, at which the learning rate differs from that of the run so far.
    public let changeAtStep: Int

    /// The learning rate of the new plateau, as the trainer takes it; nil without one, or where the run's is
    /// unknown.
    public var plateauLearningRate: Double? {
      guard let baseLearningRate, let plateau else { return nil }
      return baseLearningRate * plateau
    }

    /// Whether the plan keeps no step of the run.
    public var startsOver: Bool { changeAtStep == 1 }

    /// The cooldown as a fraction of T2: the exact one where there is one.
    public var cooldownShare: Double? {
      cooldownFraction ?? cooldownSteps.map { Double($0) / Double(schedule.steps) }
    }

    /// The latest checkpoint that the plan can start from, as the number of steps it has made: the last
    /// before anything changes; 0 to start over.
    public var branchAtStep: Int { changeAtStep - 1 }
  }

  /// A plan, or an obstacle.
  public enum Outcome: Sendable {
    /// The plan.
    case feasible(Plan)

    /// The obstacle.
    case infeasible(ExtensionObstacle)
  }

  /// The kind of plan.
  public let kind: Kind

  /// The plan, or the obstacle.
  public let outcome: Outcome

  /// The plan; nil where it is infeasible.
  public var plan: Plan? {
    if case .feasible(let plan) = outcome { return plan }
    return nil
  }

  /// The obstacle; nil where the plan is feasible.
  public var obstacle: ExtensionObstacle? {
    if case .infeasible(let obstacle) = outcome { return obstacle }
    return nil
  }
}
