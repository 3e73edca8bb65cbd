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
    let regret: Double
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

  let cells: [CellBody]
  let pairs: [Rule]
  let others: [Rule]
  let predictions: [Prediction]

  static func report(_ evaluation: SweepEvaluation, of sweep: TunedSweep) -> Report<EvaluateBody> {
    let body = EvaluateBody(
      cells: evaluation.cells.map { CellBody($0) },
      pairs: rules(evaluation, .pairs), others: rules(evaluation, .others),
      predictions: (evaluation.pairs + evaluation.fromOthers).map(Prediction.init))
    let rows = [("pairs", body.pairs), ("others", body.others)].flatMap { kind, rules in
      rules.map { Row(from: kind, predictions: $0.predictions ?? 0, score: $0) }
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
      diagnostics: sweep.diagnostics,
      assumptions: [
        sweep.noiseAssumption,
        "the measured optimum is the mean of three fitted forms, weighted by their evidence",
      ], text: { body.text(evaluation) })
  }

  private static func rules(
    _ evaluation: SweepEvaluation, _ comparison: SweepEvaluation.Comparison
  ) -> [Rule] {
    BaselineRule.allCases.map { rule in
      guard let score = evaluation.score(of: rule, from: comparison) else {
        return Rule(rule: rule, absent: evaluation.absence(of: rule) ?? "predicts nothing")
      }
      return Rule(
        rule: rule, predictions: score.predictions, regret: Extent(score.regret),
        smoothRegretBound: Extent(score.boundRegret), smoothRegretSteep: Extent(score.steepRegret),
        logError: Extent(score.error), covered: score.covered, medianWidth: score.medianWidth)
    }
  }

  private func text(_ evaluation: SweepEvaluation) -> [TextBlock] {
    var blocks: [TextBlock] = [
      .lines(["\(cells.count) cells; regret in 10^-3 nats, mean and worst"]),
      table("every cell from every other", pairs), table("every cell from all others", others),
    ]
    let absences = BaselineRule.allCases.compactMap { rule in
      evaluation.absence(of: rule).map { "\(rule.title) \($0)" }
    }
    if !absences.isEmpty { blocks.append(.lines(absences)) }
    return blocks
  }

  private func table(_ title: String, _ rules: [Rule]) -> TextBlock {
    func pair(_ extent: Extent?, _ scale: Double = 1000) -> [String] {
      guard let extent else { return ["–", "–"] }
      return [fixed(extent.mean * scale), fixed(extent.worst * scale)]
    }
    return .table(
      [
        [
          title, "n", "nearest LR", "", "A/γ + Bγ", "", "γ^-1/2, γ²", "", "|ln|", "", "covered",
          "high/low",
        ]
      ]
        + rules.map { rule in
          let count = rule.predictions ?? 0
          return [rule.rule.title, "\(count)"] + pair(rule.regret) + pair(rule.smoothRegretBound)
            + pair(rule.smoothRegretSteep) + pair(rule.logError, 1) + [
              rule.covered.map { "\($0)/\(count)" } ?? "–", rule.medianWidth.map(fixed) ?? "–",
            ]
        })
  }
}

extension EvaluateBody.Prediction {
  init(_ prediction: SweepEvaluation.Prediction) {
    self.init(
      rule: prediction.rule, source: prediction.source, target: prediction.target,
      baseLearningRate: prediction.baseLearningRate, interval: prediction.interval?.ends,
      regret: prediction.regret, smoothRegretBound: prediction.smoothRegret.bound,
      smoothRegretSteep: prediction.smoothRegret.steep, logError: prediction.error)
  }
}

extension BaselineRule: Codable {}
