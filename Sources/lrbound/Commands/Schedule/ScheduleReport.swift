import Charts
import Schedules
import Support

/// What `lrbound schedule` answers.
struct ScheduleBody: Codable {
  /// Steps that follow one law.
  struct Stretch: Codable {
    let fromStep: Int
    let toStep: Int
    let kind: String
    let first: Double
    let last: Double
  }

  /// Something that the lint has found.
  struct Finding: Codable {
    let code: String
    let severity: ScheduleFinding.Severity
    let message: String
  }

  let spec: String
  let canonical: String?
  let dialect: Dialect?
  let steps: Int
  let batchTokens: Int?
  let peak: Double
  let first: Double
  let last: Double
  let sum: Double
  let baseLearningRate: Double?
  let lint: [Finding]
  let stretches: [Stretch]

  static func report(_ named: NamedSchedule) -> Report<ScheduleBody> {
    let schedule = named.schedule
    let body = ScheduleBody(
      spec: named.spec, canonical: named.dialect == nil ? named.meaning : nil,
      dialect: named.dialect, steps: schedule.steps, batchTokens: named.batchTokens,
      peak: schedule.peak, first: schedule.first,
      last: schedule.last, sum: schedule.sum, baseLearningRate: named.baseLearningRate,
      lint: named.findings.map {
        Finding(code: $0.code, severity: $0.severity, message: $0.message)
      },
      stretches: schedule.stretches.map {
        Stretch(
          fromStep: $0.steps.lowerBound, toStep: $0.steps.upperBound, kind: $0.kind,
          first: $0.first, last: $0.last)
      })
    let exportable = ExportableSchedule(
      schedule: schedule, title: named.title, baseLearningRate: named.baseLearningRate)
    var report = Report(
      body, csv: .pieces(exportable.table.forEachPiece), diagnostics: named.diagnostics,
      chart: { named.chart }, text: { body.text(named) })
    report.exportable = { exportable }
    report.assumptions = named.assumptions
    return report
  }

  private func text(_ named: NamedSchedule) -> [TextBlock] {
    var rows = stretches.map { stretch in
      [
        "\(grouped(stretch.fromStep)) – \(grouped(stretch.toStep))", stretch.kind,
        "\(significant(stretch.first, 6)) → \(significant(stretch.last, 6))",
      ]
    }
    if rows.count > 12 {
      rows.replaceSubrange(6..<rows.count - 6, with: [["…", "\(rows.count - 12) more", ""]])
    }
    var facts = [
      ["first", significant(first, 6)], ["last", significant(last, 6)],
      ["sum", significant(sum, 8)], ["mean", significant(sum / Double(steps), 6)],
    ]
    if let rate = baseLearningRate {
      facts.append(["base LR", significant(rate, 6) + named.rateSource])
      facts.append(["last LR", significant(rate * last, 6)])
    }
    let length =
      "\(grouped(steps)) steps" + (batchTokens.map { " of \(grouped($0)) tokens" } ?? "")
    let blocks: [TextBlock] = [
      .lines(["\(named.title) over \(length), that is \(named.meaning)"]),
      .table([["steps", "what", "multiplier"]] + rows), .facts(facts),
    ]
    guard !lint.isEmpty else { return blocks }
    return blocks + [.facts(lint.map { [$0.severity.rawValue, $0.code, $0.message] })]
  }
}

extension NamedSchedule {
  /// The multipliers, or the learning rates, over the steps.
  fileprivate var chart: Chart {
    Chart(
      title: "\(title) over \(grouped(schedule.steps)) steps", x: ChartAxis("step"),
      y: ChartAxis(
        baseLearningRate == nil ? "multiplier of the base learning rate" : "learning rate",
        lowest: 0),
      series: [ChartSeries("", schedule, times: baseLearningRate ?? 1)])
  }
}

extension ScheduleFinding.Severity: Codable {}
extension Dialect: Codable {}
