import Bound
import Numerics
import Runs
import Schedules
import Support
import Tuning

/// How to extend a run of T1 steps to T2 (2501.18965, section 4, "continual training").
///
/// A longer run needs a smaller base learning rate. A run that keeps its own changes the schedule
/// instead, by a lower plateau or a longer cooldown.
public struct ExtensionQuestion: Sendable {
  /// The run so far.
  public var run: ExtendableRun

  /// T2.
  public var steps: Int

  /// B of the longer run, by which all of it is judged; nil if unknown.
  public var batchTokens: Int?

  /// The rule for the dependence of γ* on horizon and batch.
  public var rule: TransferRule

  /// The number of steps already made, if relevant: after the stable phase, rewarming is an option.
  public var madeSteps: Int?

  /// The steps that the free form keeps; nil for those that every other plan keeps.
  public var freeFormBranch: Int?

  /// The cap on the free form's learning rates as a multiple of the base learning rate, at least 1.
  public var capFactor = 1.0

  /// Whether to search the free form, which takes most of the time.
  public var wantsFreeForm = true

  /// The criterion that selects a plan of each kind.
  public var criterion = ExtensionOption.Criterion.leastBound

  /// The steps between saved checkpoints; nil if every step has one.
  public var checkpointSpacing: Int?

  /// Asks how to extend a run; throws `InputError` if T2 is not above T1 or too short for the spec.
  public init(
    of run: ExtendableRun, toSteps steps: Int, rule: TransferRule = .standard()
  ) throws {
    guard steps > run.steps else {
      throw InputError(
        problem: "\(steps) steps are no more than the run's \(run.steps)",
        hint: "give a longer horizon")
    }
    guard steps <= ScheduleSpec.mostSteps else {
      throw InputError(problem: "\(steps) steps are out of range", hint: "give up to 1e9")
    }
    self.run = run
    self.steps = steps
    self.rule = rule
    batchTokens = run.tuning.horizon.batchTokens
    _ = try run.spec?.schedule(steps: steps, baseLearningRate: run.baseLearningRate)
  }

  /// Returns all options in the order of ``ExtensionOption/Kind``.
  ///
  /// `progress` is called after each iteration of the free form with its number and Ω. Throws
  /// `InputError`. Takes some 150 passes over T2 steps, and the free form.
  public func answer(progress: (Int, Double) -> Bool = { _, _ in true }) throws -> ExtensionAnswer {
    try answer(reusing: PlanSums(), progress: progress)
  }

  func answer(
    reusing known: PlanSums, progress: (Int, Double) -> Bool = { _, _ in true }
  ) throws -> ExtensionAnswer {
    try check()
    var sums = known
    var options = [
      ExtensionOption(kind: .lowerPlateau, outcome: try lowerPlateau(&sums)),
      ExtensionOption(kind: .longerCooldown, outcome: try longerCooldown(&sums)),
    ]
    if wantsRewarming { options.append(ExtensionOption(kind: .rewarm, outcome: try rewarm())) }
    options.append(ExtensionOption(kind: .same, outcome: try samePlan()))
    if wantsFreeForm {
      let freeForm = try freeForm(beside: options, progress: progress)
      options.insert(ExtensionOption(kind: .freeForm, outcome: freeForm), at: 2)
    }
    options += try references()
    return ExtensionAnswer(question: self, gamma: gamma, options: options, sums: sums)
  }

  /// Caps the free form's learning rates in the trainer's units.
  ///
  /// Throws `InputError` if the run's base learning rate is unknown or above the cap.
  public mutating func setCap(_ learningRate: Double) throws(InputError) {
    guard let running = run.baseLearningRate else {
      throw InputError(
        problem: "the cap is a learning rate, and the run's base learning rate is unknown",
        hint: "give the run's base learning rate")
    }
    guard learningRate >= running else {
      throw InputError(
        .value, "the cap \(significant(learningRate))",
        problem: "the run has used \(significant(running))", hint: "give at least that")
    }
    capFactor = learningRate / running
  }

  var nothingSteady: ExtensionObstacle {
    let zeros = run.schedule.trailingZeros
    return .nothingSteady(
      schedule: run.name, zeroFrom: zeros > 0 ? run.schedule.steps - zeros + 1 : nil)
  }

  var gamma: Double { run.gamma(at: horizon(steps: steps), rule: rule) }

  /// A horizon with the longer run's batch.
  func horizon(steps: Int) -> Horizon { Horizon(steps: steps, batchTokens: batchTokens) }

