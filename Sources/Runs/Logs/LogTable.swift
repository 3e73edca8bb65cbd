/// A log as a table: a row a step, a column a quantity, cells blank where nothing was logged.
public struct LogTable: Sendable {
  /// The steps, rising.
  public let steps: [Int]

  /// The quantities that the log has, in the order of ``LogQuantity``.
  public let quantities: [LogQuantity]

  /// One list of cells a quantity, one cell a step.
  public let columns: [[Double?]]

  /// The table of a log.
  ///
  /// - Parameter log: the log.
  /// - Complexity: O(records).
  public init(of log: RunLog) {
    steps = log.steps
    quantities = LogQuantity.allCases.filter { log.series[$0] != nil }
    columns = quantities.map { [steps] quantity in
      guard let series = log.series[quantity] else { return [] }
      if series.steps.count == steps.count { return series.values }
      var cells = [Double?](repeating: nil, count: steps.count)
      var row = 0
      for (step, value) in zip(series.steps, series.values) {
        while steps[row] < step { row += 1 }
        cells[row] = value
      }
      return cells
    }
  }
}
