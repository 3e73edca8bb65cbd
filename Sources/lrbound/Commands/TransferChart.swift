import Charts
import Schedules
import Transfer

/// The chart of `transfer`: the learning rates of source and target over their steps, and the target's
/// interval.
struct TransferChart {
  let chart: Chart

  init(_ answer: TransferAnswer) throws {
    let fromRate = answer.from.baseLearningRate ?? 1
    let toRate = answer.to.baseLearningRate ?? answer.ratio
    let interval = answer.interval ?? answer.ratioInterval
    let from = try answer.from.run.schedule(baseLearningRate: answer.from.baseLearningRate)
    let to = try answer.to.run.schedule(baseLearningRate: answer.to.baseLearningRate)
    func name(_ end: TransferAnswer.End, _ role: String) -> String {
      "\(role): \(end.run.name), \(grouped(end.run.steps)) steps"
    }
    chart = Chart(
      title: "From \(answer.from.run.name) to \(answer.to.run.name)",
      x: ChartAxis("step"),
      y: ChartAxis(
        answer.from.baseLearningRate == nil
          ? "learning rate / the source's base one" : "learning rate", lowest: 0),
      series: [
        ChartSeries(name(answer.from, "source"), from, times: fromRate),
        ChartSeries(name(answer.to, "target"), to, times: toRate),
        ChartSeries("the target's interval", to, between: interval),
      ])
  }
}
