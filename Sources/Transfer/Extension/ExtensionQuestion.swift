import Bound
import Numerics
import Runs
import Schedules
import Tuning

/// The question of how a run of T1 steps goes on to T2 (2501.18965, section 4, "continual training").
///
/// A longer run wants a smaller base learning rate. A run that keeps its own changes its schedule instead:
/// to a lower plateau or a longer cooldown, as ``criterion`` asks.
public struct ExtensionQuestion: Sendable {
  /// The run so far.
  public var run: ExtendableRun

  /// T2.
  public var steps: Int

  /// How γ* moves with the horizon.
  public var rule: TransferRule

  /// The steps that have been made.
  ///
  /// Beyond the steady stretch, going on from there (up again) is priced beside going back. Nil where nothing is said of it.
  public var madeSteps: Int?

  /// The steps that the free form keeps; nil for those that every other plan keeps.
  public var freeFormBranch: Int?

  /// The cap on the free form's learning rates as a multiple of the base learning rate, 1 or more.
  public var capFactor = 1.0

  /// Whether the free form is searched: by far the longest part.
  public var wantsFreeForm = true

  /// What makes a plan the one of its kind.
  public var criterion = ExtensionOption.Criterion.leastBound

  /// After how many steps a checkpoint is saved; nil where any step's is at hand.
  public var checkpointSpacing: Int?

  /// G.
  public var gradientNorm: Double

  /// D.
  public var distance: Double

  /// The schedule of the run as a spec, which the references follow; nil for a file and in a chain,
  /// where the run has become a schedule of its own.
  let spec: ScheduleSpec?

  /// A question.
  ///
  /// - Parameters:
  ///   - run: the run so far.
  ///   - base: its schedule as it was named, which the references follow; nil for none.
  ///   - steps: T2.
  ///   - rule: how γ* moves with the horizon.
  ///   - gradientNorm: G.
  ///   - distance: D.
  /// - Throws: ``ExtensionError`` where T2 is not above T1, `ScheduleError` where the spec does not fit
  ///   into T2 steps.
  public init(
    of run: ExtendableRun, base: TrainingRun? = nil, toSteps steps: Int,
    rule: TransferRule = .standard(), gradientNorm: Double = 1, distance: Double = 1
  ) throws {
    guard steps > run.steps else { throw ExtensionError.notLonger(from: run.steps, to: steps) }
    guard steps <= ScheduleSpec.mostSteps else { throw ExtensionError.tooLong(steps: steps) }
    self.run = run
    self.steps = steps
    self.rule = rule
    self.gradientNorm = gradientNorm
    self.distance = distance
    spec = base?.spec
    _ = try spec?.schedule(steps: steps, baseLearningRate: run.baseLearningRate)
  }

  /// All options, in the order of ``ExtensionOption/Kind``, and which of them to take.
  ///
  /// - Parameter progress: called after each iteration of the free form with its number and Ω.
  /// - Returns: the answer.
  /// - Throws: ``ExtensionError``, `BoundError`.
  /// - Complexity: some 200 passes over T2 steps, and the free form's.
  public func answer(progress: (Int, Double) -> Bool = { _, _ in true }) throws -> ExtensionAnswer {
    try check()
    var options = [
      ExtensionOption(kind: .lowerPlateau, result: try lowerPlateau()),
      ExtensionOption(kind: .longerCooldown, result: try longerCooldown()),
    ]
    if wantsRewarming { options.append(ExtensionOption(kind: .rewarm, result: try rewarm())) }
    options.append(ExtensionOption(kind: .same, result: try samePlan()))
    if wantsFreeForm {
      let freeForm = try freeForm(beside: options, progress: progress)
      options.insert(ExtensionOption(kind: .freeForm, result: freeForm), at: 2)
    }
    options += try references()
    return try ExtensionAnswer(question: self, gamma: gamma, options: options)
  }

  /// γ at T2: what γ* of a plan must be.
  var gamma: Double { run.gamma(at: steps, horizonExponent: rule.horizonExponent) }

  /// The steps of the final cooldown that the schedule would have.
  var cooldownSteps: Int { run.cooldown.extent.steps(of: steps) }

  /// Going back up is priced where the run is in its cooldown, or has nothing else to go on from.
  private var wantsRewarming: Bool {
    guard let madeSteps else { return run.reusableSteps == 0 }
    return madeSteps > run.reusableSteps
  }

  private func check() throws(ExtensionError) {
    if let madeSteps, !(1...run.steps).contains(madeSteps) {
      throw .outsideRun(option: "the steps made", step: madeSteps, steps: run.steps)
    }
    if let freeFormBranch, !(1...run.steps).contains(freeFormBranch) {
      throw .outsideRun(option: "the step to branch from", step: freeFormBranch, steps: run.steps)
    }
  }

  func terms(of schedule: Schedule) throws -> BoundTerms {
    try BoundTerms.lastIterate(of: schedule, gradientNorms: .constant(gradientNorm))
  }

  func tunedGamma(of schedule: Schedule) throws -> Double {
    try terms(of: schedule).optimalBaseLearningRate(distance: distance)
  }

