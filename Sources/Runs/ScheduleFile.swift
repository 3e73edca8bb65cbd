import Schedules
import Support

/// The magnitudes of learning rates and gradient norms for which all results stay finite.
let usableMagnitudes = 1e-50...1e50

extension Schedule {
  /// Reads a schedule from a file (`-` for standard input) with one learning rate or multiplier per step.
  ///
  /// The file is CSV with a column `multiplier`, `lr` or `learning_rate` (and optionally `step`, complete
  /// and in order), one bare number per line, a JSON array, or a JSON object that holds such an array.
  /// The maximum becomes `peak`. Throws `InputError` with the invalid line.
  public init(contentsOf path: String) throws(InputError) {
    let values = try StepValues.learningRate.read(path)
    guard values.count <= ScheduleSpec.mostSteps else {
      throw InputError(
        path: path, problem: "it holds \(values.count) steps", hint: "give at most 1e9")
    }
    do {
      try self.init(values: values)
    } catch {
      throw InputError(
        path: path, problem: error.problem, hint: "give at least one positive learning rate")
    }
  }
}

/// Returns the gradient norms in a file (`-` for standard input), one per step: a column `grad_norm`,
/// bare numbers or JSON.
///
/// Norms are 0 to 1e50, at least one of them 1e-50 or more; otherwise throws `InputError` with the
/// invalid line.
public func gradientNorms(contentsOf path: String) throws(InputError) -> [Double] {
  let norms = try StepValues.gradientNorm.read(path)
  guard norms.contains(where: { $0 >= usableMagnitudes.lowerBound }) else {
    throw InputError(
      path: path, problem: "every gradient norm is zero",
      hint: "give at least one positive norm")
  }
  return norms
}

/// A schedule as a CSV table, one row per step, which `Schedule(contentsOf:)` reads back.
///
/// Its columns are `step`, `multiplier` and, if the base learning rate is known, `lr`.
public struct ScheduleTable: Sendable {
  /// The schedule.
  public let schedule: Schedule

  /// γ, for the column `lr`; nil to omit it.
  public let baseLearningRate: Double?

  /// Creates a schedule's table.
  public init(of schedule: Schedule, baseLearningRate: Double?) {
    self.schedule = schedule
    self.baseLearningRate = baseLearningRate
  }

  /// Calls `body` with the header, then with one block of rows at a time; uses O(1) memory.
  public func forEachPiece<Failure: Error>(_ body: (String) throws(Failure) -> Void)
    throws(Failure)
  {
    try body(baseLearningRate == nil ? "step,multiplier\n" : "step,multiplier,lr\n")
    var start = 0
    while start < schedule.steps {
      let end = min(schedule.steps, start + 65_536)
      var block = ""
      for (offset, multiplier) in schedule.multipliers(in: start..<end).enumerated() {
        block += "\(start + offset + 1),\(multiplier)"
        if let baseLearningRate { block += ",\(multiplier * baseLearningRate)" }
        block += "\n"
      }
      try body(block)
      start = end
    }
  }

  /// Writes the table to a file atomically; throws `InputError` with the system's message.
  public func write(to path: String) throws(InputError) {
    try replaceFile(path) { (write: (String) throws(InputError) -> Void) throws(InputError) in
      try forEachPiece(write)
    }
  }
}

/// A quantity with one value per step, and how to read it from CSV or JSON.
private struct StepValues {
  let name: String
  let columns: [String]

  /// The largest valid value; the least is 0.
  let most: Double

  let hint: String

  static let learningRate = StepValues(
    name: "learning rate", columns: ColumnNames.scheduleValue, most: .greatestFiniteMagnitude,
    hint: "give finite numbers of at least 0")

  static let gradientNorm = StepValues(
    name: "gradient norm", columns: ColumnNames.normValue, most: usableMagnitudes.upperBound,
    hint: "give numbers from 0 to 1e50")

  private func isValid(_ value: Double) -> Bool { value >= 0 && value <= most }

  func read(_ path: String) throws(InputError) -> [Double] {
    let bytes = try readBytes(path)
    guard bytes.contains(where: { $0 > 0x20 }) else {
      throw InputError(
        path: path, problem: "it is empty", hint: "give one \(name) per line, or JSON")
    }
    let values =
      JSONTree.isFound(in: bytes)
      ? try fromJSON(bytes, path: path) : try fromTable(bytes, path: path)
    guard !values.isEmpty else {
      throw InputError(path: path, problem: "it holds no values", hint: "give one \(name) per line")
    }
    return values
  }

