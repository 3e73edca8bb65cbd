import Charts
import TheoryModel

/// The chart of `model batch`: the batches over the steps, at each constant learning rate.
struct ModelBatchChart {
  let chart: Chart

  init(_ ramps: [BatchRamp]) {
    chart = Chart(
      title: "Growing batches at constant learning rates",
      x: ChartAxis("step"), y: ChartAxis("batch", unit: "examples", spacing: .logarithmic),
      series: ramps.map { ramp in
        ChartSeries(
          "η = \(significant(ramp.learningRate))", x: .evenly(first: 1, spacing: 1),
          .line(ramp.batches))
      })
  }
}
