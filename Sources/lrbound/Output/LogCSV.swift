import Runs

/// Logs as CSV: a column a quantity, and `file` first where there are several logs.
struct LogCSV {
  private let tables: [(path: String, table: LogTable)]
  private let quantities: [LogQuantity]

  init(of logs: [RunLog]) {
    let tables = logs.map { ($0.path, LogTable(of: $0)) }
    self.tables = tables
    quantities = LogQuantity.allCases.filter { quantity in
      tables.contains { $0.1.quantities.contains(quantity) }
    }
  }

  /// Prints the rows in blocks, so that a long log takes little memory.
  func print() throws {
    let names = ["step"] + quantities.map(\.rawValue)
    try StandardOutput.writeLine(
      (tables.count > 1 ? ["file"] + names : names).joined(separator: ","))
    for (path, table) in tables {
      let prefix = tables.count > 1 ? Report.csvField(path) + "," : ""
      let columns = quantities.map { quantity in
        table.quantities.firstIndex(of: quantity).map { table.columns[$0] }
      }
      var block = ""
      for (row, step) in table.steps.enumerated() {
        block += prefix
        step.description.write(to: &block)
        for column in columns {
          block += ","
          if let value = column?[row] { value.write(to: &block) }
        }
        block += "\n"
        // As it was logged: a loss of nan is how a log says that its run diverged.
        if block.utf8.count > 1 << 16 {
          try StandardOutput.write(block)
          block = ""
        }
      }
      try StandardOutput.write(block)
    }
  }
}
