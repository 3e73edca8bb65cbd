import Schedules
import Support

extension Sweep {
  /// Reads a sweep from a CSV file (`-` for standard input) with one run per row.
  ///
  /// The columns are `spec`, or `family` (wsd, wsd_sqrt, cos0, cos10, const, linear, or a spec) with
  /// `cooldown`; `steps` or `horizon`; `base_lr` or `lr`; `final_loss`, else the best kind of loss
  /// present; and optionally `seed` and `batch_tokens`. A loss that is NaN, infinite or `diverged` marks a diverged run;
  /// rows without a loss are counted and dropped. `noise` is the standard deviation of one run's final
  /// loss in nats; nil measures it from replicates. Throws `InputError` with the invalid line.
  public init(contentsOf path: String, noise: Double? = nil) throws(InputError) {
    let table = try SweepTable(csv: readBytes(path), path: path)
    self.init(runs: table.runs, unfinished: table.unfinished, noise: noise)
  }
}

/// A CSV file with one run per row.
package struct SweepTable {
  package private(set) var runs: [Sweep.Run] = []
  package private(set) var unfinished = 0
  let lossColumn: String
  let otherLossColumns: [String]

  /// Parses CSV text, whose columns may be named; throws `InputError` with the invalid line.
  package init(csv bytes: [UInt8], path: String, columns named: [LogQuantity: String] = [:])
    throws(InputError)
  {
    var table = DelimitedTable(bytes, path: path)
    try table.readFirst(hint: "write a header and one row per run: spec,steps,base_lr,final_loss")
    try table.takeHeader()
    let columns = try SweepColumns(of: table, named: named)
    lossColumn = table.header[columns.loss]
    otherLossColumns = table.names.indices.filter {
      $0 != columns.loss && ColumnNames.finalLoss.contains(table.names[$0])
    }.map { table.header[$0] }
    while try table.next() {
      do {
        if let run = try columns.run(of: table) { runs.append(run) } else { unfinished += 1 }
      } catch {
        throw error.inside(path: path, line: table.line)
      }
    }
    guard !runs.isEmpty || unfinished > 0 else {
      throw InputError(
        path: path, problem: "it has a header and no rows", hint: "add one row per run")
    }
  }
}

private struct SweepColumns {
  let run: RunColumns
  let steps: Int
  let rate: Int
  let loss: Int
  let seed: Int?

  init(of table: DelimitedTable, named: [LogQuantity: String]) throws(InputError) {
    func require(_ column: Int?, _ names: String) throws(InputError) -> Int {
      try table.require(
        column, called: names, hint: "name the columns spec,steps,base_lr,final_loss")
    }
    func given(_ quantity: LogQuantity) throws(InputError) -> Int? {
      guard let name = named[quantity] else { return nil }
      return try require(table.column([name.lowercased()]), "'\(printable(name))'")
    }
    run = RunColumns(of: table)
    seed = table.column(ColumnNames.seed)
    _ = try require(run.schedule, "spec or family")
    steps = try require(
      given(.step) ?? table.column(ColumnNames.runSteps), "steps or horizon")
    rate = try require(
      given(.learningRate) ?? table.column(ColumnNames.baseRate), "base_lr or lr")
    var chosen: Int?
    for judge in LogQuantity.judges where chosen == nil { chosen = try given(judge) }
    loss = try require(chosen ?? table.column(ColumnNames.finalLoss), "final_loss or loss")
  }

  /// The run of the current row, nil without a loss; its `InputError` lacks file and line.
  func run(of row: DelimitedTable) throws(InputError) -> Sweep.Run? {
    try row.checkWidth()
    let steps = try row.steps(steps)
    let baseLearningRate = try row.baseLearningRate(rate)
    let schedule = try run.schedule(of: row)
    guard let lossText = row.filled(loss) else { return nil }
    let isWord = lossText.lowercased() == "diverged"
    guard let loss = isWord ? .nan : parseNumber(lossText) else {
      throw InputError(
        problem: "'\(printable(lossText))' is not a loss",
        hint: "give a number, or nan for a run that diverged")
    }
    return Sweep.Run(
      spec: schedule, steps: steps, batchTokens: try run.batchTokens(of: row),
      baseLearningRate: baseLearningRate, loss: loss, seed: row.filled(seed))
  }
}
