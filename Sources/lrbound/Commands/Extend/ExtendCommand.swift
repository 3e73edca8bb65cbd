import ArgumentParser
import Bound
import Runs
import Schedules
import Support
import Transfer

/// `lrbound extend`: how a run of T1 steps goes on to T2.
struct ExtendCommand: ExportingCommand {
  static let reportName = "extend"
  static let configuration = CommandConfiguration(
    commandName: "extend",
    abstract: "How to go on with a run: lower plateau, longer cooldown, free form.",
    discussion: """
        lrbound extend --schedule wsd20 --steps 50000 --to-steps 100000 --lr 1e-3
        lrbound extend --schedule wsd20 --steps 5e4 --to-steps 1e5,2e5,4e5 --lr 1e-3
        lrbound extend --schedule wsd20 --steps 5e4 --to-steps 1e5 \\
          --plan lower-plateau --schedule-out plan.csv
        lrbound extend --schedule wsd20 --steps 5e4 --to-steps 1e5 --now 45000
        lrbound extend --schedule wsd20 --steps 5e4 --to-steps 1e5 --plot plans.svg

      A longer run wants a smaller base learning rate. Each plan keeps the running one and changes the \
      schedule: of its kind it has the least Ω at the running learning rate, or with --criterion tuned \
      it is the plan for which that learning rate is the tuned one. Horizon and batch count as in \
      lrbound transfer, or by the bound itself (p = 1/2), which is shown beside it. --lr is the base learning rate tuned \
      for the run so far; without it plateau factors, cooldowns and bounds alone are given.

      Ω is the bound at the running learning rate; "worth" is how many more steps doing nothing (same) \
      would need for the same Ω at that learning rate. The free form ends within 1e-6 of the least Ω; \
      above 200,000 steps its search starts from a coarser one.

      \(CrossCheckOptions.discussion)
      """)

  @Option(
    required: "The schedule of the run so far.", "spec", completion: .schedules,
    transform: Arguments.schedule)
  var schedule: ScheduleArgument

  @OptionGroup var horizons: HorizonOptions

  @Option(
    "The base learning rate of the run, tuned for it.", "lr", transform: Arguments.learningRate)
  var lr: Double?

  @Option(
    "Length of new cooldowns: 0.1, 10% or 5000steps; the schedule's own without it (20% if none).",
    "length", transform: Arguments.extent)
  var cooldown: Extent?

  @Option(
    "Steps made so far: prices going on from there (re-warming) beside going back.", "t",
    transform: Arguments.steps)
  var now: Int?

  @Option(
    "Steps between saved checkpoints: each plan names the one to start from.", "n",
    transform: Arguments.steps)
  var saveEvery: Int?

  @Option(
    "What a plan is best in: least-bound (the least Ω at the running learning rate; the default) or tuned (the running learning rate is the tuned one).",
    "criterion", completion: .list(ExtensionOption.Criterion.allCases.map(\.rawValue)),
    transform: Arguments.choice)
  var criterion: ExtensionOption.Criterion?

  @Option("Steps that the free form keeps.", "t", transform: Arguments.steps)
  var branchStep: Int?

  @Option(
    "Highest learning rate of the free form; the running one without it.", "lr",
    transform: Arguments.learningRate)
  var cap: Double?

  @Option(
    "The plan to follow and to write, instead of the recommended one: \(ExtensionOption.Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
    "plan", completion: .list(ExtensionOption.Kind.allCases.map(\.rawValue)),
    transform: Arguments.choice)
  var plan: ExtensionOption.Kind?

  @Option(
    "Write the plan's schedule to a CSV file, one row a step.", "csv",
    completion: .file(extensions: ["csv"]))
  var scheduleOut: String?

  @OptionGroup var ruleOptions: RuleOptions
  @OptionGroup var crossCheck: CrossCheckOptions
  @OptionGroup var scale: ScaleOptions
  @OptionGroup var exportOptions: ExportOptions

  func validate() throws {
    if ruleOptions.rule == .calibrated, ruleOptions.calibration == nil {
      throw InputError.usage(
        "--rule calibrated: nothing to calibrate with", "add --calibration")
    }
    if ruleOptions.rule == .absolute {
      throw InputError.usage(
        "--rule absolute: a run that goes on has its learning rate", "take another rule")
    }
    if scale.norms.constant == nil {
      throw InputError.usage(
        "--gradient-norm: the steps to come have no norms yet", "give one number, or leave it out")
    }
    if scheduleOut == "-" || scheduleOut == "" {
      throw InputError.usage("--schedule-out: not a file's name", "give one like plan.csv")
    }
    if let cooldown, let first = try horizons.to[0].steps, cooldown.steps(of: first) >= first {
      throw InputError.usage(
        "--cooldown: takes all of \(first) steps", "give less than the run")
    }
    if crossCheck.explain, crossCheck.noCrossCheck {
      throw InputError.usage(
        "--no-cross-check: nothing is left to --explain", "leave one of them out")
    }
    _ = try crossCheck.tasks(for: output)
  }

