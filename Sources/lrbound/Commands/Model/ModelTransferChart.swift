import Charts
import Runs
import Schedules

/// The chart of `model transfer`: both schedules at their best, and the target by the bound's ratio.
struct ModelTransferChart {
  let chart: Chart

  init(
    from source: (run: TrainingRun, rate: Double), to target: (run: TrainingRun, rate: Double),
    boundRatio: Double
  ) throws {
    let shape = try target.run.schedule()
    func name(_ run: TrainingRun) -> String { "\(run.name), \(grouped(run.steps)) steps" }
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
