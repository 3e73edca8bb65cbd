import Charts
import Support
import Transfer

/// What `lrbound evaluate` answers.
struct EvaluateBody: Codable {
  /// The mean and the worst of something over all predictions.
  struct Extent: Codable {
    let mean: Double
    let worst: Double

    init?(_ extent: RuleScore.Extent?) {
      guard let extent else { return nil }
      (mean, worst) = (extent.mean, extent.worst)
    }
  }

  /// How one rule did, or why it predicts nothing.
  struct Rule: Codable {
    let rule: BaselineRule
    var absent: String?
    var predictions: Int?
    var regret: Extent?
    var smoothRegretBound: Extent?
    var smoothRegretSteep: Extent?
    var logError: Extent?
    var covered: Int?
    var medianWidth: Double?
  }

  /// One prediction; cells are named by their places.
  struct Prediction: Codable {
    let rule: BaselineRule
    let source: Int?
    let target: Int
    let baseLearningRate: Double
    let interval: [Double]?
    let regret: Double?
    let smoothRegretBound: Double?
    let smoothRegretSteep: Double?
    let logError: Double
  }

  /// A row of the CSV.
  private struct Row: Codable {
    let from: String
    let predictions: Int
    let score: Rule
  }

  /// A cell with its measured optimum.
  struct Cell: Codable {
    let spec: String
    let steps: Int
    let batchTokens: Int?
    let model: String?
    let optimum: Double
    let interval: [Double]
  }

  let cells: [Cell]
  let models: Int
  let modelColumns: [String]
  let pairs: [Rule]
  let horizon: [Rule]?
  let batch: [Rule]?
  let others: [Rule]
  let predictions: [Prediction]

  static func report(_ evaluation: RuleEvaluation, of source: EvaluatedCells) -> Report<
    EvaluateBody
  > {
    func rules(_ comparison: RuleEvaluation.Comparison) -> [Rule] {
      BaselineRule.allCases.map { Rule($0, in: evaluation, comparison) }
    }
    let comparisons = evaluation.comparisons
    let body = EvaluateBody(
      cells: evaluation.cells.map(Cell.init), models: Set(evaluation.cells.map(\.model)).count,
      modelColumns: source.modelColumns, pairs: rules(.pairs),
      horizon: comparisons.contains(.horizon) ? rules(.horizon) : nil,
      batch: comparisons.contains(.batch) ? rules(.batch) : nil, others: rules(.others),
      predictions: (evaluation.pairs + evaluation.fromOthers).map(Prediction.init))
    let rows = comparisons.flatMap { comparison in
      (body.scores(comparison) ?? []).map {
        Row(from: comparison.rawValue, predictions: $0.predictions ?? 0, score: $0)
      }
    }
    return Report(
      body,
      csv: .records(
        rows, "from", "rule=score.rule", "predictions", "regret_mean=score.regret.mean",
        "regret_worst=score.regret.worst", "smooth_bound_mean=score.smooth_regret_bound.mean",
        "smooth_bound_worst=score.smooth_regret_bound.worst",
        "smooth_steep_mean=score.smooth_regret_steep.mean",
        "smooth_steep_worst=score.smooth_regret_steep.worst",
        "log_error_mean=score.log_error.mean", "log_error_worst=score.log_error.worst",
        "covered=score.covered", "median_width=score.median_width", "absent=score.absent"),
      diagnostics: source.diagnostics, assumptions: source.assumptions,
      chart: { chart(evaluation) }, text: { body.text(evaluation, of: source) })
  }

  private func scores(_ comparison: RuleEvaluation.Comparison) -> [Rule]? {
    switch comparison {
    case .pairs: return pairs
    case .horizon: return horizon
    case .batch: return batch
    case .others: return others
    }
  }

  private func text(_ evaluation: RuleEvaluation, of source: EvaluatedCells) -> [TextBlock] {
    let ofModels =
      models == 1
      ? "" : " of \(models) models (by \(printable(modelColumns.joined(separator: ", "))))"
    var blocks: [TextBlock] = [
      .lines(["\(cells.count) cells\(ofModels); regret in 10^-3 nats, mean and worst"])
    ]
    blocks += evaluation.comparisons.map { comparison in
      let title =
        switch comparison {
        case .pairs: "every cell from every other"
        case .horizon: "horizon only: from cells of the same schedule and batch"
        case .batch: "batch only: from cells of the same schedule and tokens"
        case .others: "every cell from all others"
        }
      let rules = (scores(comparison) ?? []).filter { $0.predictions != nil }
      return .titled(title, .table(table(rules, regret: source.regretTitle)))
    }
    let notes = BaselineRule.allCases.compactMap { rule in
      evaluation.absence(of: rule).map { "\(rule.title) \($0)" }
        ?? rule.explanation.map { "\(rule.title): \($0)" }
    }
    return blocks + [.lines(notes)]
  }

