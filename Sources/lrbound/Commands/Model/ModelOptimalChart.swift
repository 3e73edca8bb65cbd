import Charts

/// The chart of `model optimal`: the best learning rates over the steps.
struct ModelOptimalChart {
  let chart: Chart

  init(_ rates: [Double], cap: Double) {
    // A cap far above would leave the learning rates no room.
    let isNear = (rates.max() ?? 0) > cap / 2
    chart = Chart(
      title: "The best schedule over \(grouped(rates.count)) steps", x: ChartAxis("step"),
      y: ChartAxis("learning rate", unit: "1/λ_1", lowest: 0),
      series: [ChartSeries("learning rate", x: .evenly(first: 1, spacing: 1), .line(rates))],
      references: isNear ? [ChartReference("cap", at: .horizontal(cap))] : [])
  }
}
