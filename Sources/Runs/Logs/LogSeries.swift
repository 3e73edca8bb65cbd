/// The values of one logged quantity.
public struct LogSeries: Equatable, Sendable {
  /// The logged steps, increasing.
  public let steps: [Int]

  /// The value at each step; only losses can be NaN or infinite.
  public let values: [Double]

  /// Creates a series from increasing steps and one value for each.
  public init(steps: [Int], values: [Double]) {
    precondition(steps.count == values.count, "one value a step")
    precondition(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }, "the steps rise")
    self.steps = steps
    self.values = values
  }

  func filter(_ isKept: (Int, Double) -> Bool) -> LogSeries {
    let kept = steps.indices.filter { isKept(steps[$0], values[$0]) }
    return LogSeries(steps: kept.map { steps[$0] }, values: kept.map { values[$0] })
  }

  /// Whether two series are proportional on common steps, within 0.5 % of the largest value.
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

  /// Whether updates are counted from 0: the steps include 0, or are n − 1, 2n − 1, … for some n > 1.
  var countsFromZero: Bool {
    guard steps.count > 1, steps[0] > 0 else { return steps.first == 0 }
    let gap = steps[1] - steps[0]
    return gap > 1 && steps.allSatisfy { ($0 + 1).isMultiple(of: gap) }
  }
}

func gaps(between steps: [Int]) -> [Int] {
  zip(steps, steps.dropFirst()).map { $1 - $0 }.sorted()
}

/// A log as a table with one row per step and one column per quantity.
public struct LogTable: Sendable {
  /// The steps, increasing.
  public let steps: [Int]

  /// The logged quantities, in the order of ``LogQuantity``.
  public let quantities: [LogQuantity]

  /// The cells of each quantity, one per step; nil where nothing was logged.
  public let columns: [[Double?]]

  /// Creates a log's table.
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
