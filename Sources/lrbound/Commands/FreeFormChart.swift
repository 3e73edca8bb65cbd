import Charts
import Schedules

/// The chart of `tune --free-form`: the best learning rates of all beside those of the spec.
struct FreeFormChart {
  let chart: Chart

  init(
    _ best: Schedule, peak: Double, beside schedule: Schedule, spec: String, gamma: Double,
    unit: String?
  ) {
    chart = Chart(
      title: "The best of all schedules over \(grouped(best.steps)) steps", x: ChartAxis("step"),
      y: ChartAxis("γη_t", unit: unit, lowest: 0),
      series: [
        ChartSeries(spec, schedule, times: gamma),
        ChartSeries("free form", best, times: peak),
      ])
  }
}
