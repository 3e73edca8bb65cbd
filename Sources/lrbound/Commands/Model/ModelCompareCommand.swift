import ArgumentParser
import Runs
import Schedules
import Support
import TheoryModel

/// `lrbound model compare`: the usual schedules beside the optimum.
struct ModelCompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "The usual schedules at their best base learning rates, beside the optimum.",
    discussion: """
        lrbound model compare --steps 1024
        lrbound model compare wsd10 wsd40:decay=1-sqrt cosine:min=0.1 --steps 4096 \\
          --task 2,4,1 --cap 0.5

      Without specs these are constant, linear, cosine and wsd20. The optimum and the best power law t^−χ \
      are always there.
      """)

  @Argument(help: "Schedules to compare.", completion: .schedules)
  var specs: [String] = ModelComparison.shapes

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of optimiser steps, T; up to 200,000.", valueName: "t"))
  var steps: String

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func run() throws {
    let model = try model.parsed()
    let cap = try self.model.parsedCap()
    let count = try Arguments.steps(steps, "--steps", most: OptimalModelSchedule.mostSteps)
    for spec in specs {
      guard case .spec = try Arguments.schedule(spec, "SPEC") else {
        throw UsageError("SPEC '\(printable(spec))': files are not compared; give a spec")
      }
    }
    let progress = ProgressLine(isWanted: count > 2000)
    let comparison = try ModelComparison(of: model, steps: count, cap: cap, shapes: specs) {
      progress.show("tuning \($0)")
    }
    progress.end()

    let best = comparison.rows[0].excess
    var table = [["schedule", "base LR", "excess", "over the optimum"]]
    var csv = [["schedule", "base_lr", "excess", "ratio_to_optimal", "at_cap"]]
    var jsonRows: [JSONValue] = []
    for row in comparison.rows {
      let ratio = row.excess / best
      let name = row.name == "power" ? "t^−\(significant(comparison.power, 2))" : row.name
      table.append([
        name, significant(row.baseLearningRate, 5) + (row.isAtCap ? " (cap)" : ""),
        significant(row.excess, 6), "\(significant((ratio - 1) * 100, 3)) %",
      ])
      csv.append([
        row.name, "\(row.baseLearningRate)", "\(row.excess)", "\(ratio)", "\(row.isAtCap)",
      ])
      jsonRows.append(
        .object([
          "schedule": .string(row.name), "base_lr": .number(row.baseLearningRate),
          "excess": .number(row.excess), "ratio_to_optimal": .number(ratio),
          "at_cap": .boolean(row.isAtCap),
        ]))
    }
    var json = ModelReport.json(model)
    json["steps"] = .integer(count)
    json["cap"] = .number(comparison.optimum.cap)
    json["power"] = .number(comparison.power)
    json["rows"] = .array(jsonRows)
    let report = Report(
      command: "model compare",
      text: [ModelReport.heading("\(grouped(count)) steps", model), ""] + columns(table) + [""]
        + columns([ModelReport.phaseRow(model)]),
      json: json, csv: csv, diagnostics: ModelReport.diagnostics(model),
      assumptions: ModelReport.assumptions)
    try plot.print(report) { try ModelCompareChart(comparison, specs: specs).chart }
  }
}
