import Support

/// One run's loss and learning rate at some of its steps.
///
/// Between rows, learning rates are interpolated linearly. Before the first row they rise linearly over
/// the warmup, then stay constant.
public struct LossCurve: Sendable {
  /// The step of each row, increasing, at least 1.
  public let steps: [Int]

  /// The loss of each row in nats, positive.
  public let losses: [Double]

  /// The learning rate of each row, at least 0.
  public let learningRates: [Double]

  /// The learning rate of every step up to the last row's.
  package let rates: [Double]

  /// The longest supported run; a fit passes over its steps many times.
  public static let mostSteps = 2_000_000

  /// The most rows that are read from a file; longer files are thinned evenly.
  public static let mostRows = 500

  /// The fewest rows that make a curve.
  public static let fewestRows = 10

  /// Creates a curve from its rows.
  ///
  /// `steps` increases from 1 at the earliest to ``mostSteps`` at most; the first learning rate is
  /// positive. `warmup` is the length of the linear warmup in steps; nil means that it ends at the first
  /// row. Throws `InputError` naming the invalid value.
  public init(steps: [Int], learningRates: [Double], losses: [Double], warmup: Int? = nil)
    throws(InputError)
  {
    precondition(
      steps.count == learningRates.count && steps.count == losses.count, "one value a row")
    func failure(_ problem: String, _ hint: String) -> InputError {
      InputError(problem: problem, hint: hint)
    }
    guard steps.count >= Self.fewestRows else {
      throw failure(
        "\(steps.count) usable row\(steps.count == 1 ? "" : "s") cannot make a loss curve",
        "give at least \(Self.fewestRows) rows of step, lr and loss")
    }
    for (row, step) in steps.enumerated() {
      guard step >= 1, step <= Self.mostSteps, row == 0 || step > steps[row - 1] else {
        throw failure(
          "step \(step) is out of order", "give increasing steps from 1 to \(Self.mostSteps)")
      }
      let rate = learningRates[row]
      guard rate >= 0, rate <= usableMagnitudes.upperBound,
        row > 0 || rate >= usableMagnitudes.lowerBound
      else {
        throw failure(
          "\(rate) is not a learning rate allowed here",
          "give learning rates of at least 0, the first one positive")
      }
      guard losses[row] > 0, losses[row] <= 1e6 else {
        throw failure("\(losses[row]) is not a loss", "give positive losses")
      }
    }
    self.steps = steps
    self.learningRates = learningRates
    self.losses = losses

    let rising = min(warmup ?? steps[0], steps[0])
    var rates: [Double] = []
    rates.reserveCapacity(steps[steps.count - 1])
    for step in 1...steps[0] {
      rates.append(
        step < rising ? learningRates[0] * Double(step) / Double(rising) : learningRates[0])
    }
    for row in 1..<steps.count {
      let (first, last) = (learningRates[row - 1], learningRates[row])
      let length = Double(steps[row] - steps[row - 1])
      for step in (steps[row - 1] + 1)...steps[row] {
        let fraction = Double(step - steps[row - 1]) / length
        // Equal rates stay equal to the bit.
        rates.append(first == last ? last : first + fraction * (last - first))
      }
    }
    self.rates = rates
  }

  /// Returns the indices of the rows that no other curve contains.
  ///
  /// Such a row equals no other row, and the learning rates up to it differ from every other curve's.
  /// Takes O(T) per curve.
  public func rowsUnseen(in others: [LossCurve]) -> [Int] {
    let known = others.map { (rows: $0.rowKeys, parting: parting(from: $0)) }
    return steps.indices.filter { row in
      known.allSatisfy { steps[row] >= $0.parting && !$0.rows.contains(key(row)) }
    }
  }

  /// Returns the indices of the rows that no other curve contains at any point.
  package func rowsNotRepeated(from others: [LossCurve]) -> [Int] {
    let known = others.reduce(into: Set<RowKey>()) { $0.formUnion($1.rowKeys) }
    return steps.indices.filter { !known.contains(key($0)) }
  }

  private struct RowKey: Hashable {
    let step: Int
    let loss: Double
  }

  private func key(_ row: Int) -> RowKey { RowKey(step: steps[row], loss: losses[row]) }

  private var rowKeys: Set<RowKey> { Set(steps.indices.map(key)) }

  /// The first step at which the learning rate differs from another run's, or that is beyond its end.
  private func parting(from other: LossCurve) -> Int {
    let tolerance = 1e-6 * max(rates.max() ?? 0, other.rates.max() ?? 0)
    let common = min(rates.count, other.rates.count)
    let first = max(steps[0], other.steps[0])
    guard first <= common else { return steps[0] }
    for step in first...common where abs(rates[step - 1] - other.rates[step - 1]) > tolerance {
      return step
    }
    return common + 1
  }
}

extension LossCurve {
  /// Reads a curve from a CSV file (`-` for standard input) with columns `step`, `lr` and `loss`.
  ///
  /// Rows are sorted, the last row of a repeated step is kept, incomplete rows are dropped, and long
  /// files are thinned, with a note in `diagnostics` for each repair. Throws `InputError`.
  public init(contentsOf path: String, warmup: Int? = nil, diagnostics: inout [Diagnostic])
    throws(InputError)
  {
    var table = DelimitedTable(try readBytes(path), path: path)
    try table.readFirst(hint: "give a CSV with step,lr,loss")
    try table.takeHeader()
    func column(_ names: [String]) throws(InputError) -> Int {
      try table.require(
        table.column(names), called: names[0], hint: "name the columns step,lr,loss")
    }
    let stepColumn = try column(ColumnNames.curveStep)
    let rateColumn = try column(ColumnNames.curveRate)
    let lossColumn = try column(ColumnNames.curveLoss)
    var rows: [Int: (rate: Double, loss: Double)] = [:]
    var (left, repeated, isSorted, last) = (0, 0, true, 0)
    while try table.next() {
      // Some logs begin at step 0, before the first update.
      guard let step = table.number(stepColumn), let rate = table.number(rateColumn),
        let loss = table.number(lossColumn), step.isFinite, step != 0, rate.isFinite, loss.isFinite
      else {
        left += 1
        continue
      }
      guard step >= 1, step <= Double(Self.mostSteps), step == step.rounded() else {
        throw InputError(
          path: path, line: table.line, problem: "\(decimalText(step)) is not a step",
          hint: "give whole steps from 1 to \(Self.mostSteps)")
      }
      isSorted = isSorted && Int(step) >= last
      last = Int(step)
      if rows.updateValue((rate, loss), forKey: Int(step)) != nil { repeated += 1 }
    }
    var steps = rows.keys.sorted()
    func note(_ count: Int, _ code: String, _ what: String) {
      if count > 0 {
        diagnostics.append(Diagnostic(code: code, message: "\(shownPath(path)): \(what): \(count)"))
      }
    }
    note(left, "rows-left-out", "rows without a step, a learning rate and a loss, left out")
    note(repeated, "repeated-steps", "repeated steps, the last row of each kept")
    note(isSorted ? 0 : steps.count, "unsorted-steps", "rows out of order, sorted")
    if steps.count > Self.mostRows {
      note(steps.count, "thinned", "\(Self.mostRows) evenly spread rows used, out of")
      let all = steps
      steps = (1...Self.mostRows).map { all[$0 * all.count / Self.mostRows - 1] }
    }
    let kept = steps.compactMap { rows[$0] }
    do {
      try self.init(
        steps: steps, learningRates: kept.map(\.rate), losses: kept.map(\.loss), warmup: warmup)
    } catch {
      throw error.inside(path: path)
    }
  }
}
