import Bound
import Schedules
import Support

/// The optimal schedule for a run, beside the run's own.
public struct FreeFormTuning: Sendable {
  /// The run with its own schedule.
  public let run: TrainingRun

  /// γ and Ω of the run's own schedule.
  public let given: (baseLearningRate: Double, bound: Double)

  /// The number of first steps kept.
  public let keptSteps: Int

  /// The highest learning rate allowed, in the bound's units; nil for no cap.
  public let cap: Double?

  /// The optimum.
  public let best: FreeFormSchedule

  /// The optimum as multipliers of ``FreeFormSchedule/baseLearningRate``.
  public let schedule: Schedule

  /// The relative excess of the run's own bound over the optimum's.
  public var excess: Double { given.bound / best.bound - 1 }

  /// Searches the best schedule for a run at its γ, tuned if nil, keeping some of its first steps.
  ///
  /// The cap defaults to γ if γ is given or steps are kept, else there is none. `progress` gets each
  /// iteration's number and Ω. Fails with kind `unanswerable` if the search does not converge.
  public init(
    of run: TrainingRun, baseLearningRate: Double? = nil, keeping keptSteps: Int = 0,
    cap: Double? = nil, gradientNorms: GradientNorms = .one, distance: Double = 1,
    progress: (Int, Double) -> Void = { _, _ in }
  ) throws {
    given = try TunableSchedule(of: run, gradientNorms: gradientNorms)
      .bound(fixed: baseLearningRate, distance: distance)
    let gamma = given.baseLearningRate
    var constraints = FreeFormSchedule.Constraints()
    if keptSteps > 0 {
      constraints.prefix = try run.schedule(baseLearningRate: gamma)
        .multipliers(in: 0..<min(keptSteps, run.steps)).map { gamma * $0 }
    }
    constraints.cap = cap ?? (baseLearningRate != nil || keptSteps > 0 ? gamma : nil)
    best = try FreeFormSchedule(
      steps: run.steps, constraints: constraints, gradientNorms: gradientNorms, distance: distance
    ) {
      progress($0, $1)
      return true
    }
    schedule = try best.schedule()
    self.run = run
    self.keptSteps = keptSteps
    self.cap = constraints.cap
  }
}
