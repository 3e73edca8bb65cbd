import ArgumentParser
import Charts
import Schedules
import Support
import TheoryModel

/// `lrbound model compare`: the usual schedules beside the optimum.
struct ModelCompareCommand: DrawingCommand {
  static let reportName = "model compare"
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

  @Argument(
    help: "Schedules to compare.", completion: .schedules,
    transform: { text in
      guard !text.hasPrefix("@") else {
        throw InputError(problem: "files are not compared", hint: "give a spec")
      }
      return try ScheduleSpec(text)
    })
  var specs: [ScheduleSpec] = []

  @Option(
    required: "Number of optimiser steps, T; up to 200,000.", "t",
    transform: Arguments.steps(most: OptimalModelSchedule.mostSteps))
  var steps: Int

  @OptionGroup var model: ModelOptions
  @OptionGroup var plot: PlotOptions

  func report() throws -> Report<OnModel<ModelCompareBody>> {
    let model = try model.model
    let names = specs.isEmpty ? ModelComparison.shapes : specs.map(\.text)
    let progress = ProgressLine(isWanted: steps > 2000)
    defer { progress.end() }
    let comparison = try ModelComparison(
      of: model, steps: steps, cap: self.model.cap, shapes: names
    ) {
      progress.show("tuning \($0)")
    }
    let best = comparison.rows[0].excess
    let body = ModelCompareBody(
      steps: steps, cap: comparison.optimum.cap, power: comparison.power,
      rows: comparison.rows.map { row in
        .init(
          schedule: row.name, baseLearningRate: row.baseLearningRate, excess: row.excess,
          ratioToOptimal: row.excess / best, atCap: row.isAtCap)
      })
    return Report(
      OnModel(model, body),
      csv: .records(body.rows, "schedule", "base_lr", "excess", "ratio_to_optimal", "at_cap"),
      diagnostics: model.diagnostics, assumptions: modelAssumptions,
      chart: { try body.chart(comparison, names: names) }, text: { body.text(model) })
  }
}

/// What `lrbound model compare` answers.
struct ModelCompareBody: Codable {
  /// One schedule at its best.
  struct Row: Codable {
    let schedule: String
    let baseLearningRate: Double
    let excess: Double
    let ratioToOptimal: Double
    let atCap: Bool
  }

  let steps: Int
  let cap: Double
  let power: Double
  let rows: [Row]

  fileprivate func text(_ model: FeatureModel) -> [TextBlock] {
    let table = rows.map { row in
      [
        row.schedule == "power" ? "t^−\(significant(power, 2))" : row.schedule,
        significant(row.baseLearningRate, 5) + (row.atCap ? " (cap)" : ""),
        significant(row.excess, 6), percent(row.ratioToOptimal - 1),
      ]
    }
    return [
      model.heading("\(grouped(steps)) steps"),
      .table([["schedule", "base LR", "excess", "over the optimum"]] + table),
      .facts([model.phaseRow]),
    ]
  }

  /// The learning rates of the schedules beside the best of all.
  fileprivate func chart(_ comparison: ModelComparison, names: [String]) throws -> Chart {
    let shapes = try rows.filter { names.contains($0.schedule) }.map { row in
      let rate = row.baseLearningRate
      let schedule = try ScheduleSpec(row.schedule).schedule(steps: steps, baseLearningRate: rate)
      return ChartSeries(row.schedule, schedule, times: rate)
    }
    let best = ChartSeries(
      "optimum", x: .evenly(first: 1, spacing: 1), .line(comparison.optimum.learningRates))
    return Chart(
      title: "The best learning rates over \(grouped(steps)) steps", x: ChartAxis("step"),
      y: ChartAxis("learning rate", unit: "1/λ_1", lowest: 0), series: shapes + [best])
  }
}