  /// The scores in columns, without those that no rule fills.
  private func table(_ rules: [Rule], regret: String) -> [[String]] {
    func extent(_ title: String, _ scale: Double, _ part: (Rule) -> Extent?) -> [[String]] {
      let extents = rules.map(part)
      guard extents.contains(where: { $0 != nil }) else { return [] }
      return [
        [title] + extents.map { $0.map { fixed($0.mean * scale) } ?? "–" },
        [""] + extents.map { $0.map { fixed($0.worst * scale) } ?? "–" },
      ]
    }
    var columns = [["rule"] + rules.map(\.rule.title)]
    columns.append(["n"] + rules.map { "\($0.predictions ?? 0)" })
    columns += extent(regret, 1000, \.regret)
    columns += extent("A/γ + Bγ", 1000, \.smoothRegretBound)
    columns += extent("γ^-1/2, γ²", 1000, \.smoothRegretSteep)
    columns += extent("|ln|", 1, \.logError)
    columns.append(
      ["covered"]
        + rules.map { rule in
          guard let covered = rule.covered, let count = rule.predictions else { return "–" }
          return percent(Double(covered) / Double(count))
        })
    columns.append(["high/low"] + rules.map { $0.medianWidth.map(fixed) ?? "–" })
    return columns[0].indices.map { row in columns.map { $0[row] } }
  }

  /// Each optimum as all others of its model predict it, against the measured one.
  private static func chart(_ evaluation: RuleEvaluation) -> Chart {
    func predictions(_ rule: BaselineRule) -> [RuleEvaluation.Prediction] {
      evaluation.fromOthers.filter { $0.rule == rule }
    }
    func measured(_ predictions: [RuleEvaluation.Prediction]) -> Abscissae {
      .values(predictions.map { evaluation.cells[$0.target].baseLearningRate })
    }
    let (law, same) = (predictions(.law), predictions(.same))
    let ranges = law.map { $0.interval ?? $0.baseLearningRate...$0.baseLearningRate }
    return Chart(
      title: "Tuned learning rates, each predicted from all others of its model",
      x: ChartAxis("measured learning rate", spacing: .logarithmic),
      y: ChartAxis("predicted learning rate", spacing: .logarithmic),
      series: [
        ChartSeries("same LR", x: measured(same), .points(same.map(\.baseLearningRate))),
        ChartSeries(
          "law, with its interval", x: measured(law),
          .estimates(
            law.map(\.baseLearningRate), lower: ranges.map(\.lowerBound),
            upper: ranges.map(\.upperBound))),
      ],
      references: [ChartReference("predicted = measured", at: .diagonal)])
  }
}

extension EvaluateBody.Rule {
  fileprivate init(
    _ rule: BaselineRule, in evaluation: RuleEvaluation, _ comparison: RuleEvaluation.Comparison
  ) {
    guard let score = evaluation.score(of: rule, from: comparison) else {
      self.init(rule: rule, absent: evaluation.absence(of: rule) ?? "predicts nothing")
      return
    }
    self.init(
      rule: rule, predictions: score.predictions, regret: .init(score.regret),
      smoothRegretBound: .init(score.boundRegret), smoothRegretSteep: .init(score.steepRegret),
      logError: .init(score.error), covered: score.covered, medianWidth: score.medianWidth)
  }
}

extension EvaluateBody.Cell {
  fileprivate init(_ cell: MeasuredOptimum) {
    self.init(
      spec: cell.run.canonical, steps: cell.run.steps, batchTokens: cell.run.batchTokens,
      model: cell.model.isEmpty ? nil : cell.model, optimum: cell.baseLearningRate,
      interval: cell.interval.ends)
  }
}

extension EvaluateBody.Prediction {
  init(_ prediction: RuleEvaluation.Prediction) {
    self.init(
      rule: prediction.rule, source: prediction.source, target: prediction.target,
      baseLearningRate: prediction.baseLearningRate, interval: prediction.interval?.ends,
      regret: prediction.regret, smoothRegretBound: prediction.smoothRegret.bound,
      smoothRegretSteep: prediction.smoothRegret.steep, logError: prediction.error)
  }
}

extension BaselineRule: Codable {}
