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

  let from: RunEcho
  let to: RunEcho
  let ratio: Double
  let ratioInterval: [Double]
  let bound: Carried
  let `default`: Carried?
  let rule: RuleEcho
  let baseLearningRate: Double?
  let interval: [Double]?
  let grid: [Double]?
  let theoryModel: TheoryModelBody?
  let sweep: CellBody?

  static func report(
    _ answer: TransferAnswer, source: (path: String, cell: TunedCell)?, model: CrossCheckView?,
    notes: Notes
  ) -> Report<TransferBody> {
    let (from, to) = (answer.from, answer.to)
    let body = TransferBody(
      from: RunEcho(from.run, baseLearningRate: from.baseLearningRate),
      to: RunEcho(to.run, baseLearningRate: to.baseLearningRate), ratio: answer.ratio,
      ratioInterval: answer.ratioInterval.ends,
      bound: Carried(ratio: answer.boundRatio, baseLearningRate: answer.boundBaseLearningRate),
      default: answer.standardRatio.map {
        Carried(ratio: $0, baseLearningRate: answer.standardBaseLearningRate)
      },
      rule: RuleEcho(answer.rule, at: from.run.horizon), baseLearningRate: to.baseLearningRate,
      interval: answer.interval?.ends, grid: answer.grid, theoryModel: model?.body,
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
        let ends = [from, to].map { "\($0.run.name) at \(grouped($0.run.steps)) steps" }
        return [
          .lines([ends.joined(separator: " → ")]),
          .facts(rows(answer, source: source?.cell) + (model?.rows ?? [])),
        ]
      })
    report.exportable = {
      let rate = to.baseLearningRate
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
    func carried(_ rate: Double?, _ ratio: Double) -> String {
      (rate.map { significant($0) + "  " } ?? "") + "ratio \(significant(ratio, 5))"
    }
    rows.append(["plain bound", carried(answer.boundBaseLearningRate, answer.boundRatio)])
    if let ratio = answer.standardRatio {
      rows.append(["default", carried(answer.standardBaseLearningRate, ratio)])
    }
    return rows + [["rule", answer.rule.explanation(at: answer.from.run.horizon)]]
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
