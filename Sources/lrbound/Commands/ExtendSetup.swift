import Bound
import Runs
import Schedules
import Support
import Transfer

/// Turns the command line of `extend` into a question and its chain of answers.
struct ExtendSetup {
  /// The run so far as it was named.
  let base: TrainingRun

  let question: ExtensionQuestion
  let laterHorizons: [Int]
  let kind: ExtensionOption.Kind?
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var assumptions: [String] = []

  init(_ command: ExtendCommand) throws {
    let spec = try Arguments.schedule(command.schedule, "--schedule")
    let (from, to) = try command.horizons.parsed()
    let rate = try command.lr.map { try Arguments.learningRate($0, "--lr") }
    let now = try command.now.map { try Arguments.steps($0, "--now") }
    let branch = try command.branchStep.map { try Arguments.steps($0, "--branch-step") }
    let cap = try command.cap.map { try Arguments.learningRate($0, "--cap") }
    guard let rule = try command.ruleOptions.parsed() else {
      throw UsageError("--rule calibrated: nothing to calibrate with; add --calibration")
    }
    let distance = try command.scale.parsedDistance()
    guard let norm = try command.scale.parsedNorms().constant else {
      throw UsageError(
        "--gradient-norm: the steps to come have no norms yet; give one number, or leave it out")
    }
    kind = try command.plan.map { text in
      guard let kind = ExtensionOption.Kind(rawValue: text) else {
        let names = ExtensionOption.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("--plan '\(printable(text))': no such plan; give one of \(names)")
      }
      return kind
    }
    if let path = command.scheduleOut, path == "-" || path.isEmpty {
      throw UsageError("--schedule-out '\(path)': not a file's name; give one like plan.csv")
    }
    let cooldown = try command.cooldown.map { try Arguments.cooldown($0, "--cooldown") }
    if let text = command.cooldown, let cooldown, cooldown.steps(of: to[0]) >= to[0] {
      throw UsageError(
        "--cooldown '\(printable(text))': takes all of \(to[0]) steps; give less than the run")
    }
    base = try spec.run(steps: from)
    let run = try ExtendableRun(
      base, baseLearningRate: rate, cooldown: cooldown, gradientNorm: norm, distance: distance)
    var question: ExtensionQuestion
    do {
      question = try ExtensionQuestion(
        of: run, base: base, toSteps: to[0], rule: rule, gradientNorm: norm, distance: distance)
    } catch let error as ExtensionError {
      throw UsageError(
        "\(command.horizons.toSteps == nil ? "--to-tokens" : "--to-steps"): \(error)")
    }
    if let now {
      guard now <= run.steps else {
        throw UsageError("--now '\(now)': the run has \(run.steps) steps; give at most that")
      }
      question.madeSteps = now
    }
    question.freeFormBranch = branch
    question.criterion = command.criterion
    question.checkpointSpacing = try command.saveEvery.map {
      try Arguments.steps($0, "--save-every")
    }
    if let cap {
      guard let running = run.baseLearningRate else {
        throw UsageError("--cap is a learning rate, and that of the run is not known; add --lr")
      }
      guard cap >= running else {
        throw UsageError(
          "--cap '\(significant(cap))': the run has used \(significant(running)); give at least that"
        )
      }
      question.capFactor = cap / running
    }
    self.question = question
    laterHorizons = Array(to.dropFirst())
    diagnostics = try base.diagnostics(baseLearningRate: run.baseLearningRate)
    if let rate, let own = base.givenBaseLearningRate, abs(rate / own - 1) > 1e-6 {
      diagnostics.append(
        Diagnostic(
          code: "lr-differs",
          message:
            "--lr \(significant(rate, 6)) is not the file's maximum, \(significant(own, 6)): the past is taken as if it had been run at --lr"
        ))
    }
    assumptions = [
      "same model, data, batch size, optimiser and weight decay in both runs",
      rate == nil && run.baseLearningRate == nil
        ? "the run's base learning rate is tuned for it"
        : "\(significant(run.baseLearningRate ?? 0, 6)) is tuned for \(spec.text) at \(grouped(run.steps)) steps",
    ]
  }

  /// The answers, one a horizon.
  func chain() throws -> ExtensionChain {
    Progress.announcePasses(250, steps: laterHorizons.last ?? question.steps)
    let progress = ProgressLine(isWanted: question.steps > 300_000 || !laterHorizons.isEmpty)
    defer { progress.end() }
    do {
      return try ExtensionChain(question, then: laterHorizons, following: kind) {
        iteration, bound in
        progress.show("free form, iteration \(iteration), Ω \(significant(bound, 8))")
        return true
      }
    } catch let obstacle as ExtensionObstacle {
      throw NoAnswer(description: "--plan '\(kind?.rawValue ?? "")': \(obstacle)")
    }
  }

  /// The first stage by the plain bound, without the free form; nil where that is the rule.
  ///
  /// Later stages
  /// go on from plans that the rule made.
  func boundStage() throws -> ExtensionAnswer? {
    guard question.rule != .bound else { return nil }
    var plain = question
    plain.rule = .bound
    plain.wantsFreeForm = false
    return try plain.answer()
  }

  /// Writes the plan that was followed.
  func write(_ chain: ExtensionChain, to path: String) throws {
    let (_, plan) = try followedPlan(of: chain)
    try ScheduleTable(of: plan.schedule, baseLearningRate: plan.baseLearningRate).write(to: path)
  }

  /// What an export of a plan does not say: which it is, and from which checkpoint it goes on.
  func exportDiagnostics(of chain: ExtensionChain) throws -> [Diagnostic] {
    let (kind, plan) = try followedPlan(of: chain)
    let checkpoint = chain.stages.last?.checkpoint(of: plan) ?? plan.branchAtStep
    let start =
      checkpoint == 0 ? "started over" : "from the checkpoint of step \(grouped(checkpoint))"
    return [
      Diagnostic(
        code: "exported-plan",
        message: "exported: \(kind.rawValue) to \(grouped(plan.schedule.steps)) steps, \(start)")
    ]
  }

  /// The plan that was followed to the last horizon.
  func followedPlan(of chain: ExtensionChain) throws -> (ExtensionOption.Kind, ExtensionOption.Plan)
  {
    guard let stage = chain.stages.last, let followed = chain.followed.last,
      let option = stage.option(followed)
    else {
      throw NoAnswer(
        description: "--plan '\(kind?.rawValue ?? "")': it does not apply to this run")
    }
    switch option.result {
    case .success(let plan): return (followed, plan)
    case .failure(let obstacle):
      throw NoAnswer(description: "--plan '\(followed.rawValue)': \(obstacle)")
    }
  }
}