  var cooldownSteps: Int { run.cooldown.extent.steps(of: steps) }

  /// Whether to include rewarming: the run is in its cooldown, or has no stable phase.
  private var wantsRewarming: Bool {
    guard let madeSteps else { return run.reusableSteps == 0 }
    return madeSteps > run.reusableSteps
  }

  private func check() throws(InputError) {
    try rule.check(run.tuning.horizon)
    for (name, step) in [
      ("the steps made", madeSteps), ("the step to branch from", freeFormBranch),
    ] {
      guard let step, !(1...run.steps).contains(step) else { continue }
      throw InputError(
        problem: "\(name), \(step), lies outside the run of \(run.steps) steps",
        hint: "give 1 to \(run.steps)")
    }
  }

  func terms(of schedule: Schedule) throws -> BoundTerms {
    try BoundTerms.lastIterate(of: schedule, gradientNorms: run.gradientNorms)
  }

  /// A schedule's tuned base learning rate by the rule, over the running one.
  func tunedRatio(of schedule: Schedule) throws -> Double {
    let terms = try terms(of: schedule)
    let factor = rule.factor(
      from: RunTerms(run.tuning.terms, at: run.tuning.horizon),
      to: RunTerms(terms, at: horizon(steps: schedule.steps)))
    return factor * (try terms.optimalBaseLearningRate(distance: run.distance)) / run.tuning.gamma
  }

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

  /// Ω at the running γ, which in the bound's units shrinks with the schedule's length.
  func bound(of schedule: Schedule) throws -> Double {
    try bound(of: terms(of: schedule), steps: schedule.steps)
  }

  func bound(of terms: BoundTerms, steps: Int) throws -> Double {
    let gamma = run.gamma(at: horizon(steps: steps), rule: rule)
    return try terms.bound(at: gamma, distance: run.distance)
  }

  /// Doing nothing: the steady law continues, then the schedule's own cooldown; else the spec over more
  /// steps.
  private func samePlan() throws -> ExtensionOption.Outcome {
    guard let schedule = try sameSchedule(steps: steps) else { return .infeasible(nothingSteady) }
    guard run.reusableSteps > 0 else {
      return .feasible(
        ExtensionOption.Plan(
          schedule: schedule, baseLearningRate: run.baseLearningRate, gamma: gamma,
          bound: try bound(of: schedule), changeAtStep: 1))
    }
    let count = run.planned == nil ? nil : run.cooldown.extent.steps(of: steps)
    return .feasible(try plan(schedule, cooldown: count))
  }

  /// The schedule of doing nothing; nil for a file without a stable phase, or if the cooldown does not
  /// fit.
  func sameSchedule(steps: Int) throws -> Schedule? {
    guard run.reusableSteps > 0 else {
      return try run.spec?.schedule(steps: steps, baseLearningRate: run.baseLearningRate)
    }
    let count = run.planned == nil ? 0 : run.cooldown.extent.steps(of: steps)
    guard count < steps else { return nil }
    let kept = min(run.reusableSteps, steps - count)
    return run.plan(keeping: kept, factor: 1, steps: steps, cooldown: count)
  }

  private func references() throws -> [ExtensionOption] {
    // D in the trainer's units, in which an absolute floor is given.
    let unit = run.baseLearningRate.map { $0 / gamma } ?? 1
    func reference(_ kind: ExtensionOption.Kind, _ spec: ScheduleSpec) throws -> ExtensionOption {
      let tunable = try TunableSchedule(
        of: TrainingRun(spec, steps: steps), gradientNorms: run.gradientNorms)
      let best = try tunable.optimum(distance: run.distance * unit)
      let schedule = try spec.schedule(steps: steps, baseLearningRate: best.baseLearningRate)
      let tuned = best.baseLearningRate / unit
      let plan = ExtensionOption.Plan(
        schedule: schedule,
        baseLearningRate: run.baseLearningRate.map { _ in best.baseLearningRate },
        gamma: tuned,
        bound: try terms(of: schedule).bound(at: tuned, distance: run.distance), changeAtStep: 1)
      return ExtensionOption(kind: kind, outcome: .feasible(plan))
    }
    let warmup = run.spec?.warmup?.steps(of: steps) ?? run.warmup
    var options: [ExtensionOption] = []
    if let spec = run.spec { options.append(try reference(.retunedSame, spec)) }
    options.append(
      try reference(.retunedLinear, try ScheduleSpec("linear:warmup=\(warmup)steps")))
    return options
  }
}
