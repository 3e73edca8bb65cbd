import Schedules
import Support

/// Tuned base learning rates, one cell per row, as studies publish them.
///
/// A CSV file has the column `tuned_lr` (or `optimum`), `steps` or `tokens` with `batch_tokens`, and
/// optionally `log_sd` (the standard deviation of its logarithm), `curvature` (c in loss = least +
/// c·(Δln LR)², in nats) and `spec` (or `family` with `cooldown`). Columns of other measurements, such as
/// `least_loss`, are ignored; all others tell models apart.
public struct TunedRateTable: Sendable {
  /// A tuned run.
  public struct Row: Equatable, Sendable {
    /// The schedule.
    public let spec: ScheduleSpec

    /// The number of steps.
    public let steps: Int

    /// B, the tokens in a step; nil if unknown.
    public let batchTokens: Int?

    /// The tuned base learning rate, positive.
    public let baseLearningRate: Double

    /// The standard deviation of its logarithm; nil if unknown.
    public let logDeviation: Double?

    /// Half the second derivative of the loss in ln LR, in nats; nil if unknown.
    public let curvature: Double?

    /// The model, by the columns that tell models apart; empty without such columns.
    public let model: String
  }

  /// The rows, in file order.
  public private(set) var rows: [Row] = []

  /// Whether neither a table nor the caller names a schedule, so that all runs are taken to have one shape.
  public private(set) var isShapeAssumed = false

  /// Rows of the same run: the code `repeated-run`.
  public private(set) var diagnostics: [Diagnostic] = []

  /// The values of every column that tells models apart, by its name, in file order.
  private var modelValues: [(column: String, values: Set<String>)] = []

  /// The number of models.
  public var models: Int { Set(rows.map(\.model)).count }

  /// The columns in which models differ.
  public var modelColumns: [String] {
    modelValues.filter { $0.values.count > 1 }.map(\.column)
  }

  init() {}

  /// Adds the rows of a CSV file; `spec` is the schedule of a table that names none.
  ///
  /// Throws `InputError` with the invalid line.
  mutating func add(csv bytes: [UInt8], path: String, spec: ScheduleSpec?) throws(InputError) {
    var table = DelimitedTable(bytes, path: path)
    try table.readFirst(hint: "write a header and one row per run: tuned_lr,steps")
    try table.takeHeader()
    let columns = try TunedRateColumns(of: table, spec: spec)
    if columns.run.schedule == nil, spec == nil { isShapeAssumed = true }
    let first = rows.count
    var lines: [Row.Run: Int] = [:]
    while try table.next() {
      do throws(InputError) {
        let row = try columns.row(of: table)
        if let known = rows.first, (known.batchTokens == nil) != (row.batchTokens == nil) {
          throw InputError(
            problem:
              "\(row.batchTokens == nil ? "its batch is" : "other rows' batches are") unknown",
            hint: "give batch_tokens in every row, or in none")
        }
        note(columns.model, of: table)
        rows.append(row)
        if let line = lines.updateValue(table.line, forKey: row.run) {
          diagnostics.append(
            Diagnostic(
              code: "repeated-run",
              message:
                "\(shownPath(path)): lines \(line) and \(table.line) tune the same run; they count as two cells"
            ))
        }
      } catch {
        throw error.inside(path: path, line: table.line)
      }
    }
    guard rows.count > first else {
      throw InputError(
        path: path, problem: "it has a header and no rows", hint: "add one row per tuned run")
    }
  }

  private mutating func note(_ columns: [Int], of table: DelimitedTable) {
    for column in columns {
      let name = table.header[column]
      let place = modelValues.firstIndex { $0.column == name } ?? modelValues.count
      if place == modelValues.count { modelValues.append((name, [])) }
      modelValues[place].values.insert(table.text(column))
    }
  }
}

extension TunedRateTable.Row {
  fileprivate struct Run: Hashable {
    let model: String
    let schedule: String
    let steps: Int
    let batchTokens: Int?
  }

  fileprivate var run: Run {
    Run(model: model, schedule: spec.canonical, steps: steps, batchTokens: batchTokens)
  }
}

private struct TunedRateColumns {
  let run: RunColumns
  let model: [Int]
  private let spec: ScheduleSpec
  private let rate: Int
  private let steps: Int?
  private let tokens: Int?
  private let logDeviation: Int?
  private let curvature: Int?

  private static let hint = "name the columns tuned_lr,steps,batch_tokens"

