import Charts
import Runs

/// The chart of `robustness`: what each schedule loses as the base learning rate grows.
struct RobustnessChart {
  let chart: Chart

  init(_ runs: [ScheduledRun], factors: [Double], ratios: [[Double]]) {
    chart = Chart(
      title: "What a base learning rate that is off by ρ costs",
      x: ChartAxis("ρ = γ/γ*", spacing: .logarithmic),
      y: ChartAxis("Ω(ργ*)/Ω*", spacing: .logarithmic),
      series: zip(runs, ratios).map { run, ratios in
        ChartSeries(run.spec.text, x: .values(factors), .line(ratios))
      })
  }
}
