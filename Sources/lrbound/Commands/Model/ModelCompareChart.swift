import Charts
import Schedules
import TheoryModel

/// The chart of `model compare`: the learning rates of the schedules beside the best of all.
struct ModelCompareChart {
  let chart: Chart

  init(_ comparison: ModelComparison, specs: [String]) throws {
    let steps = comparison.optimum.learningRates.count
    let shapes = try comparison.rows.filter { specs.contains($0.name) }.map { row in
      let schedule = try ScheduleSpec(row.name)
        .schedule(steps: steps, baseLearningRate: row.baseLearningRate)
      return ChartSeries(row.name, schedule, times: row.baseLearningRate)
    }
    let best = ChartSeries(
      "optimum", x: .evenly(first: 1, spacing: 1), .line(comparison.optimum.learningRates))
    chart = Chart(
      title: "The best learning rates over \(grouped(steps)) steps", x: ChartAxis("step"),
      y: ChartAxis("learning rate", unit: "1/λ_1", lowest: 0), series: shapes + [best])
  }
}
