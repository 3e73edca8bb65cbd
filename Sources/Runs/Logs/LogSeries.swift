/// One quantity of a log: its values at some of the steps.
public struct LogSeries: Equatable, Sendable {
  /// The steps at which it was logged, rising.
  public let steps: [Int]

  /// The value at each step; NaN and infinities only where a loss was logged as such.
  public let values: [Double]

  /// Creates a series from rising steps and one value for each.
  public init(steps: [Int], values: [Double]) {
    precondition(steps.count == values.count, "one value a step")
    precondition(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }, "the steps rise")
    self.steps = steps
    self.values = values
  }

  /// Returns the records that satisfy a condition.
  func filter(_ isKept: (Int, Double) -> Bool) -> LogSeries {
    let kept = steps.indices.filter { isKept(steps[$0], values[$0]) }
    return LogSeries(steps: kept.map { steps[$0] }, values: kept.map { values[$0] })
  }

  /// Whether another series is a constant multiple of this one, within 0.5 % of its largest value.
  ///
  /// - Returns: false where they share no step.
  /// - Complexity: O(records).
  func isProportional(to other: LogSeries) -> Bool {
    var pairs: [(own: Double, other: Double)] = []
    var index = 0
    for (step, value) in zip(steps, values) {
      while index < other.steps.count, other.steps[index] < step { index += 1 }
      guard index < other.steps.count else { break }
      if other.steps[index] == step { pairs.append((value, other.values[index])) }
    }
    guard let top = pairs.max(by: { $0.own < $1.own }) else { return false }
    let factor = top.own > 0 ? top.other / top.own : 1
    let most = pairs.map(\.other).max() ?? 0
    return pairs.allSatisfy { abs($0.other - factor * $0.own) <= 5e-3 * most }
  }

  /// Whether updates are counted from 0: step 0 is there, or every n-th update is logged, n > 1, at steps
  /// n − 1, 2n − 1, ….
  var countsFromZero: Bool {
    guard steps.count > 1, steps[0] > 0 else { return steps.first == 0 }
    let gap = steps[1] - steps[0]
    return gap > 1 && steps.allSatisfy { ($0 + 1).isMultiple(of: gap) }
  }
}

/// The distances between rising steps, sorted.
func gaps(between steps: [Int]) -> [Int] {
  zip(steps, steps.dropFirst()).map { $1 - $0 }.sorted()
}

/// A log as a table: a row a step, a column a quantity, blank cells where nothing was logged.
public struct LogTable: Sendable {
  /// The steps, rising.
  public let steps: [Int]

  /// The quantities that the log has, in the order of ``LogQuantity``.
  public let quantities: [LogQuantity]

  /// One list of cells a quantity, one cell a step.
  public let columns: [[Double?]]

  /// Creates a log's table.
  ///
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
