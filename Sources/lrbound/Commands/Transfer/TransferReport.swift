import Charts
import Support
import Transfer

/// What `lrbound transfer` answers.
struct TransferBody: Codable {
  /// A ratio of base learning rates, with the rate where the source's is known.
  struct Carried: Codable {
    let ratio: Double
    let baseLearningRate: Double?
  }

  /// The standard deviations of ln γ that add in squares to the interval's: of the source and in all
  /// downwards and upwards.
  struct Parts: Codable {
    let source: [Double]
    let shape: Double
    let horizon: Double
    let batch: Double
    let ends: Double
    let rest: Double
    let total: [Double]
  }

  /// The answer in plain words.
  struct Advice: Codable {
    let baseLearningRate: Double
    let threeRuns: [Double]
    let confidence: TransferAdvice.Confidence
    let reason: String
  }

  /// How a small sweep would answer better.
  struct Recipe: Codable {
    let steps: Int
    let baseLearningRates: [Double]
    let cost: Double
    let regret: Double
    let regretOfAnswer: Double
  }

  let from: RunEcho
  let to: RunEcho
  let ratio: Double
  let ratioInterval: [Double]
  let intervalParts: Parts
  let bound: Carried
  let `default`: Carried?
  let rule: RuleEcho
  let baseLearningRate: Double?
  let interval: [Double]?
  let grid: [Double]?
  let advice: Advice?
  let recipe: Recipe?
  let theoryModel: TheoryModelBody?
  let sweep: CellBody?

  static func report(
    _ answer: TransferAnswer, recipe: TransferRecipe?, source: (path: String, cell: TunedCell)?,
    model: CrossCheckView?, isExplained: Bool, isAbsolute: Bool, notes: Notes
  ) -> Report<TransferBody> {
    let (from, to, parts) = (answer.from, answer.to, answer.uncertainty)
    let body = TransferBody(
      from: RunEcho(from.run, baseLearningRate: from.baseLearningRate),
      to: RunEcho(to.run, baseLearningRate: to.baseLearningRate), ratio: answer.ratio,
      ratioInterval: answer.ratioInterval.ends,
      intervalParts: Parts(
        source: [parts.source.below, parts.source.above], shape: parts.shape,
        horizon: parts.horizon, batch: parts.batch, ends: parts.ends, rest: parts.rest,
        total: [parts.total.below, parts.total.above]),
      bound: Carried(ratio: answer.boundRatio, baseLearningRate: answer.boundBaseLearningRate),
      default: answer.standardRatio.map {
        Carried(ratio: $0, baseLearningRate: answer.standardBaseLearningRate)
      },
      rule: RuleEcho(answer.rule, at: from.run.horizon, isAbsolute: isAbsolute),
      baseLearningRate: to.baseLearningRate,
      interval: answer.interval?.ends, grid: answer.grid,
      advice: answer.advice.map {
        Advice(
          baseLearningRate: $0.baseLearningRate, threeRuns: $0.threeRuns,
          confidence: $0.confidence, reason: $0.reason)
      },
      recipe: recipe.map {
        Recipe(
          steps: $0.run.steps, baseLearningRates: $0.baseLearningRates, cost: $0.cost,
          regret: $0.regret, regretOfAnswer: $0.regretOfAnswer)
      }, theoryModel: model?.body,
      sweep: source.map { CellBody($0.cell, file: $0.path) })
    var report = Report(
      body,
      csv: .records(
        [body], "from=from.spec", "from_steps=from.steps", "from_base_lr=from.base_lr",
        "to=to.spec", "to_steps=to.steps", "ratio", "ratio_low=ratio_interval.0",
        "ratio_high=ratio_interval.1", "base_lr", "interval_low=interval.0",
        "interval_high=interval.1", "bound_ratio=bound.ratio", "bound_base_lr=bound.base_lr",
        "model_ratio_low=theory_model.ratio.0", "model_ratio_high=theory_model.ratio.1",
        "model_label=theory_model.label"),
      diagnostics: notes.diagnostics + answer.diagnostics + (model?.diagnostics ?? []),
      assumptions: notes.assumptions + answer.assumptions, chart: { try body.chart(answer) },
      text: {
        let ends = [from, to].map(\.run.summary)
        let explained = isExplained ? explanation(of: answer) + (model?.rows ?? []) : []
        return [
          .lines([ends.joined(separator: " → ")]),
          .facts(rows(answer, source: source?.cell) + recipeRows(recipe) + explained),
        ]
      })
    report.closing = answer.advice?.sentence
    report.exportable = {
      let rate = answer.advice?.baseLearningRate
      return ExportableSchedule(
        schedule: try to.run.schedule(baseLearningRate: rate), title: to.run.name,
        baseLearningRate: rate)
    }
    return report
  }