  init(of table: DelimitedTable, spec: ScheduleSpec?) throws(InputError) {
    let run = RunColumns(of: table)
    if spec != nil, run.schedule != nil {
      throw InputError(
        problem: "a schedule is given, and the table names its own", hint: "leave one of them out")
    }
    self.run = run
    self.spec = if let spec { spec } else { try ScheduleSpec("linear") }
    rate = try table.require(
      table.column(ColumnNames.tunedRate), called: "tuned_lr", hint: Self.hint)
    steps = table.column(ColumnNames.runSteps)
    tokens = table.column(ColumnNames.runTokens)
    logDeviation = table.column(ColumnNames.logDeviation)
    curvature = table.column(ColumnNames.curvature)
    _ = try table.require(steps ?? tokens, called: "steps or tokens", hint: Self.hint)
    let known = [
      ColumnNames.spec, ColumnNames.family, ColumnNames.cooldown, ColumnNames.batchTokens,
      ColumnNames.tunedRate, ColumnNames.runSteps, ColumnNames.runTokens, ColumnNames.logDeviation,
      ColumnNames.curvature,
    ].reduce(ColumnNames.measurement) { $0.union($1) }
    model = table.names.indices.filter {
      !table.names[$0].isEmpty && !known.contains(table.names[$0])
    }
  }

  /// The current row; its `InputError` lacks file and line.
  func row(of table: DelimitedTable) throws(InputError) -> TunedRateTable.Row {
    try table.checkWidth()
    let length = try length(of: table)
    let baseLearningRate = try table.baseLearningRate(rate)
    let spec = run.schedule == nil ? spec : try run.schedule(of: table)
    _ = try spec.schedule(steps: length.steps, baseLearningRate: baseLearningRate)
    return TunedRateTable.Row(
      spec: spec, steps: length.steps, batchTokens: length.batchTokens,
      baseLearningRate: baseLearningRate,
      logDeviation: try number(logDeviation, of: table, in: 0...10),
      curvature: try number(curvature, of: table, in: 0...usableMagnitudes.upperBound),
      model: model.map { "\(table.header[$0])=\(table.text($0))" }.joined(separator: ", "))
  }

  /// The steps and the batch, each from the tokens where it is missing.
  private func length(of table: DelimitedTable) throws(InputError) -> (
    steps: Int, batchTokens: Int?
  ) {
    let batch = try run.batchTokens(of: table)
    let given = table.filled(steps) == nil ? nil : try steps.map(table.steps)
    let tokens = try number(tokens, of: table, in: 1...1e21)
    switch (given, tokens, batch) {
    case (let steps?, let tokens?, let batch?):
      let counted = tokens / Double(batch)
      guard abs(Double(steps) - counted) <= 1 else {
        throw InputError(
          problem:
            "\(significant(tokens)) tokens in batches of \(grouped(batch)) are \(significant(counted, 7)) steps, not \(grouped(steps))",
          hint: "correct one of the three, or leave out steps or tokens")
      }
      return (steps, batch)
    case (let steps?, let tokens?, nil):
      guard let batch = TrainingRun.batchTokens((tokens / Double(steps)).rounded()) else {
        throw InputError(
          problem:
            "\(significant(tokens)) tokens are too few or too many for \(grouped(steps)) steps",
          hint: "correct one of them, or leave out tokens")
      }
      return (steps, batch)
    case (let steps?, nil, _): return (steps, batch)
    case (nil, let tokens?, let batch?):
      let steps = (tokens / Double(batch)).rounded(.up)
      guard steps <= Double(ScheduleSpec.mostSteps) else {
        throw InputError(
          problem:
            "\(significant(tokens)) tokens in batches of \(grouped(batch)) are too many steps",
          hint: "give at most 1e9 steps")
      }
      return (Int(steps), batch)
    case (nil, _, _):
      throw InputError(
        problem: "its number of steps is unknown", hint: "give steps, or tokens and batch_tokens")
    }
  }

  private func number(
    _ column: Int?, of table: DelimitedTable, in range: ClosedRange<Double>
  ) throws(InputError) -> Double? {
    guard let column, let text = table.filled(column) else { return nil }
    guard let value = decimal(text), range.contains(value) else {
      throw InputError(
        problem: "'\(printable(text))' is not a valid \(table.header[column])",
        hint:
          "give a number from \(decimalText(range.lowerBound)) to \(decimalText(range.upperBound))")
    }
    return value
  }
}
