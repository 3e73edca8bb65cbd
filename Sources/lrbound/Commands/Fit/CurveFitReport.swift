import Charts
import Runs
import Support
import Transfer

/// A law of loss curves, fitted and scored.
struct CurveLawBody: Codable {
  /// How a law does on a curve that it was not fitted to.
  struct Score: Codable {
    let file: String
    let rows: Int
    var rms: Double?
    var worst: Double?
    var last: Double?
  }

  let law: CurveLaw
  let formula: String
  let rows: Int
  let rms: Double
  let scores: [Score]
  let parameters: [String: Double]
}

extension FitBody {
  /// A row of the CSV.
  private struct Row: Codable {
    let law: CurveLaw
    let curve: String
    let use: String
    let score: CurveLawBody.Score
  }

  static func report(
    _ comparison: CurveLawComparison, of fitted: [(path: String, curve: LossCurve)],
    scored: [(path: String, curve: LossCurve)], warmup: Int?, diagnostics: [Diagnostic]
  ) -> Report<FitBody> {
    let fits = comparison.entries.map(\.fit)
    let laws = comparison.entries.map { entry in
      let fit = entry.fit
      return CurveLawBody(
        law: fit.law, formula: fit.law.formula, rows: fit.rows, rms: fit.trainingError,
        scores: zip(scored, entry.scores).map { curve, score in
          .init(
            file: curve.path, rows: score?.rows ?? 0, rms: score?.error, worst: score?.worst,
            last: score?.last)
        },
        parameters: Dictionary(uniqueKeysWithValues: fit.parameters.map { ($0.name, $0.value) }))
    }
    let names = fitted.map(\.path).joined(separator: " ")
    let rows = laws.flatMap { law in
      [
        Row(
          law: law.law, curve: names, use: "fit",
          score: .init(file: names, rows: law.rows, rms: law.rms))
      ] + law.scores.map { Row(law: law.law, curve: $0.file, use: "score", score: $0) }
    }
    let warmupText =
      warmup.map { "the learning rate rose linearly over \(grouped($0)) steps" }
      ?? "the learning rate rose linearly up to the first row"
    return Report(
      FitBody(curveLaws: laws),
      csv: .records(
        rows, "law", "curve", "use", "rows=score.rows", "rms=score.rms", "worst=score.worst",
        "last=score.last"),
      diagnostics: diagnostics,
      assumptions: [
        warmupText, "all curves are of one model, data and batch, at one peak learning rate",
        "rows that a fitted curve has shown, or whose learning rates so far are those of one, are not scored",
      ], chart: { chart(scored.first ?? fitted[0], fits) },
      text: {
        [
          .lines(["errors in 10^-3 nats: root mean square, worst, at the last row"]),
          .table(scoreRows(laws, scored: scored.map(\.path))),
          .facts(
            fits.map { fit in
              [
                fit.law.rawValue, fit.law.formula,
                fit.parameters.map { "\($0.name) \(significant($0.value))" }.joined(
                  separator: "  "),
              ]
            }),
        ]
      })
  }

  private static func scoreRows(_ laws: [CurveLawBody], scored: [String]) -> [[String]] {
    let header =
      ["law", "fitted rows", "rms"]
      + scored.flatMap { [fileName(of: $0), "rms", "worst", "last"] }
    return [header]
      + laws.map { law in
        [law.law.rawValue, "\(law.rows)", fixed(law.rms * 1000)]
          + law.scores.flatMap { score in
            guard let rms = score.rms, let worst = score.worst, let last = score.last else {
              return ["every row was seen", "", "", ""]
            }
            return ["\(score.rows) rows"] + [rms, worst, last].map { fixed($0 * 1000) }
          }
      }
  }

  /// A measured loss curve beside what each law predicts.
  private static func chart(_ shown: (path: String, curve: LossCurve), _ fits: [CurveFit]) -> Chart
  {
    let curve = shown.curve
    // The fall at the beginning would leave the laws' differences no room.
    let highest = curve.losses[(curve.losses.count / 10)...].max()
    let x = Abscissae.values(curve.steps.map(Double.init))
    return Chart(
      title: "The losses of \(fileName(of: shown.path)), and three laws", x: ChartAxis("step"),
      y: ChartAxis("loss", unit: "nats", highest: highest),
      series: [ChartSeries("measured", x: x, .points(curve.losses))]
        + fits.map { ChartSeries($0.law.rawValue, x: x, .line($0.losses(of: curve))) })
  }

  /// The file's name without its folders.
  private static func fileName(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

extension CurveLaw: Codable {}