  private static func rows(_ answer: TransferAnswer, source: TunedCell?) -> [[String]] {
    var rows: [[String]] = []
    if let optimum = source?.optimum, let count = source?.cell.points.count {
      rows.append([
        "source",
        "\(significant(optimum.baseLearningRate)) from \(count) swept LRs, \(lrbound.interval(optimum.interval))",
      ])
    }
    if let from = answer.from.baseLearningRate, let to = answer.to.baseLearningRate {
      rows.append([
        "base LR", "\(significant(to))  = \(significant(from)) × \(significant(answer.ratio, 5))",
      ])
    } else {
      rows.append(["ratio", significant(answer.ratio, 5)])
    }
    rows.append(["interval", lrbound.interval(answer.interval ?? answer.ratioInterval)])
    if let grid = answer.grid {
      rows.append(["try", grid.map { significant($0, 3) }.joined(separator: "  ")])
    }
    if let ratio = answer.standardRatio {
      rows.append(["default", carried(answer.standardBaseLearningRate, ratio)])
    }
    rows.append(["rule", answer.rule.explanation(at: answer.from.run.horizon)])
    if let meaning = answer.rule.meaning(
      from: answer.from.run.horizon, to: answer.to.run.horizon)
    {
      rows.append(["", meaning])
    }
    return rows
  }

  private static func recipeRows(_ recipe: TransferRecipe?) -> [[String]] {
    guard let recipe else { return [] }
    let rates = recipe.baseLearningRates.map { scientific($0, 2) }.joined(separator: ", ")
    let runs = "\(significant(recipe.cost, 2)) target runs in all"
    return [
      [
        "recipe",
        "sweep \(rates) at \(grouped(recipe.run.steps)) steps (\(runs)), wider while the best is",
      ],
      [
        "",
        "at an edge, and transfer from that: leaves about \(significant(recipe.regret, 2)) nats, this answer \(significant(recipe.regretOfAnswer, 2))",
      ],
    ]
  }

  /// How the answer comes about: the bound's ratio and the interval's parts.
  private static func explanation(of answer: TransferAnswer) -> [[String]] {
    let parts = answer.uncertainty
    let named = [
      ("source", parts.source.below), ("shape", parts.shape), ("horizon", parts.horizon),
      ("batch", parts.batch), ("ends", parts.ends), ("rest", parts.rest),
    ].filter { $0.1 > 0 }.map { "\($0.0) \(significant($0.1, 2))" }
    return [
      ["plain bound", carried(answer.boundBaseLearningRate, answer.boundRatio)],
      [
        "parts",
        "sd of ln γ: \(named.joined(separator: ", ")); together \(significant(parts.total.below, 2)), of which the interval has 2",
      ],
    ]
  }

  private static func carried(_ rate: Double?, _ ratio: Double) -> String {
    (rate.map { significant($0) + "  " } ?? "") + "ratio \(significant(ratio, 5))"
  }

  /// The learning rates of source and target over their steps, and the target's interval.
  private func chart(_ answer: TransferAnswer) throws -> Chart {
    let (from, to) = (answer.from, answer.to)
    let source = try from.run.schedule(baseLearningRate: from.baseLearningRate)
    let target = try to.run.schedule(baseLearningRate: to.baseLearningRate)
    func name(_ end: TransferAnswer.End, _ role: String) -> String {
      "\(role): \(end.run.name), \(grouped(end.run.steps)) steps"
    }
    return Chart(
      title: "From \(from.run.name) to \(to.run.name)", x: ChartAxis("step"),
      y: ChartAxis(
        from.baseLearningRate == nil ? "learning rate / the source's base one" : "learning rate",
        lowest: 0),
      series: [
        ChartSeries(name(from, "source"), source, times: from.baseLearningRate ?? 1),
        ChartSeries(name(to, "target"), target, times: to.baseLearningRate ?? answer.ratio),
        ChartSeries(
          "the target's interval", target, between: answer.interval ?? answer.ratioInterval),
      ])
  }
}

extension TransferAdvice.Confidence: Codable {}
