import Charts
import Runs

/// The chart of `model transfer`: both schedules at their best, and the target by the bound's ratio.
struct ModelTransferChart {
  let chart: Chart

  init(
    from source: (run: ScheduledRun, rate: Double), to target: (run: ScheduledRun, rate: Double),
    boundRatio: Double
  ) throws {
    let shape = try target.run.schedule()
    func name(_ run: ScheduledRun) -> String { "\(run.spec.text), \(grouped(run.steps)) steps" }
    chart = Chart(
      title: "Learning rates tuned in the model", x: ChartAxis("step"),
      y: ChartAxis("learning rate", unit: "1/λ_1", lowest: 0),
      series: [
        ChartSeries(
          "source: \(name(source.run))", try source.run.schedule(), times: source.rate),
        ChartSeries("target: \(name(target.run))", shape, times: target.rate),
        ChartSeries("target by the bound's ratio", shape, times: boundRatio * source.rate),
      ])
  }
}
