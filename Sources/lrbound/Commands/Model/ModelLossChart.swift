import Charts
import Runs
import Schedules
import TheoryModel

/// The chart of `model loss`: the excess loss along the run.
struct ModelLossChart {
  let chart: Chart

  /// A run is shown until it has this multiple of the loss that it began with.
  private static let mostGrowth = 8.0

  init(_ run: TrainingRun, model: FeatureModel, learningRates: [Double], recursion: Recursion)
    throws
  {
    let losses = try model.losses(learningRates: learningRates, recursion: recursion)
    let ceiling = Self.mostGrowth * model.initialExcess
    let end = losses.firstIndex { !($0.excess <= ceiling) }
    let excess = losses[...(end ?? losses.count - 1)].map { min($0.excess, 1e300) }
    chart = Chart(
      title: "\(run.name) over \(grouped(run.steps)) steps: the loss after each",
      x: ChartAxis("step"),
      y: ChartAxis(
        "excess loss, L − σ²", spacing: .logarithmic,
        highest: end == nil ? nil : ceiling),
      series: [ChartSeries("", x: .evenly(first: 0, spacing: 1), .line(excess))])
  }
}
