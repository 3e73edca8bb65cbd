import Charts
import Schedules

/// The chart of `schedule`: its multipliers, or learning rates, over the steps.
struct ScheduleChart {
  let chart: Chart

  init(_ schedule: Schedule, title: String, baseLearningRate: Double?) {
    chart = Chart(
      title: "\(title) over \(grouped(schedule.steps)) steps", x: ChartAxis("step"),
      y: ChartAxis(
        baseLearningRate == nil ? "multiplier of the base learning rate" : "learning rate",
        lowest: 0),
      series: [ChartSeries("", schedule, times: baseLearningRate ?? 1)])
  }
}
