import Charts
import Runs
import Support
import Transfer

/// What `lrbound fit --curves` says: three laws beside each other.
struct CurveFitReport {
  let report: Report

  /// The first curve that is scored, or else fitted, beside the laws.
  let chart: Chart

  init(curves paths: [String], scored: [String], warmup: Int?) throws {
    var diagnostics: [Diagnostic] = []
    let curves = try paths.map {
      try LossCurve(contentsOf: $0, warmup: warmup, diagnostics: &diagnostics)
    }
    let targets = try scored.map {
      try LossCurve(contentsOf: $0, warmup: warmup, diagnostics: &diagnostics)
    }
    let progress = ProgressLine(isWanted: true)
    var fits: [CurveFit] = []
    for law in CurveLaw.allCases {
      let fit = CurveFit(law, to: curves) { start, count in
        progress.show("\(law.rawValue): start \(start) of \(count)")
      }
      if let fit {
        fits.append(fit)
      } else {
        diagnostics.append(
          Diagnostic(code: "no-fit", message: "the law '\(law.rawValue)' fits none of its starts"))
      }
    }
    progress.end()
    guard !fits.isEmpty else {
      throw NoAnswer(description: "no law fits the curves; check their learning rates and losses")
    }

    var text: [String] = ["errors in 10^-3 nats: root mean square, worst, at the last row", ""]
    var rows = [["law", "fitted rows", "rms"]]
    for path in scored { rows[0] += [Self.name(of: path), "rms", "worst", "last"] }
    var csv = [["law", "curve", "use", "rows", "rms", "worst", "last"]]
    var laws: [JSONValue] = []
    for fit in fits {
      var row = [fit.law.rawValue, "\(fit.rows)", fixed(fit.trainingError * 1000)]
      csv.append(
        [
          fit.law.rawValue, paths.joined(separator: " "), "fit", "\(fit.rows)",
          "\(fit.trainingError)", "", "",
        ])
      var scores: [JSONValue] = []
      for (path, target) in zip(scored, targets) {
        guard let score = fit.score(on: target, unseenIn: curves) else {
          row += ["every row was seen", "", "", ""]
          csv.append([fit.law.rawValue, path, "score", "0", "", "", ""])
          scores.append(.object(["file": .string(path), "rows": .integer(0)]))
          continue
        }
        row += [
          "\(score.rows) rows", fixed(score.error * 1000), fixed(score.worst * 1000),
          fixed(score.last * 1000),
        ]
        csv.append([
          fit.law.rawValue, path, "score", "\(score.rows)", "\(score.error)", "\(score.worst)",
          "\(score.last)",
        ])
        scores.append(
          .object([
            "file": .string(path), "rows": .integer(score.rows), "rms": .number(score.error),
            "worst": .number(score.worst), "last": .number(score.last),
          ]))
      }
      rows.append(row)
      laws.append(
        .object([
          "law": .string(fit.law.rawValue), "formula": .string(fit.law.formula),
          "rows": .integer(fit.rows), "rms": .number(fit.trainingError), "scores": .array(scores),
          "parameters": .object(
            Dictionary(uniqueKeysWithValues: fit.parameters.map { ($0.name, .number($0.value)) })),
        ]))
    }
    text += columns(rows) + [""]
    text += columns(
      fits.map { fit in
        [
          fit.law.rawValue, fit.law.formula,
          fit.parameters.map { "\($0.name) \(significant($0.value))" }.joined(separator: "  "),
        ]
      })
    chart =
      CurveFitChart(
        targets.first ?? curves[0], name: Self.name(of: scored.first ?? paths[0]), fits: fits
      ).chart
    let warmupText =
      warmup.map { "the learning rate rose linearly over \(grouped($0)) steps" }
      ?? "the learning rate rose linearly up to the first row"
    report = Report(
      command: "fit", text: text, json: ["curve_laws": .array(laws)], csv: csv,
      diagnostics: diagnostics,
      assumptions: [
        warmupText, "all curves are of one model, data and batch, at one peak learning rate",
        "rows that a fitted curve has shown, or whose learning rates so far are those of one, are not scored",
      ])
  }

  /// The file's name without its folders.
  private static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
