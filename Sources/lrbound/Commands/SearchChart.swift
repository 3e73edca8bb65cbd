import Charts
import Search
import Tuning

/// The chart of `search`: the best shape of each family at its base learning rate.
struct SearchChart {
  let chart: Chart

  init(_ shapes: [ScoredShape], truth: KnownOptimum?) {
    let best = truth.map { truth in
      ChartSeries(
        "best of all schedules", x: .evenly(first: 1, spacing: 1), .line(truth.learningRates))
    }
    chart = Chart(
      title: "The best shape of each family", x: ChartAxis("step"),
      y: ChartAxis("learning rate", lowest: 0),
      series: shapes.map { shape in
        ChartSeries(
          shape.candidate.family.rawValue, shape.candidate.schedule, times: shape.baseLearningRate)
      } + (best.map { [$0] } ?? []))
  }
}
