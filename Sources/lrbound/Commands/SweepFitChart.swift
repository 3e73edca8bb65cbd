import Charts
import Runs
import Transfer

/// The chart of `fit SWEEP`: the final losses over the swept base learning rates, cell by cell.
struct SweepFitChart {
  let chart: Chart

  /// With more cells than this, the lines that mark the optima would hide the losses.
  private static let mostMarked = 3

  init(_ cells: [TunedCell]) {
    func name(_ cell: SweepCell) -> String {
      "\(cell.spec.canonical), \(grouped(cell.steps)) steps"
    }
    let marked = cells.count <= Self.mostMarked ? cells : []
    chart = Chart(
      title: "Final losses of the sweep",
      x: ChartAxis("base learning rate", spacing: .logarithmic),
      y: ChartAxis("final loss", unit: "nats"),
      series: cells.map { tuned in
        ChartSeries(
          name(tuned.cell), x: .values(tuned.cell.points.map(\.baseLearningRate)),
          .line(tuned.cell.points.map(\.loss)))
      },
      references: marked.map { tuned in
        ChartReference(
          "γ* of \(name(tuned.cell))", at: .vertical(tuned.optimum.baseLearningRate))
      })
  }
}
