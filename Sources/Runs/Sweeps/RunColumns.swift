import Schedules
import Support

/// The columns of a run's schedule and batch, which all tables of runs share.
struct RunColumns {
  private let spec: Int?
  private let family: Int?
  private let cooldown: Int?
  private let batch: Int?

  init(of table: DelimitedTable) {
    spec = table.column(ColumnNames.spec)
    family = table.column(ColumnNames.family)
    cooldown = table.column(ColumnNames.cooldown)
    batch = table.column(ColumnNames.batchTokens)
  }

  /// The column of the schedule; nil if the table names none.
  var schedule: Int? { spec ?? family }

  /// Returns the schedule of the current row.
  func schedule(of row: DelimitedTable) throws(InputError) -> ScheduleSpec {
    var grammar = row.filled(spec) ?? ""
    if grammar.isEmpty, let family = row.filled(family) {
      grammar = try Self.grammar(family: family.lowercased(), cooldown: row.filled(cooldown))
    }
    return try ScheduleSpec(grammar, batchTokens: batchTokens(of: row))
  }

  /// Returns the tokens in a batch of the current row; nil if it has none.
  func batchTokens(of row: DelimitedTable) throws(InputError) -> Int? {
    guard let text = row.filled(batch) else { return nil }
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

extension DelimitedTable {
  /// Returns a cell's text; nil if it is empty or there is no such column.
  func filled(_ column: Int?) -> String? {
    column.map { text($0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Refuses a row with surplus fields: a decimal comma, or a spec with commas, shifts every later column.
  func checkWidth() throws(InputError) {
    guard hasSurplus else { return }
    throw InputError(
      problem: "it has \(count) fields, but the header has \(width)",
      hint: "write decimals with a point, and put specs with commas in quotes")
  }

  /// Returns a cell as a number of steps.
  func steps(_ column: Int) throws(InputError) -> Int {
    guard let count = decimal(text(column)), count >= 1, count <= Double(ScheduleSpec.mostSteps),
      count == count.rounded()
    else {
      throw InputError(
        problem: "'\(printable(text(column)))' is not a number of steps",
        hint: "give a whole number up to 1e9")
    }
    return Int(count)
  }

  /// Returns a cell as a base learning rate.
  func baseLearningRate(_ column: Int) throws(InputError) -> Double {
    guard let rate = decimal(text(column)), usableMagnitudes.contains(rate) else {
      throw InputError(
        problem: "'\(printable(text(column)))' is not a base learning rate",
        hint: "give a positive number like 1e-3")
    }
    return rate
  }
}
