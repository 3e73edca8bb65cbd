import Bound
import Charts
import Schedules
import Search
import Support

/// What `lrbound robustness` answers.
struct RobustnessBody: Codable {
  /// One schedule at one factor; with a workload the ratio is measured.
  struct Row: Codable {
    let spec: String
    let rho: Double
    var ratio: Double?
    var boundRatio: Double?
    var excess: Double?
    var gridMean: Double?
    var gridWorst: Double?
  }

  /// How one schedule's ratio grows.
  struct Exponent: Codable {
    let spec: String
    var exponent: Double?
    var baseLearningRate: Double?
    var boundExponent: Double?
  }

  let rows: [Row]
  let exponents: [Exponent]
  var workload: String?

  /// By the bound with restarts.
  static func report(_ runs: [TrainingRun], factors: [Double]) throws -> Report<RobustnessBody> {
    let bounds = try runs.map { try RestartBound(of: $0.schedule()) }
    let ratios = bounds.map { bound in factors.map { bound.ratio(at: $0) } }
    let body = RobustnessBody(
      rows: zip(runs, ratios).flatMap { run, values in
        zip(factors, values).map { Row(spec: run.name, rho: $0, ratio: $1) }
      },
      exponents: zip(runs, bounds).map { Exponent(spec: $0.name, exponent: $1.exponent) })
    return Report(
      body, csv: .records(body.rows, "spec", "rho", "ratio"),
      assumptions: [
        "f is convex on a bounded domain, stochastic gradients have norms of at most G, SGD without momentum"
      ],
      chart: {
        chart(zip(runs, ratios).map { ($0.name, $1) }, factors: factors, label: "Ω(ργ*)/Ω*")
      },
      text: {
        let lengths = Set(runs.map(\.steps)).sorted().map(grouped).joined(separator: ", ")
        let table = factors.indices.map { index in
          [significant(factors[index])] + ratios.map { significant($0[index], 5) }
        }
        return [
          .lines(["Ω(ργ*)/Ω* with restarts, over \(lengths) steps"]),
          .table(
            [["ρ"] + runs.map(\.name)] + table
              + [["exponent"] + bounds.map { $0.exponent.map { significant($0, 4) } ?? "-" }]),
        ]
      })
  }

  /// By training on grids that are ever coarser.
  static func report(
    _ runs: [TrainingRun], measured: [MeasuredRobustness], on workload: String, factors: [Double]
  ) -> Report<RobustnessBody> {
    let pairs = Array(zip(runs, measured))
    let body = RobustnessBody(
      rows: pairs.flatMap { run, robustness in
        factors.map { factor in
          let ratio = robustness.ratio(at: factor)
          let cost = robustness.costOfTuning(gridRatio: factor)
          return Row(
            spec: run.name, rho: factor, ratio: ratio,
            boundRatio: robustness.bound.ratio(at: factor),
            excess: ratio.map { $0 * robustness.bestExcess }, gridMean: cost?.mean,
            gridWorst: cost?.worst)
        }
      },
      exponents: pairs.map { run, robustness in
        Exponent(
          spec: run.name, exponent: robustness.exponent,
          baseLearningRate: robustness.bestBaseLearningRate,
          boundExponent: robustness.bound.exponent)
      }, workload: workload)
    return Report(
      body,
      csv: .records(
        body.rows, "spec", "rho", "excess", "ratio", "bound_ratio", "grid_mean", "grid_worst"),
      diagnostics: pairs.filter { !$0.1.isInside }.map { run, _ in
        Diagnostic(
          code: "grid-edge",
          message: "the best base learning rate of \(run.name) lies at the edge of the grid")
      },
      assumptions: [
        "medians over seeds; the loss is that of the last iterate on all points",
        "the bound is for the worst convex function of a bounded domain; a smooth one can be more sensitive, relative to a best that is lower",
      ],
      chart: {
        let curves = pairs.flatMap { run, robustness in
          [
            (name: run.name, ratios: factors.map { robustness.ratio(at: $0) ?? .nan }),
            (name: "\(run.name), bound", ratios: factors.map { robustness.bound.ratio(at: $0) }),
          ]
        }
        return chart(curves, factors: factors, label: "cost relative to that at γ*")
      }, text: { body.measuredText })
  }

  private var measuredText: [TextBlock] {
    func cell(_ value: Double?, _ digits: Int = 4) -> String {
      value.map { significant($0, digits) } ?? "-"
    }
    let best = exponents.reduce(into: [:]) { $0[$1.spec] = $1.baseLearningRate }
    return [
      .lines([workload ?? ""]),
      .lines([
        "  loss: above the least of all weights, at γ = ρ times the best; ratio: to that at the best γ",
        "  grid of ρ: the best point of a grid of that ratio, relative to the best γ",
      ]),
      .table(
        [["schedule", "best γ", "ρ", "loss", "ratio", "bound", "grid of ρ: mean", "worst"]]
          + rows.map { row in
            [
              row.spec, cell(best[row.spec], 3), significant(row.rho), cell(row.excess),
              cell(row.ratio), cell(row.boundRatio), cell(row.gridMean), cell(row.gridWorst),
            ]
          }),
      .facts(
        exponents.map {
          [$0.spec, "exponent \(cell($0.exponent, 3))", "bound \(cell($0.boundExponent, 3))"]
        }),
    ]
  }

  /// What each schedule loses as the base learning rate grows.
  private static func chart(
    _ curves: [(name: String, ratios: [Double])], factors: [Double], label: String
  ) -> Chart {
    Chart(
      title: "What a base learning rate that is off by ρ costs",
      x: ChartAxis("ρ = γ/γ*", spacing: .logarithmic),
      y: ChartAxis(label, spacing: .logarithmic),
      series: curves.map { ChartSeries($0.name, x: .values(factors), .line($0.ratios)) })
  }
}
