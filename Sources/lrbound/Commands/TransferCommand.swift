import ArgumentParser
import Bound
import Runs
import Schedules
import Transfer

/// `lrbound transfer`: the base learning rate for another schedule or horizon.
struct TransferCommand: ParsableCommand {
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
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The schedule that was tuned.", valueName: "spec"), completion: .schedules)
  var from: String

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The schedule that is wanted.", valueName: "spec"), completion: .schedules)
  var to: String

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The base learning rate tuned for the source.", valueName: "lr"))
  var lr: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Number of optimiser steps of the source; 10,000 without it, where no sweep tells.",
      valueName: "t"))
  var steps: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of steps of the target; the source's without it.", valueName: "t"))
  var toSteps: String?

  @Option(
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Your runs of the source, from which its tuned LR is read: a table, a log or a folder of logs; may be given again.",
      valueName: "csv|log"),
    completion: .file())
  var sweep: [String] = []

  @OptionGroup var sweepOptions: SweepOptions
  @OptionGroup var ruleOptions: RuleOptions
  @OptionGroup var crossCheck: CrossCheckOptions
  @OptionGroup var norms: GradientNormOption
  @OptionGroup var exportOptions: ExportOptions
  @OptionGroup var plot: PlotOptions

  func run() throws {
    try exportOptions.check(plot)
    let tasks = try crossCheck.parsedTasks(for: plot.output)
    let transfer = try TransferSetup(self)
    let answer = try transfer.question.answer()
    let model = try tasks.map { tasks in
      CrossCheckReport(
        try answer.crossCheck(tasks: tasks), boundRatio: answer.boundRatio,
        answerRatio: answer.ratio, isExplained: crossCheck.explain)
    }
    let report = Report(
      command: "transfer", text: text(of: answer, sweep: transfer.sweep, model: model),
      json: json(of: answer, sweep: transfer.sweep, model: model),
      csv: csv(of: answer, model: model),
      diagnostics: transfer.diagnostics + answer.diagnostics + (model?.diagnostics ?? []),
      assumptions: transfer.assumptions + answer.assumptions)
    try exportOptions.print(report, plot: plot) {
      let (run, rate) = (answer.to.run, answer.to.baseLearningRate)
      return (try run.schedule(baseLearningRate: rate), run.name, rate)
    } chart: {
      try TransferChart(answer).chart
    }
  }

  // MARK: - Printing

  private func text(
    of answer: TransferAnswer, sweep: (path: String, cell: TunedCell)?, model: CrossCheckReport?
  ) -> [String] {
    var lines = [
      "\(answer.from.run.name) at \(grouped(answer.from.run.steps)) steps → "
        + "\(answer.to.run.name) at \(grouped(answer.to.run.steps)) steps", "",
    ]
    var rows: [[String]] = []
    if let cell = sweep?.cell {
      let optimum = cell.optimum
      rows.append([
        "source",
        "\(significant(optimum.baseLearningRate)) from \(cell.cell.points.count) swept LRs, "
          + "\(significant(optimum.interval.lowerBound, 3)) … \(significant(optimum.interval.upperBound, 3))",
      ])
    }
    if let from = answer.from.baseLearningRate, let to = answer.to.baseLearningRate,
      let interval = answer.interval, let grid = answer.grid,
      let bound = answer.boundBaseLearningRate
    {
      rows += [
        [
          "base LR", "\(significant(to))  = \(significant(from)) × \(significant(answer.ratio, 5))",
        ],
        [
          "interval",
          "\(significant(interval.lowerBound, 3)) … \(significant(interval.upperBound, 3))",
        ],
        ["try", grid.map { significant($0, 3) }.joined(separator: "  ")],
        ["plain bound", "\(significant(bound))  ratio \(significant(answer.boundRatio, 5))"],
      ]
      if let standard = answer.standardBaseLearningRate, let ratio = answer.standardRatio {
        rows.append(["default", "\(significant(standard))  ratio \(significant(ratio, 5))"])
      }
    } else {
      let interval = answer.ratioInterval
      rows += [
        ["ratio", significant(answer.ratio, 5)],
        [
          "interval",
          "\(significant(interval.lowerBound, 3)) … \(significant(interval.upperBound, 3))",
        ],
        ["plain bound", "ratio \(significant(answer.boundRatio, 5))"],
      ]
      if let ratio = answer.standardRatio {
        rows.append(["default", "ratio \(significant(ratio, 5))"])
      }
    }
    rows.append(["rule", answer.rule.text])
    rows += model?.rows ?? []
    lines += columns(rows)
    return lines
  }

  private func json(
    of answer: TransferAnswer, sweep: (path: String, cell: TunedCell)?, model: CrossCheckReport?
  ) -> [String: JSONValue] {
    func end(_ end: TransferAnswer.End) -> JSONValue {
      var members = end.run.json
      members["base_lr"] = .optional(end.baseLearningRate)
      return .object(members)
    }
    func pair(_ range: ClosedRange<Double>) -> JSONValue {
      .array([.number(range.lowerBound), .number(range.upperBound)])
    }
    var bound: [String: JSONValue] = ["ratio": .number(answer.boundRatio)]
    bound["base_lr"] = .optional(answer.boundBaseLearningRate)
    var members: [String: JSONValue] = [
      "from": end(answer.from), "to": end(answer.to), "ratio": .number(answer.ratio),
      "ratio_interval": pair(answer.ratioInterval), "bound": .object(bound),
      "rule": answer.rule.json,
    ]
    if let ratio = answer.standardRatio {
      var standard: [String: JSONValue] = ["ratio": .number(ratio)]
      standard["base_lr"] = .optional(answer.standardBaseLearningRate)
      members["default"] = .object(standard)
    }
    members["base_lr"] = .optional(answer.to.baseLearningRate)
    members["interval"] = answer.interval.map(pair)
    members["grid"] = answer.grid.map { .array($0.map { .number($0) }) }
    members["theory_model"] = model?.json
    members["sweep"] = sweep.map { path, cell in
      .object(cell.json.merging(["file": .string(path)]) { own, _ in own })
    }
    return members
  }

  private func csv(of answer: TransferAnswer, model: CrossCheckReport?) -> [[String]] {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    return [
      [
        "from", "from_steps", "from_base_lr", "to", "to_steps", "ratio", "ratio_low",
        "ratio_high", "base_lr", "interval_low", "interval_high", "bound_ratio", "bound_base_lr",
      ] + CrossCheckReport.csvHeader,
      [
        answer.from.run.name, "\(answer.from.run.steps)", text(answer.from.baseLearningRate),
        answer.to.run.name, "\(answer.to.run.steps)", text(answer.ratio),
        text(answer.ratioInterval.lowerBound), text(answer.ratioInterval.upperBound),
        text(answer.to.baseLearningRate), text(answer.interval?.lowerBound),
        text(answer.interval?.upperBound), text(answer.boundRatio),
        text(answer.boundBaseLearningRate),
      ] + (model?.csv ?? CrossCheckReport.csvHeader.map { _ in "" }),
    ]
  }
}
