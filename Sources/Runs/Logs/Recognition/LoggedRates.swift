import Glibc
import Support

/// Logged learning rates with the updates they belong to.
struct LoggedRates {
  struct Row {
    /// The update's 0-based index; T for a record after the last.
    let index: Int
    let rate: Double
    let tolerance: Double

    func agrees(with rate: Double, within factor: Double = 1) -> Bool {
      abs(self.rate - rate) <= factor * tolerance
    }
  }

  private(set) var rows: [Row]
  let steps: Int

  /// The rates, exact or rounded as printed; nil if they contradict the timing, or for fewer than four.
  init?(_ rates: LogSeries, timing: LearningRateTiming, steps: Int, isRounded: Bool) {
    self.steps = steps
    let precision = isRounded ? LogPrecision(of: rates.values) : nil
    // Single precision has seven digits.
    let exact = 1e-7 * (rates.values.max() ?? 0)
    rows = zip(rates.steps, rates.values).map {
      Row(
        index: timing.index(at: $0), rate: $1,
        tolerance: max(exact, precision?.tolerance(of: $1) ?? 0))
    }
    // Some trainers log a zero after the last step, and some log before the first.
    if let last = rates.steps.last, last >= steps, rates.values.last == 0 { rows.removeLast() }
    rows.removeAll { $0.index < 0 }
    guard rows.count >= 4, rows[rows.count - 1].index <= steps else { return nil }
  }

  /// Returns at most `count` rates, evenly spread, including the first and last.
  func thinned(to count: Int) -> LoggedRates {
    guard rows.count > count else { return self }
    var thinned = self
    thinned.rows = (0..<count).map { rows[$0 * (rows.count - 1) / (count - 1)] }
    return thinned
  }
}

private struct LogPrecision {
  private var digits = 1
  private var last = 0
  private let most: Double

  init(of values: [Double]) {
    let peak = values.max() ?? 0
    var distinct: Set<Double> = []
    for index in stride(from: 0, to: values.count, by: max(1, values.count / 1000)) {
      guard values[index] > 0 else { continue }
      let text = decimalDigits(values[index])
      digits = max(digits, text.count)
      last = min(last, text.last)
      if values[index] < peak { distinct.insert(values[index]) }
    }
    // Few values say little about rounding.
    most = (distinct.count < 5 ? 1e-4 : 5e-3) * peak
  }

  /// Half a unit in the last printed place, for fixed digits or fixed decimals.
  func tolerance(of value: Double) -> Double {
    let place = value > 0 ? max(last, Int(floor(log10(value))) + 1 - digits) : last
    return min(most, 0.5001 * powerOfTen(place))
  }
}
