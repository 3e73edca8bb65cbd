import Runs
import Support
import Transfer

/// The measured optima that `evaluate` compares, and what is to be said of their files.
struct EvaluatedCells {
  let cells: [MeasuredOptimum]

  /// The columns in which models differ.
  let modelColumns: [String]

  /// How the regret of a prediction is taken.
  let regretTitle: String

  let diagnostics: [Diagnostic]
  let assumptions: [String]

  /// Takes the cells of a sweep that show an optimum.
  init(_ sweep: TunedSweep) throws {
    cells = try sweep.cells.map(MeasuredOptimum.init)
    modelColumns = []
    regretTitle = "nearest LR"
    diagnostics = sweep.diagnostics
    assumptions = [
      sweep.noiseAssumption,
      "the measured optimum is the mean of three fitted forms, weighted by their evidence",
    ]
  }

  /// Takes the rows of a table.
  init(_ table: TunedRateTable) throws {
    cells = try table.rows.map(MeasuredOptimum.init)
    modelColumns = table.modelColumns
    regretTitle = "regret"
    let lone = Dictionary(grouping: table.rows, by: \.model).values.count { $0.count == 1 }
    diagnostics =
      table.diagnostics
      + (lone == 0
        ? []
        : [
          Diagnostic(
            code: "lone-cell",
            message: "models with one row, which is compared with nothing: \(lone)")
        ])
    var assumptions: [String] = []
    if table.isShapeAssumed {
      assumptions.append(
        "no schedule is named, so all runs have one shape, which anneals to about zero")
    }
    if table.modelColumns.isEmpty { assumptions.append("all rows are of one model") }
    let bare = table.rows.count { $0.logDeviation == nil }
    if bare > 0 {
      assumptions.append(
        "without log_sd (\(bare) rows) a tuned learning rate has a standard deviation of 0.21 in ln LR"
      )
    }
    let flat = table.rows.count { $0.curvature == nil }
    if flat > 0 {
      assumptions.append(
        flat == table.rows.count
          ? "without a curvature there are no regrets"
          : "regrets are means over the targets with a curvature (all but \(flat))")
    }
    if flat < table.rows.count {
      assumptions.append("regret = curvature · Δ² in ln LR, at most 0.15 nats")
    }
    self.assumptions = assumptions
  }
}