  // MARK: - CSV

  private func fromTable(_ bytes: [UInt8], path: String) throws(InputError) -> [Double] {
    var table = DelimitedTable(bytes, path: path)
    guard try table.next() else { return [] }
    let isBare = (0..<table.count).allSatisfy { table.number($0) != nil }
    let (valueColumn, stepColumn) = try isBare ? bareColumns(table, path) : columns(&table, path)
    var values: [Double] = []
    values.reserveCapacity(bytes.count / 20)
    var lastStep: Double?
    var hasRecord = isBare ? true : try table.next()
    while hasRecord {
      if table.hasSurplus {
        throw InputError(
          path: path, line: table.line,
          problem: "it has \(table.count) fields, but the first line has \(table.width)",
          hint: "write decimals with a point")
      }
      guard let value = table.number(valueColumn) else {
        throw InputError(
          path: path, line: table.line,
          problem: "'\(printable(table.text(valueColumn)))' is not a number", hint: hint)
      }
      guard isValid(value) else {
        throw InputError(
          path: path, line: table.line, problem: "\(value) is not a \(name)", hint: hint)
      }
      if let stepColumn { try check(table.number(stepColumn), &lastStep, table.line, path) }
      values.append(value)
      hasRecord = try table.next()
    }
    return values
  }

  /// Throws unless steps are complete and in order, from 0 or 1.
  private func check(_ step: Double?, _ last: inout Double?, _ line: Int, _ path: String)
    throws(InputError)
  {
    guard let step else {
      throw InputError(
        path: path, line: line, problem: "the step is not a number",
        hint: "give every step once, in order")
    }
    guard step == (last ?? step - 1) + 1, last != nil || step == 0 || step == 1 else {
      let before = last.map { "follows step \(decimalText($0))" } ?? "is the first"
      throw InputError(
        path: path, line: line, problem: "step \(decimalText(step)) \(before)",
        hint: "give every step once, in order, from 0 or 1 on")
    }
    last = step
  }

  private func columns(_ table: inout DelimitedTable, _ path: String) throws(InputError)
    -> (value: Int, step: Int?)
  {
    try table.takeHeader()
    guard let column = table.column(columns) else {
      let header = printable(table.names.joined(separator: ","))
      throw InputError(
        path: path, line: 1, problem: "no column of '\(header)' holds the \(name)",
        hint: "name it one of \(columns.prefix(4).joined(separator: ", "))")
    }
    return (column, table.names.firstIndex { ColumnNames.scheduleStep.contains($0) })
  }

  private func bareColumns(_ table: DelimitedTable, _ path: String) throws(InputError)
    -> (value: Int, step: Int?)
  {
    switch table.count {
    case 1: return (0, nil)
    case 2: return (1, 0)
    default:
      throw InputError(
        path: path, line: 1, problem: "\(table.count) columns have no names",
        hint: "add a header that names one of them \(columns[0])")
    }
  }

  // MARK: - JSON

  private func fromJSON(_ bytes: [UInt8], path: String) throws(InputError) -> [Double] {
    let document = try JSONTree.document(bytes, path: path).tree
    let elements =
      if let list = document.elements { list } else { try list(in: document, path: path) }
    var values: [Double] = []
    values.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      guard case .number(let value) = element, isValid(value) else {
        throw InputError(
          path: path, problem: "element \(index + 1), \(shown(element)), is not a \(name)",
          hint: hint)
      }
      values.append(value)
    }
    return values
  }

  private func list(in document: JSONTree, path: String) throws(InputError) -> [JSONTree] {
    guard case .object(let members) = document else { return [] }
    for name in columns {
      let found = members.filter { $0.name.lowercased() == name && $0.value.elements != nil }
      guard found.count < 2 else {
        throw InputError(
          path: path, problem: "the key '\(name)' stands twice", hint: "remove one of them")
      }
      if let elements = found.first?.value.elements { return elements }
    }
    throw InputError(
      path: path, problem: "no key of the JSON object holds an array of \(name)s",
      hint: "name it \(columns[0])")
  }

  private func shown(_ value: JSONTree) -> String {
    switch value {
    case .null: return "null"
    case .boolean(let flag): return flag ? "true" : "false"
    case .number(let number): return "\(number)"
    case .string(let text): return "'\(printable(text))'"
    case .array: return "a list"
    case .object: return "an object"
    }
  }
}
