import Runs
import Support

/// What `lrbound log` says of the logs that it has read.
struct LogBody: Codable {
  /// One log.
  struct Run: Codable {
    let file: String
    let format: LogFormat
    let rows: Int
    let columns: [String: String]
    let mended: [Repair]
    let firstStep: Int?
    let lastStep: Int?
    let batchTokens: Int?
    let lrAt: LearningRateTiming?
    let diverged: Bool?
    let finalLoss: Loss?
  }

  /// What was repaired in a log.
  struct Repair: Codable {
    let code: LogRepair.Kind
    let count: Int
    let columns: [String]
    let message: String
  }

  /// The loss that a run is judged by.
  struct Loss: Codable {
    let value: Double
    let column: LogQuantity
  }

  let runs: [Run]

  static func report(_ logs: [RunLog]) -> Report<LogBody> {
    let csv = CSV.pieces { try writeRows(of: logs, $0) }
    var report = Report(
      LogBody(runs: logs.map(Run.init)), csv: csv, diagnostics: logs.flatMap(\.diagnostics),
      text: {
        let rows = logs.map { log in
          let steps = log.steps
          let extent = steps.first.map { "\(grouped($0)) – \(grouped(steps[steps.count - 1]))" }
          return [shownPath(log.path), log.format.rawValue, grouped(steps.count), extent ?? ""]
        }
        return [.table([["log", "format", "rows", "steps"]] + rows)]
      })
    report.isTable = true
    return report
  }

  /// The rows of all logs, with `file` first where there are several.
  private static func writeRows(
    of logs: [RunLog], _ write: (String) throws -> Void
  ) throws {
    let tables = logs.map { ($0.path, LogTable(of: $0)) }
    let quantities = LogQuantity.allCases.filter { quantity in
      tables.contains { $0.1.quantities.contains(quantity) }
    }
    let names = ["step"] + quantities.map(\.rawValue)
    try write(CSV.line(tables.count > 1 ? ["file"] + names : names))
    for (path, table) in tables {
      let prefix = tables.count > 1 ? CSV.field(path) + "," : ""
      let columns = quantities.map { quantity in
        table.quantities.firstIndex(of: quantity).map { table.columns[$0] }
      }
      var block = ""
      for (row, step) in table.steps.enumerated() {
        block += prefix
        step.description.write(to: &block)
        for column in columns {
          block += ","
          // As it was logged: a loss of nan is how a log says that its run diverged.
          if let value = column?[row] { value.write(to: &block) }
        }
        block += "\n"
        if block.utf8.count > 1 << 16 {
          try write(block)
          block = ""
        }
      }
      try write(block)
    }
  }
}

extension LogBody.Run {
  init(_ log: RunLog) {
    let steps = log.steps
    let loss = log.finalLoss.flatMap { value in log.finalLossQuantity.map { (value, $0) } }
    self.init(
      file: log.path, format: log.format, rows: steps.count,
      columns: Dictionary(uniqueKeysWithValues: log.columns.map { ($0.key.rawValue, $0.value) }),
      mended: log.repairs.map {
        .init(code: $0.kind, count: $0.count, columns: $0.columns, message: $0.message)
      }, firstStep: steps.first, lastStep: steps.last,
      batchTokens: log.settings?.batchTokens, lrAt: log.learningRateTiming,
      diverged: loss.map { !$0.0.isFinite },
      finalLoss: loss.flatMap { value, column in
        value.isFinite ? LogBody.Loss(value: value, column: column) : nil
      })
  }
}

extension LogFormat: Codable {}
extension LogQuantity: Codable {}
extension LogRepair.Kind: Codable {}
extension LearningRateTiming: Codable {}
