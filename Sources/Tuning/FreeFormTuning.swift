import Bound
import Schedules
import Support

/// The best of all schedules for a run, beside the run's own schedule.
public struct FreeFormTuning: Sendable {
  /// The run with the schedule that it has.
  public let run: TrainingRun

  /// γ and Ω of the run's own schedule.
  public let given: (baseLearningRate: Double, bound: Double)

  /// How many of the run's first steps are kept.
  public let keptSteps: Int

  /// The highest learning rate allowed, in the bound's units; nil for no cap.
  public let cap: Double?

  /// The optimum.
  public let best: FreeFormSchedule

  /// The optimum's multipliers, of ``FreeFormSchedule/baseLearningRate``.
  public let schedule: Schedule

  /// The relative excess of the run's own bound over the least one.
  public var excess: Double { given.bound / best.bound - 1 }

  /// Searches the best schedule.
  ///
  /// - Parameters:
  ///   - run: the schedule and its number of steps.
  ///   - baseLearningRate: γ of the run; nil for the tuned one.
  ///   - keptSteps: how many first steps of the run stay as they are, fewer than all.
  ///   - cap: the highest learning rate; nil for γ where that is given or steps are kept, else none.
  ///   - gradientNorms: G, or G_1 … G_T.
  ///   - distance: D.
  ///   - progress: called after each iteration with its number and Ω.
  /// - Throws: `InputError`, of kind `unanswerable` where the search does not converge;
  ///   `ScheduleError` and `BoundError`.
  /// - Complexity: that of ``FreeFormSchedule``.
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
