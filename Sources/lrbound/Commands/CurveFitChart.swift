import Charts
import Runs
import Transfer

/// The chart of `fit --curves`: a measured loss curve, and what each law makes of it.
struct CurveFitChart {
  let chart: Chart

  init(_ curve: LossCurve, name: String, fits: [CurveFit]) {
    // The fall at the beginning would leave the laws' differences no room.
    let start = curve.losses.count / 10
    let highest = curve.losses[start...].max()
    let x = Abscissae.values(curve.steps.map(Double.init))
    chart = Chart(
      title: "The losses of \(name), and three laws", x: ChartAxis("step"),
      y: ChartAxis("loss", unit: "nats", highest: highest),
      series: [ChartSeries("measured", x: x, .points(curve.losses))]
        + fits.map { ChartSeries($0.law.rawValue, x: x, .line($0.losses(of: curve))) })
  }
}
