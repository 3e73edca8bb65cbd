import Charts
import TheoryModel

/// The chart of `model scaling`: the least excess loss for each amount of compute.
struct ModelScalingChart {
  let chart: Chart

  init(_ optima: [ComputeOptimum], compute: [Double]) {
    chart = Chart(
      title: "The best split of compute between features and steps",
      x: ChartAxis("compute, features × steps", spacing: .logarithmic),
      y: ChartAxis("excess loss, L − σ²", spacing: .logarithmic),
      series: [ChartSeries("", x: .values(compute), .line(optima.map(\.excess)))])
  }
}
