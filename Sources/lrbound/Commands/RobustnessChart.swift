import Charts

/// The chart of `robustness`: what each schedule loses as the base learning rate grows.
struct RobustnessChart {
  let chart: Chart

  init(_ curves: [(name: String, ratios: [Double])], factors: [Double], label: String) {
    chart = Chart(
      title: "What a base learning rate that is off by ρ costs",
      x: ChartAxis("ρ = γ/γ*", spacing: .logarithmic),
      y: ChartAxis(label, spacing: .logarithmic),
      series: curves.map { ChartSeries($0.name, x: .values(factors), .line($0.ratios)) })
  }
}
