import ArgumentParser
import Bound
import Runs
import Schedules
import Support
import Transfer

/// `lrbound transfer`: the base learning rate for another schedule or horizon.
struct TransferCommand: ExportingCommand {
  static let reportName = "transfer"
  static let configuration = CommandConfiguration(
    commandName: "transfer",
    abstract: "The base learning rate for another schedule or another number of steps.",
    discussion: """
        lrbound transfer --from wsd20 --to linear --lr 1e-3 --steps 50000 --explain
        lrbound transfer --from wsd20 --to wsd20 --lr 1e-3 --steps 5e4 --to-steps 2e5
        lrbound transfer --from cosine --to cosine --lr 1e-3 --tokens 25B \\
          --batch-tokens 0.5M --to-tokens 200B --to-batch-tokens 4M
        lrbound transfer --from wsd20 --to linear --sweep runs.csv --to-steps 5e4
        lrbound transfer --from wsd20 --to linear --sweep runs.csv --rule calibrated
        lrbound transfer --from wsd20 --to linear --lr 1e-3 --plot rates.svg

      The shape is carried over by the bound (γ* = D/√(SV)), horizon and batch by D^(1/6)/√(1 + (B_c/B)²), \
      where D are the tokens, B those of a step and B_c = 1.9·√D: with small batches a longer run wants a \
      lower LR, with large ones a higher. Without --batch-tokens the horizon counts as T^-1/3, its limit \
      for small batches. --lr is the base learning rate tuned for the source, as the trainer takes it; \
      without it ratios alone are given. At another batch the target has the source's tokens unless its \
      length is given.

      The interval is 2 standard deviations of ln γ to either side. Its parts add in squares: 0.21 for a \
      bare --lr (from a sweep: the spread of three fitted forms and the noise of a run), 0.08 where the \
      shape changes, 0.11·|ln(D2/D1)| for the horizon (0.25·|ln(T2/T1)| without a batch), 0.12·|ln(B2/B1)| \
      for the batch (0.35 below 1e9 tokens), 0.33 or 0.47 for an end that does not anneal, 0.05 for the rest.

      --rule calibrated takes the exponents of S, V and T from your own runs: those of --calibration, or \
      of the sweep where it has several schedules or horizons; the default then stands beside it too.

      A sweep is a CSV file with columns spec (or family and cooldown), steps, base_lr and final_loss.

      \(CrossCheckOptions.discussion)
      """)

  @Option(
    required: "The schedule that was tuned.", "spec", completion: .schedules,
    transform: Arguments.schedule)
  var from: ScheduleArgument

  @Option(
    required: "The schedule that is wanted.", "spec", completion: .schedules,
    transform: Arguments.schedule)
  var to: ScheduleArgument

  @Option("The base learning rate tuned for the source.", "lr", transform: Arguments.learningRate)
  var lr: Double?

  @OptionGroup var length: RunLengthOptions
  @OptionGroup var target: TargetLengthOptions

  @Option(
    repeated:
      "Your runs of the source, from which its tuned LR is read: a table, a log or a folder of logs; may be given again.",
    "csv|log", completion: .file(), transform: { $0 })
  var sweep: [String] = []

  @OptionGroup var sweepOptions: SweepOptions
  @OptionGroup var ruleOptions: RuleOptions
  @OptionGroup var modelSize: ModelSizeOption
  @OptionGroup var crossCheck: CrossCheckOptions
  @OptionGroup var norms: GradientNormOption
  @OptionGroup var exportOptions: ExportOptions

  /// Horizons matter little to the ratio of two shapes; this one stands in where none is given.
  private static let defaultSteps = 10_000

  func validate() throws {
    if let norm = norms.constant, norm != 1 {
      throw InputError.usage(
        "--gradient-norm: a constant norm cancels in every ratio", "leave it out, or give a file")
    }
    if lr != nil, !sweep.isEmpty {
      throw InputError.usage(
        "--lr and --sweep both give the source's learning rate", "give one of them")
    }
    if (ruleOptions.rule == .absolute) != (modelSize.params != nil) {
      throw InputError.usage("--rule absolute and --params go together", "give both, or neither")
    }
    if modelSize.params != nil, lr != nil || !sweep.isEmpty {
      throw InputError.usage(
        "--rule absolute is for where nothing is tuned",
        "leave out \(lr != nil ? "--lr" : "--sweep")")
    }
    if from.spec == nil, !sweep.isEmpty {
      throw InputError.usage(
        "--from: a sweep has no runs of \(from.isFile ? "a schedule file" : "lengths in tokens")",
        "give a spec, or --lr")
    }
    if ruleOptions.rule == .calibrated, ruleOptions.calibration == nil, sweep.isEmpty {
      throw InputError.usage(
        "--rule calibrated: nothing to calibrate with", "add --calibration or --sweep")
    }
    if length.steps == nil, length.tokens == nil, sweep.isEmpty, !from.isFile, !to.isFile {
      let given = [
        ("--to-steps", target.toSteps), ("--to-tokens", target.toTokens),
        ("--to-batch-tokens", target.toBatchTokens), ("--batch-tokens", length.batchTokens),
      ].first { $0.1 != nil }
      if let (option, _) = given {
        throw InputError.usage("\(option) needs the source's number of steps", "add --steps")
      }
    }
    try sweepOptions.refuse(unless: !sweep.isEmpty)
    _ = try crossCheck.tasks(for: output)
  }

