import Charts
import Schedules

/// The chart of `refine`: the gradient norms and the schedule made of them.
struct RefineChart {
  let chart: Chart

  init(_ schedule: Schedule, norms: [Double], isFiltered: Bool) {
    let largest = norms.max() ?? 1
    chart = Chart(
      title: "A schedule of \(grouped(schedule.steps)) steps from gradient norms",
      x: ChartAxis("step"), y: ChartAxis("relative to the largest", lowest: 0),
      series: [
        ChartSeries(
          isFiltered ? "gradient norm, smoothed" : "gradient norm",
          x: .evenly(first: 1, spacing: 1), .line(norms.map { $0 / largest })),
        ChartSeries("learning rate", schedule, times: 1),
      ])
  }
}
