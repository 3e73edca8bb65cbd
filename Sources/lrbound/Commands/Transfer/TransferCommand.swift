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
        lrbound transfer --from wsd20 --to linear --lr 1e-3 --steps 50000
        lrbound transfer --from wsd20 --to wsd20 --lr 1e-3 --steps 5e4 --to-steps 2e5
        lrbound transfer --from wsd20 --to linear --sweep runs.csv --to-steps 5e4
        lrbound transfer --from wsd20 --to linear --sweep runs.csv --rule calibrated
        lrbound transfer --from wsd20 --to linear --lr 1e-3 --plot rates.svg

      The shape is carried over by the bound (γ* = D/√(SV)), the horizon by T^-p with p = 1/3; the plain \
      bound, p = 1/2, is shown beside it. --lr is the base learning rate tuned for the source, as the \
      trainer takes it; without it ratios alone are given.

      The interval is 1.5 standard deviations of ln γ to either side, added in squares: 0.2 for a bare \
      --lr (from a sweep: the spread of three fitted forms and the noise of a run), 0.2 where the shape \
      changes, 0.1·|ln(T2/T1)| for the exponent, and 0.46 for each end that does not anneal below 5 %.

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

  @Option(
    "Number of optimiser steps of the source; 10,000 without it, where no sweep tells.", "t",
    transform: Arguments.steps)
  var steps: Int?

  @Option(
    "Number of steps of the target; the source's without it.", "t", transform: Arguments.steps)
  var toSteps: Int?

  @Option(
    repeated:
      "Your runs of the source, from which its tuned LR is read: a table, a log or a folder of logs; may be given again.",
    "csv|log", completion: .file(), transform: { $0 })
  var sweep: [String] = []

  @OptionGroup var sweepOptions: SweepOptions
  @OptionGroup var ruleOptions: RuleOptions
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
    if from.spec == nil, !sweep.isEmpty {
      throw InputError.usage(
        "--from: a sweep has no runs of a schedule file", "give a spec, or --lr")
    }
    if ruleOptions.rule == .calibrated, ruleOptions.calibration == nil, sweep.isEmpty {
      throw InputError.usage(
        "--rule calibrated: nothing to calibrate with", "add --calibration or --sweep")
    }
    if steps == nil, toSteps != nil, sweep.isEmpty, from.spec != nil, to.spec != nil {
      throw InputError.usage("--to-steps needs the source's number of steps", "add --steps")
    }
    try sweepOptions.refuse(unless: !sweep.isEmpty)
    _ = try crossCheck.tasks(for: output)
  }

  func report() throws -> Report<TransferBody> {
    var notes = Notes()
    let source = try sweptSource(&notes)
    let (from, to) = try runs(steps: source?.cell.cell.steps ?? steps, &notes)
    let rule = try ruleOptions.read() ?? calibrated(on: source?.sweep, &notes)
    let norms = try norms.read(steps: from.steps)
    if norms.steps != nil, to.steps != from.steps {
      throw InputError.usage(
        "--to-steps \(to.steps): the norms of --gradient-norm are for \(from.steps) steps",
        "leave one of the two out")
    }
    let known: TransferQuestion.Source =
      source.map { .swept($0.cell.optimum) }
      ?? (lr ?? from.givenBaseLearningRate).map { .given($0) } ?? .unknown
    let answer = try TransferQuestion(
      from: from, to: to, source: known, rule: rule, gradientNorms: (norms, norms)
    ).answer()
    let model = try crossCheck.tasks(for: output).map { tasks in
      CrossCheckView(
        try answer.crossCheck(tasks: tasks), boundRatio: answer.boundRatio,
        answerRatio: answer.ratio, isExplained: crossCheck.explain)
    }
    return TransferBody.report(
      answer, source: source.map { ($0.sweep.path, $0.cell) }, model: model, notes: notes)
  }

  /// The source's cell of the sweep; nil where there is no sweep.
  private func sweptSource(_ notes: inout Notes) throws -> (sweep: TunedSweep, cell: TunedCell)? {
    guard let spec = from.spec, !sweep.isEmpty else { return nil }
    let sweep = try sweepOptions.read(sweep)
    let cell: TunedCell
    do {
      cell = try sweep.cell(for: spec, steps: steps)
    } catch let error as InputError where error.kind == .value && error.subject.isEmpty {
      throw InputError.usage("--steps: \(error.problem)", error.hint)
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

  /// Both schedules over their steps; a file brings its own length.
  private func runs(steps: Int?, _ notes: inout Notes) throws -> (TrainingRun, TrainingRun) {
    // Standard input can be read once only.
    let file = try to.spec == nil ? to.run(steps: toSteps) : nil
    var steps = steps
    if steps == nil, from.spec != nil {
      steps = file?.steps ?? Self.defaultSteps
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
    let from = try self.from.run(steps: steps)
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
    let to = try file ?? self.to.run(steps: toSteps ?? from.steps)
    for (run, option) in [(from, "--steps"), (to, toSteps == nil ? "--to" : "--to-steps")]
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