  func report() throws -> Report<TransferBody> {
    var notes = Notes()
    let source = try sweptSource(&notes)
    let (from, to) = try runs(source: source?.cell.cell, &notes)
    let rule = try ruleOptions.read() ?? calibrated(on: source?.sweep, &notes)
    let norms = try norms.read(steps: from.steps)
    if norms.steps != nil, to.steps != from.steps {
      throw InputError.usage(
        "--to-steps '\(to.steps)': the norms of --gradient-norm are for \(from.steps) steps",
        "leave one of the two out")
    }
    let known = try tuned(from, source?.cell)
    if let scale = modelSize.scale { notes.diagnostics += scale.caveats(at: from.horizon) }
    let question = TransferQuestion(
      from: from, to: to, source: known, rule: rule, gradientNorms: (norms, norms))
    let answer = try question.answer()
    let model = try crossCheck.tasks(for: output).map { tasks in
      CrossCheckView(
        try answer.crossCheck(tasks: tasks), boundRatio: answer.boundRatio,
        answerRatio: answer.ratio)
    }
    return TransferBody.report(
      answer, recipe: TransferRecipe(for: question, answer: answer),
      source: source.map { ($0.sweep.path, $0.cell) }, model: model,
      isExplained: crossCheck.isShown, isAbsolute: modelSize.params != nil, notes: notes)
  }

  /// Where the source's base learning rate comes from.
  private func tuned(
    _ run: TrainingRun, _ cell: TunedCell?
  ) throws -> TransferQuestion.Source {
    if let scale = modelSize.scale { return try scale.source(of: run) }
    return cell.map { .swept($0.optimum) }
      ?? (lr ?? run.givenBaseLearningRate).map { .given($0) } ?? .unknown
  }

  /// The source's cell of the sweep; nil where there is no sweep.
  private func sweptSource(_ notes: inout Notes) throws -> (sweep: TunedSweep, cell: TunedCell)? {
    guard let spec = from.spec, !sweep.isEmpty else { return nil }
    let sweep = try sweepOptions.read(sweep)
    let cell: TunedCell
    do {
      let length = try length.read(batchOfOther: target.toBatchTokens)
      cell = try sweep.cell(
        for: spec, steps: length.steps, batchTokens: self.length.batchTokens)
    } catch let error as InputError where error.kind == .value && error.subject.isEmpty {
      throw InputError.usage(
        "--sweep: \(error.problem)", "say which is the source by --steps or --batch-tokens")
    }
    notes.diagnostics += sweep.fileDiagnostics + cell.diagnostics
    notes.assumptions.append(sweep.noiseAssumption)
    return (sweep, cell)
  }

  private func calibrated(on sweep: TunedSweep?, _ notes: inout Notes) throws -> TransferRule {
    guard let sweep else { return .standard() }
    let calibration = try sweep.calibration()
    notes.diagnostics += calibration.diagnostics
    return .calibrated(calibration)
  }

  /// The source's length: that of its cell, or as given.
  private func sourceLength(of cell: SweepCell?) throws -> RunLength {
    guard let cell else { return try length.read(batchOfOther: target.toBatchTokens) }
    return try RunLength(
      steps: cell.steps, batchTokens: cell.batchTokens ?? length.batchTokens)
  }

  /// Both schedules over their steps; a file brings its own length.
  private func runs(
    source: SweepCell?, _ notes: inout Notes
  ) throws -> (TrainingRun, TrainingRun) {
    var own = try sourceLength(of: source)
    // Standard input can be read once only.
    let file = try to.isFile ? to.run(target.read(beside: RunLength())) : nil
    if own.steps == nil, !from.isFile {
      own = try RunLength(
        steps: file?.steps ?? Self.defaultSteps, batchTokens: own.batchTokens)
      notes.assumptions.append(
        file.map { "--steps was not given: the target file's \($0.steps) steps" }
          ?? "--steps was not given: \(grouped(Self.defaultSteps)) steps at both ends")
      if file == nil, exportForm != nil {
        notes.diagnostics.append(
          Diagnostic(
            code: "assumed-steps",
            message:
              "--steps was not given: the export is for \(grouped(Self.defaultSteps)) steps"))
      }
    }
    let from = try self.from.run(own)
    if let own = from.givenBaseLearningRate {
      if let lr, abs(lr / own - 1) > 1e-6 {
        throw InputError.usage(
          "--lr \(significant(lr, 6)): the maximum of --from \(from.name) is \(significant(own, 6)), which is its base learning rate",
          "leave --lr out, or give a file of multipliers")
      }
      if lr == nil, sweep.isEmpty {
        notes.assumptions.append(
          "the source's base learning rate is its file's maximum, \(significant(own, 6))")
      }
    }
    let to = try file ?? self.to.run(target.read(beside: RunLength(of: from)))
    if target.isOpen, from.batchTokens != nil, to.batchTokens != from.batchTokens {
      notes.assumptions.append("--to-tokens was not given: the target sees the source's tokens")
    }
    for (run, option) in [(from, "--steps"), (to, target.toSteps == nil ? "--to" : "--to-steps")]
    where run.spec?.hasAbsoluteFloor != true {
      // Whether a schedule fits into its steps; an absolute floor is looked at with its learning rate.
      do throws(InputError) {
        _ = try run.schedule()
      } catch {
        throw InputError(
          .value, "\(option): \(error.subject)", at: error.position, problem: error.problem,
          hint: error.hint)
      }
    }
    return (from, to)
  }
}

/// What is to be said of an answer besides itself.
struct Notes {
  var diagnostics: [Diagnostic] = []
  var assumptions: [String] = []
}
