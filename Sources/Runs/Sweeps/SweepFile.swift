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
  let spec: Int?
  let family: Int?
  let cooldown: Int?
  let steps: Int
  let batch: Int?
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
    spec = table.column(ColumnNames.spec)
    family = table.column(ColumnNames.family)
    cooldown = table.column(ColumnNames.cooldown)
    seed = table.column(ColumnNames.seed)
    batch = table.column(ColumnNames.batchTokens)
    _ = try require(spec ?? family, "spec or family")
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
    // A decimal comma, or a spec with commas, would shift every column after it.
    guard !row.hasSurplus else {
      throw InputError(
        problem: "it has \(row.count) fields, but the header has \(row.width)",
        hint: "write decimals with a point, and put specs with commas in quotes")
    }
    func text(_ column: Int?) -> String? {
      column.map { row.text($0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
    guard let count = decimal(row.text(steps)), count >= 1, count <= Double(ScheduleSpec.mostSteps),
      count == count.rounded()
    else {
      throw InputError(
        problem: "'\(printable(row.text(steps)))' is not a number of steps",
        hint: "give a whole number up to 1e9")
    }
    guard let baseLearningRate = decimal(row.text(rate)),
      usableMagnitudes.contains(baseLearningRate)
    else {
      throw InputError(
        problem: "'\(printable(row.text(rate)))' is not a base learning rate",
        hint: "give a positive number like 1e-3")
    }
    var grammar = text(spec) ?? ""
    if grammar.isEmpty, let family = text(family) {
      grammar = try Self.grammar(family: family.lowercased(), cooldown: text(cooldown))
    }
    let batchTokens = try text(batch).map(Self.batchTokens)
    let schedule = try ScheduleSpec(grammar, batchTokens: batchTokens)
    guard let lossText = text(loss) else { return nil }
    let isWord = lossText.lowercased() == "diverged"
    guard let loss = isWord ? .nan : parseNumber(lossText) else {
      throw InputError(
        problem: "'\(printable(lossText))' is not a loss",
        hint: "give a number, or nan for a run that diverged")
    }
    return Sweep.Run(
      spec: schedule, steps: Int(count), batchTokens: batchTokens,
      baseLearningRate: baseLearningRate, loss: loss, seed: text(seed))
  }

  private static func batchTokens(_ text: String) throws(InputError) -> Int {
    guard let value = decimal(text), let tokens = TrainingRun.batchTokens(value) else {
      throw InputError(
        problem: "'\(printable(text))' is not a batch", hint: "give its tokens, like 524288")
    }
    return tokens
  }

  private static func grammar(family: String, cooldown: String?) throws(InputError) -> String {
    func wsd(_ options: String) throws(InputError) -> String {
      guard let cooldown else {
        throw InputError(
          problem: "\(family) has no cooldown", hint: "give the fraction in the column cooldown")
      }
      // In this column 1 is the whole run, never one step.
      return "wsd:cooldown=\(decimal(cooldown) == 1 ? "100%" : cooldown)\(options)"
    }
    switch family {
    case "wsd": return try wsd("")
    case "wsd_sqrt", "wsd-sqrt", "wsd_1-sqrt": return try wsd(",decay=1-sqrt")
    case "cos0": return "cosine"
    case "cos10": return "cosine:min=0.1"
    default: return family
    }
  }
}
