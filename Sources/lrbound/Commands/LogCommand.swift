import ArgumentParser
import Runs
import Schedules
import Support

/// `lrbound log`: training logs of any kind as one CSV table.
struct LogCommand: ParsableCommand {
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
      MLflow's file store (the folder) and the JSON of epfml/schedules-and-scaling. Rows are sorted, of \
      a step logged twice the later row counts, NaN losses are kept: the run diverged. What was mended is \
      said on stderr, and by --json. A file may hold up to 2 GiB.

      Of the learning rates of several parameter groups the first is taken where they agree but for a \
      factor, else choose one with --lr-col. Logged gradient norms are ℓ2 norms \
      before clipping as a rule. A training loss is the mean since the row before, or of one batch. Many \
      trainers log the learning rate of the step to come: with --schedule this is detected, and the \
      lr column is what each step took.
      """)

  @Argument(help: "The logs: files or folders, - for standard input.", completion: .file())
  var logs: [String]

  @OptionGroup var reading: LogOptionGroup

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Column of the gradient norm.", valueName: "name"))
  var gradNormCol: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The schedule of the runs; with --steps and --lr.", valueName: "spec"),
    completion: .schedules)
  var schedule: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of optimiser steps, T.", valueName: "t"))
  var steps: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Base learning rate of the runs.", valueName: "lr"))
  var lr: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Whether logged LRs are those of their step (applied) or of the next (next); auto compares with --schedule.",
      valueName: "when"),
    completion: .list(["auto", "applied", "next"]))
  var lrAt = "auto"

  @OptionGroup var output: OutputOptions

  func run() throws {
    let timing = try Arguments.timing(lrAt, "--lr-at")
    let plan = try parsedPlan()
    var options = try reading.parsed()
    options.columns[.gradientNorm] = gradNormCol
    let progress = ProgressLine(isWanted: logs.count > 1)
    var read: [RunLog] = []
    for (index, path) in logs.enumerated() {
      progress.show("log \(index + 1) of \(logs.count)")
      let log = try RunLog(contentsOf: path, options: options)
      if let plan {
        guard log.learningRate != nil else { throw log.lackingLearningRate }
        read.append(
          try log.aligned(
            with: plan.schedule, baseLearningRate: plan.baseLearningRate, timing: timing))
      } else {
        read.append(try timing.map { try log.timed($0) } ?? log)
      }
    }
    progress.end()
    if output.format == .json {
      let report = Report(
        command: "log", text: [], json: ["runs": .array(read.map { .object($0.json) })], csv: [],
        diagnostics: read.flatMap(\.diagnostics))
      try report.print(as: .json)
      return
    }
    try LogCSV(of: read).print()
    for log in read {
      for mend in log.mended { printError("\(shownPath(log.path)): \(mend.message)") }
      for diagnostic in log.diagnostics { printError("warning: \(diagnostic.message)") }
    }
  }

  /// The schedule that the runs are said to have followed; nil where none is given.
  private func parsedPlan() throws -> PlannedRun? {
    guard let schedule else {
      if let option = steps != nil ? "--steps" : lr != nil ? "--lr" : nil {
        throw UsageError("\(option): nothing to compare with; add --schedule")
      }
      return nil
    }
    return try PlannedRun(schedule: schedule, steps: steps, lr: lr)
  }
}

extension RunLog {
  /// What a report says of a log.
  fileprivate var json: [String: JSONValue] {
    let steps = steps
    let names = columns.map { ($0.key.rawValue, JSONValue.string($0.value)) }
    var members: [String: JSONValue] = [
      "file": .string(path), "format": .string(format.rawValue), "rows": .integer(steps.count),
      "columns": .object(Dictionary(uniqueKeysWithValues: names)),
      "mended": .array(
        mended.map { mend in
          .object([
            "code": .string(mend.kind.rawValue), "count": .integer(mend.count),
            "columns": .array(mend.columns.map { .string($0) }), "message": .string(mend.message),
          ])
        }),
    ]
    if let first = steps.first, let last = steps.last {
      members["first_step"] = .integer(first)
      members["last_step"] = .integer(last)
    }
    if let learningRateTiming { members["lr_at"] = .string(learningRateTiming.rawValue) }
    if let finalLoss, let finalLossQuantity {
      members["diverged"] = .boolean(!finalLoss.isFinite)
      if finalLoss.isFinite {
        members["final_loss"] = .object([
          "value": .number(finalLoss), "column": .string(finalLossQuantity.rawValue),
        ])
      }
    }
    return members
  }
}
