import ArgumentParser
import Runs
import Schedules
import Support

/// `lrbound log`: training logs of any kind as one CSV table.
struct LogCommand: ReportingCommand {
  static let reportName = "log"
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Read training logs of any kind and write them as CSV.",
    discussion: """
        lrbound log trainer_state.json > run.csv
        lrbound log wandb/offline-run-*/*.wandb --loss-col train/ce
        lrbound log runs/*.json --json
        lrbound log run.csv --schedule wsd20:warmup=300 --steps 50000 --lr 1e-3

      Reads CSV, TSV, JSON and JSON lines, Hugging Face's trainer_state.json, TensorBoard event files (or \
      their folder), .wandb files of offline runs, Megatron's output, Lightning's metrics.csv, runs of \
      MLflow's file store (the folder) and the JSON of epfml/schedules-and-scaling. Rows are sorted; \
      where a step is logged twice the later row counts; NaN losses are kept, since they show that the run \
      diverged. Repairs are reported on stderr and by --json, \
      which also has the batch in tokens where the run's configuration states it. A file may hold up to 2 GiB.

      With several parameter groups the first learning rate is used if they differ only by a constant factor; \
      otherwise choose one with --lr-col. Logged gradient norms are usually ℓ2 norms before clipping. A \
      training loss is the mean since the previous row, or that of one batch. Many \
      trainers log the next step's learning rate: with --schedule this is detected, and the lr column holds what each \
      step used.
      """)

  @Argument(help: "The logs: files or folders, - for standard input.", completion: .file())
  var logs: [String]

  @OptionGroup var reading: LogColumnOptions

  @Option("Column of the gradient norm.", "name")
  var gradNormCol: String?

  @Option(
    "The schedule of the runs; with --steps and --lr.", "spec", completion: .schedules,
    transform: Arguments.schedule)
  var schedule: ScheduleArgument?

  @Option("Number of optimiser steps, T.", "t", transform: Arguments.steps)
  var steps: Int?

  @Option("Base learning rate of the runs.", "lr", transform: Arguments.learningRate)
  var lr: Double?

  @Option(
    "Whether logged LRs are those of their step (applied) or of the next (next); auto, the default, compares with --schedule.",
    "when", completion: .list(LoggedRateTiming.allCases.map(\.rawValue)),
    transform: Arguments.choice)
  var lrAt: LoggedRateTiming?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    if schedule == nil, let option = steps != nil ? "--steps" : lr != nil ? "--lr" : nil {
      throw InputError.usage("\(option): nothing to compare with", "add --schedule")
    }
  }

  func report() throws -> Report<LogBody> {
    let plan = try schedule.map {
      try PlannedRun($0, RunLength(steps: steps), baseLearningRate: lr)
    }
    var options = reading.options
    options.columns[.gradientNorm] = gradNormCol
    let progress = ProgressLine(isWanted: logs.count > 1)
    defer { progress.end() }
    let read = try logs.enumerated().map { index, path in
      progress.show("log \(index + 1) of \(logs.count)")
      let log = try RunLog(contentsOf: path, options: options)
      guard let plan else { return try lrAt?.timing.map { try log.timed($0) } ?? log }
      guard log.learningRate != nil else { throw log.lackingLearningRate }
      return try log.aligned(
        with: plan.schedule, baseLearningRate: plan.baseLearningRate, timing: lrAt?.timing)
    }
    return LogBody.report(read)
  }

  func run() throws {
    let report = try report()
    try print(report)
    guard output.format != .json else { return }
    for log in report.body.runs {
      for repair in log.mended { printError("\(shownPath(log.file)): \(repair.message)") }
    }
  }
}

/// The schedule, number of steps and base learning rate that runs are said to follow.
struct PlannedRun {
  let run: TrainingRun
  let schedule: Schedule

  /// γ; a file that does not hold multipliers brings its own.
  let baseLearningRate: Double

  init(_ schedule: ScheduleArgument, _ length: RunLength, baseLearningRate: Double?) throws {
    run = try schedule.run(length)
    guard let rate = baseLearningRate ?? run.givenBaseLearningRate else {
      throw InputError.usage("--schedule: the base learning rate is not known", "add --lr")
    }
    self.baseLearningRate = rate
    self.schedule = try run.schedule(baseLearningRate: rate)
  }
}