  func report() throws -> Report<ExtendBody> {
    let base = try schedule.run(horizons.from)
    let run = try ExtendableRun(
      base, baseLearningRate: lr, cooldown: cooldown, gradientNorm: scale.norms.constant ?? 1,
      distance: scale.usedDistance)
    let question = try question(of: run)
    let later = try horizons.to.dropFirst().compactMap(\.steps)
    Progress.announcePasses(250, steps: later.last ?? question.steps)
    let progress = ProgressLine(isWanted: question.steps > 300_000 || !later.isEmpty)
    defer { progress.end() }
    let chain = try ExtensionChain(question, then: later, following: self.plan) {
      iteration, bound in
      progress.show("free form, iteration \(iteration), Ω \(significant(bound, 8))")
      return true
    }
    let plan = chain.lastPlan
    if let scheduleOut {
      try ScheduleTable(of: plan.schedule, baseLearningRate: plan.baseLearningRate)
        .write(to: scheduleOut)
    }
    let models = try crossCheck.tasks(for: output).map { tasks in
      try chain.crossCheck(tasks: tasks).map {
        CrossCheckView(
          $0.check, boundRatio: $0.boundRatio, answerRatio: $0.answerRatio)
      }
    }
    var report = ExtendBody.report(
      chain, base: base, bound: try chain.stages[0].byBound(), models: models,
      isExplained: crossCheck.isShown, notes: try notes(on: base, run))
    report.exportable = {
      ExportableSchedule(
        schedule: plan.schedule,
        title: "\(base.name), \(chain.followed[chain.followed.count - 1].rawValue)",
        baseLearningRate: chain.writtenBaseLearningRate)
    }
    if exportForm != nil { report.diagnostics.append(exportDiagnostic(of: chain)) }
    return report
  }

  private func question(of run: ExtendableRun) throws -> ExtensionQuestion {
    guard let rule = try ruleOptions.read() else { preconditionFailure("checked by validate()") }
    var question: ExtensionQuestion
    do {
      let first = try horizons.to[0]
      question = try ExtensionQuestion(of: run, toSteps: first.steps ?? 0, rule: rule)
      question.batchTokens = first.batchTokens
    } catch let error as InputError where error.subject.isEmpty {
      throw InputError.usage("\(horizons.toOption): \(error.problem)", error.hint)
    }
    if let now {
      guard now <= run.steps else {
        throw InputError.usage(
          "--now '\(now)': the run has \(run.steps) steps", "give at most that")
      }
      question.madeSteps = now
    }
    question.freeFormBranch = branchStep
    question.criterion = criterion ?? .leastBound
    question.checkpointSpacing = saveEvery
    if let cap {
      guard run.baseLearningRate != nil else {
        throw InputError.usage(
          "--cap is a learning rate, and that of the run is not known", "add --lr")
      }
      do {
        try question.setCap(cap)
      } catch {
        throw InputError.usage("--cap '\(significant(cap))': \(error.problem)", error.hint)
      }
    }
    return question
  }

  /// What an export of a plan does not say: which it is, and from which checkpoint it goes on.
  private func exportDiagnostic(of chain: ExtensionChain) -> Diagnostic {
    let (last, plan) = (chain.stages.count - 1, chain.lastPlan)
    let checkpoint = chain.stages[last].checkpoint(of: plan)
    let start =
      checkpoint == 0 ? "started over" : "from the checkpoint of step \(grouped(checkpoint))"
    return Diagnostic(
      code: "exported-plan",
      message:
        "exported: \(chain.followed[last].rawValue) to \(grouped(plan.schedule.steps)) steps, \(start)"
    )
  }

  private func notes(on base: TrainingRun, _ run: ExtendableRun) throws -> Notes {
    var notes = Notes()
    notes.diagnostics = try base.diagnostics(baseLearningRate: run.baseLearningRate)
    if let lr, let own = base.givenBaseLearningRate, abs(lr / own - 1) > 1e-6 {
      notes.diagnostics.append(
        Diagnostic(
          code: "lr-differs",
          message:
            "--lr \(significant(lr, 6)) is not the file's maximum, \(significant(own, 6)): the past is taken as if it had been run at --lr"
        ))
    }
    notes.assumptions = try base.lengthAssumptions + horizons.to.flatMap(\.assumptions)
    let batch = horizons.toBatchTokens.map {
      "the longer run is judged as if all of it had batches of \(grouped($0)) tokens"
    }
    notes.assumptions += [
      "same model, data, \(batch == nil ? "batch size, " : "")optimiser and weight decay in both runs",
      run.baseLearningRate.map {
        "\(significant($0, 6)) is tuned for \(base.summary)"
      } ?? "the run's base learning rate is tuned for it",
    ]
    notes.assumptions += batch.map { [$0] } ?? []
    return notes
  }
}
