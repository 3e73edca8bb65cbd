import Charts
import TheoryModel

/// The chart of `model momentum`: what is left of the loss with momentum and without, over the run's
/// length.
struct ModelMomentumChart {
  let chart: Chart

  init(_ optima: [OptimalMomentum], lengths: [Int]) {
    let x = Abscissae.values(lengths.map(Double.init))
    chart = Chart(
      title: "The best learning rates with and without momentum",
      x: ChartAxis("steps of the run", spacing: .logarithmic),
      y: ChartAxis("excess loss, L − σ²", spacing: .logarithmic),
      series: [
        ChartSeries("plain SGD", x: x, .line(optima.map(\.plainExcess))),
        ChartSeries("with momentum", x: x, .line(optima.map(\.excess))),
      ])
  }
}
