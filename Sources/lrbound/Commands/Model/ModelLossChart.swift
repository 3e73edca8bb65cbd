import Charts
import Runs
import TheoryModel

/// The chart of `model loss`: the excess loss along the run.
struct ModelLossChart {
  let chart: Chart

  /// A run that diverges is shown up to this multiple of the loss that it began with.
  private static let mostGrowth = 8.0

  init(_ run: ScheduledRun, model: FeatureModel, learningRates: [Double], recursion: Recursion)
    throws
  {
    let excess = try model.losses(learningRates: learningRates, recursion: recursion)
      .map(\.excess)
    let ceiling = Self.mostGrowth * model.initialExcess
    chart = Chart(
      title: "\(run.spec.text) over \(grouped(run.steps)) steps: the loss after each",
      x: ChartAxis("step"),
      y: ChartAxis(
        "excess loss, L − σ²", spacing: .logarithmic,
        highest: excess.contains { !($0 <= ceiling) } ? ceiling : nil),
      series: [ChartSeries("", x: .evenly(first: 0, spacing: 1), .line(excess))])
  }
}
