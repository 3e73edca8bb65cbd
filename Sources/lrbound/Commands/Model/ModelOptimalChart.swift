import Charts

/// The chart of `model optimal`: the best learning rates over the steps.
struct ModelOptimalChart {
  let chart: Chart

  init(_ rates: [Double], cap: Double) {
    chart = Chart(
      title: "The best schedule over \(grouped(rates.count)) steps", x: ChartAxis("step"),
      y: ChartAxis("learning rate", unit: "1/λ_1", lowest: 0),
      series: [ChartSeries("learning rate", x: .evenly(first: 1, spacing: 1), .line(rates))],
      references: [ChartReference("cap", at: .horizontal(cap))])
  }
}
