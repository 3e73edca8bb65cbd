import Charts
import Runs
import Schedules

/// The chart of `bound`: Ω_t over the steps.
struct BoundChart {
  let chart: Chart

  init(_ table: CurveTable, of run: TrainingRun, unit: String?, isChosen: Bool) {
    let steps = table.steps.map(Double.init)
    // The first steps lie far above what is to be compared: what a cooldown gains.
    let lowest = table.bounds.compactMap { $0.min() }.max() ?? 1
    let highest = table.bounds.compactMap { $0.max() }.max() ?? 1
    let cut = isChosen || highest <= 8 * lowest ? nil : 8 * lowest
    chart = Chart(
      title: "\(run.name) over \(grouped(run.steps)) steps: the bound after each",
      x: ChartAxis("step t"),
      y: ChartAxis("Ω_t", unit: unit, spacing: .logarithmic, highest: cut),
      series: zip(table.gammas, table.bounds).map { gamma, bounds in
        ChartSeries(
          "γ = \(significant(gamma))", x: .values(steps),
          isChosen ? .points(bounds) : .line(bounds))
      })
  }
}