  /// The tuned base learning rate of a schedule by the rule, over the running one: 1 for a plan.
  ///
  /// Without a calibration it is γ*(schedule)/γ at its horizon.
  func tunedRatio(of schedule: Schedule) throws -> Double {
    let terms = try terms(of: schedule)
    let factor = rule.factor(
      from: (run.tuning.terms, run.tuning.steps), to: (terms, schedule.steps))
    return factor * (try terms.optimalBaseLearningRate(distance: distance)) / run.tuning.gamma
  }

  /// A plan that keeps the running base learning rate.
  func plan(
    _ schedule: Schedule, factor: Double? = nil, cooldown: Int?, fraction: Double? = nil,
    ramp: Int? = nil
  ) throws -> ExtensionOption.Plan {
    let change = schedule.firstDifference(from: run.schedule)
    let level = run.steady?.level
    return ExtensionOption.Plan(
      schedule: schedule, factor: factor,
      plateau: factor.flatMap { factor in level.map { $0 * factor } },
      cooldownSteps: cooldown, cooldownFraction: fraction, rampSteps: ramp,
      baseLearningRate: run.baseLearningRate, gamma: gamma, bound: try bound(of: schedule),
      changeAtStep: change)
  }

  /// Ω at the running γ, which is smaller in the bound's units the longer the schedule is.
  func bound(of schedule: Schedule) throws -> Double {
    let gamma = run.gamma(at: schedule.steps, horizonExponent: rule.horizonExponent)
    return try terms(of: schedule).bound(at: gamma, distance: distance)
  }

  /// Doing nothing: the steady law goes on, with the cooldown that the schedule has had.
  ///
  /// A schedule that never was steady is its spec over more steps, which starts over.
  private func samePlan() throws -> Result<ExtensionOption.Plan, ExtensionObstacle> {
    guard let schedule = try sameSchedule(steps: steps) else { return .failure(nothingSteady) }
    guard run.reusableSteps > 0 else {
      return .success(
        ExtensionOption.Plan(
          schedule: schedule, baseLearningRate: run.baseLearningRate, gamma: gamma,
          bound: try bound(of: schedule), changeAtStep: 1))
    }
    let count = run.planned == nil ? nil : run.cooldown.extent.steps(of: steps)
    return .success(try plan(schedule, cooldown: count))
  }

  /// The schedule of doing nothing over any number of steps; nil for a file that never was steady, and
  /// where the cooldown does not fit.
  func sameSchedule(steps: Int) throws -> Schedule? {
    guard run.reusableSteps > 0 else {
      return try spec?.schedule(steps: steps, baseLearningRate: run.baseLearningRate)
    }
    let count = run.planned == nil ? 0 : run.cooldown.extent.steps(of: steps)
    guard count < steps else { return nil }
    let kept = min(run.reusableSteps, steps - count)
    return run.plan(keeping: kept, factor: 1, steps: steps, cooldown: count)
  }

  /// The schedules that start over, each at its own γ*.
  private func references() throws -> [ExtensionOption] {
    // D in the trainer's units, so that a floor in learning rates is found inside.
    let unit = run.baseLearningRate.map { $0 / gamma } ?? 1
    func reference(_ kind: ExtensionOption.Kind, _ spec: ScheduleSpec) throws -> ExtensionOption {
      let tunable = try TunableSchedule(
        spec, steps: steps, gradientNorms: .constant(gradientNorm))
      let best = try tunable.optimum(distance: distance * unit)
      let schedule = try spec.schedule(steps: steps, baseLearningRate: best.baseLearningRate)
      let tuned = best.baseLearningRate / unit
      let plan = ExtensionOption.Plan(
        schedule: schedule,
        baseLearningRate: run.baseLearningRate.map { _ in best.baseLearningRate },
        gamma: tuned,
        bound: try terms(of: schedule).bound(at: tuned, distance: distance), changeAtStep: 1)
      return ExtensionOption(kind: kind, result: .success(plan))
    }
    let warmup = spec?.warmup?.steps(of: steps) ?? run.warmup
    var options: [ExtensionOption] = []
    if let spec { options.append(try reference(.retunedSame, spec)) }
    options.append(
      try reference(.retunedLinear, try ScheduleSpec("linear:warmup=\(warmup)steps")))
    return options
  }
}

/// An error in a question about a longer run, with a suggested fix.
public enum ExtensionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// T2 is not above T1.
  case notLonger(from: Int, to: Int)

  /// T2 is too large.
  case tooLong(steps: Int)

  /// A step that must be one of the run's.
  case outsideRun(option: String, step: Int, steps: Int)

  /// An option was to be followed that does not apply.
  case noSuchOption(String)

  /// The error as one line.
  public var description: String {
    switch self {
    case .noSuchOption(let name):
      return "the plan \(name) does not apply to this run; take one of those listed without --plan"
    case .notLonger(let from, let to):
      return "\(to) steps are no more than the run's \(from); give a longer horizon"
    case .tooLong(let steps): return "\(steps) steps are out of range; give up to 1e9"
    case .outsideRun(let option, let step, let steps):
      return "\(option), \(step), lies outside the run of \(steps) steps; give 1 to \(steps)"
    }
  }
}
