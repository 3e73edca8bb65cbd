/// One quantity of a log: its values at some of the steps.
public struct LogSeries: Equatable, Sendable {
  /// The steps at which it was logged, rising.
  public let steps: [Int]

  /// The value at each of them; NaN and infinities only where a loss was logged as such.
  public let values: [Double]

  /// A series.
  ///
  /// - Parameters:
  ///   - steps: rising.
  ///   - values: one a step.
  public init(steps: [Int], values: [Double]) {
    precondition(steps.count == values.count, "one value a step")
    precondition(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }, "the steps rise")
    self.steps = steps
    self.values = values
  }

  /// The series without the records for which something holds.
  func filter(_ isKept: (Int, Double) -> Bool) -> LogSeries {
    let kept = steps.indices.filter { isKept(steps[$0], values[$0]) }
    return LogSeries(steps: kept.map { steps[$0] }, values: kept.map { values[$0] })
  }
}

extension LogSeries {
  /// Whether another series is this one times a constant, within half a per cent of its largest value.
  ///
  /// - Parameter other: logged at some of the same steps.
  /// - Returns: false where they have no step in common.
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
}

/// The records of one quantity in the order of the file, before anything is mended.
struct LogPoints {
  var steps: [Double] = []
  var values: [Double] = []

  /// Entries that hold something other than a number.
  var unreadable = 0

  /// Entries without a step, and steps without an entry.
  var unpaired = 0

  mutating func append(step: Double, value: Double) {
    steps.append(step)
    values.append(value)
  }

  /// Whether a number is a step: whole, from 0 to 2⁵³.
  static func isStep(_ number: Double) -> Bool {
    number >= 0 && number <= 9_007_199_254_740_992 && number == number.rounded()
  }

  /// The records sorted by step, of a repeated step the last, without what has no usable step.
  ///
  /// - Complexity: O(n) where the steps rise, else O(n log n).
  func series(column: String, mends: inout LogMends) -> LogSeries {
    let isRising = zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }
    if isRising, steps.allSatisfy(Self.isStep) {
      return LogSeries(steps: steps.map { Int($0) }, values: values)
    }
    let usable = steps.indices.filter { Self.isStep(steps[$0]) }
    var descents = 0
    var highest = -1.0
    var late = 0
    for (offset, index) in usable.enumerated() {
      if offset > 0, steps[index] < steps[usable[offset - 1]] { descents += 1 }
      if steps[index] < highest { late += 1 }
      highest = max(highest, steps[index])
    }
    // Among records of one step the order of the file decides.
    let sorted = usable.sorted { (steps[$0], $0) < (steps[$1], $1) }
    let kept = sorted.indices.filter {
      $0 + 1 == sorted.count || steps[sorted[$0]] != steps[sorted[$0 + 1]]
    }
    let repeats = sorted.count - kept.count
    if descents > 0 && repeats > 0 {
      mends.note(.resumed, descents, columns: [column])
    } else {
      mends.note(.unsortedSteps, late, columns: [column])
    }
    mends.note(.repeatedSteps, repeats, columns: [column])
    return LogSeries(
      steps: kept.map { Int(steps[sorted[$0]]) }, values: kept.map { values[sorted[$0]] })
  }
}
