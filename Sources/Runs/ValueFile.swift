import Schedules
import Support

/// What a file of one value a step holds.
struct ValueKind: Sendable {
  /// For messages: "learning rate".
  let name: String

  /// The columns that may hold it, in lower case, the preferred first.
  let columns: [String]

  /// What a value may be.
  let isValid: @Sendable (Double) -> Bool

  /// The hint for a value that may not be.
  let hint: String

  static let learningRate = ValueKind(
    name: "learning rate",
    columns: [
      "lr", "learning_rate", "base_lr", "multiplier", "eta", "value", "values", "schedule",
      "multipliers", "learning_rates", "train_lr",
    ],
    isValid: { $0.isFinite && $0 >= 0 }, hint: "give finite numbers of at least 0")

  static let gradientNorm = ValueKind(
    name: "gradient norm",
    columns: ["grad_norm", "gradient_norm", "grad-norm", "norm", "norms", "value", "values"],
    isValid: { $0.isFinite && $0 >= 0 && $0 <= 1e50 }, hint: "give numbers from 0 to 1e50")
}

/// Reads a file of one value a step: CSV (with a header naming the column, or bare numbers) or JSON
/// (an array, or an object that holds one under a known name).
enum ValueFile {
  private static let stepColumns = ["step", "steps", "t", "iter", "iteration", "_step"]

  static func read(_ path: String, kind: ValueKind) throws(InputError) -> [Double] {
    try parse(readBytes(path), path: path, kind: kind)
  }

  private static func parse(_ bytes: [UInt8], path: String, kind: ValueKind) throws(InputError)
    -> [Double]
  {
    guard bytes.contains(where: { $0 > 0x20 }) else {
      throw InputError(
        path: path, problem: "it is empty", hint: "give one \(kind.name) a line, or JSON")
    }
    let values =
      JSONTree.isFound(in: bytes)
      ? try parseJSON(bytes, path: path, kind: kind)
      : try parseDelimited(bytes, path: path, kind: kind)
    guard !values.isEmpty else {
      throw InputError(
        path: path, problem: "it holds no values", hint: "give one \(kind.name) a line")
    }
    return values
  }

  // MARK: - CSV

  private static func parseDelimited(_ bytes: [UInt8], path: String, kind: ValueKind)
    throws(InputError) -> [Double]
  {
    var text = DelimitedText(bytes, path: path)
    var fields: [DelimitedText.Field] = []
    guard try text.next(&fields) else { return [] }
    let isHeader = fields.contains { text.number($0) == nil }
    let (valueColumn, stepColumn) =
      isHeader
      ? try columns(of: text.names(fields).map { $0.lowercased() }, path: path, kind: kind)
      : try bareColumns(count: fields.count, path: path, kind: kind)
    let width = fields.count
    var values: [Double] = []
    values.reserveCapacity(bytes.count / 20)
    var lastStep: Double?
    var hasRecord = isHeader ? try text.next(&fields) : true
    while hasRecord {
      let line = text.line
      // A decimal comma would shift the columns.
      if fields.count > width, fields[width...].contains(where: { !text.text($0).isEmpty }) {
        throw InputError(
          path: path, line: line,
          problem: "it has \(fields.count) fields and the first line \(width)",
          hint: "write decimals with a point")
      }
      guard valueColumn < fields.count, let value = text.number(fields[valueColumn]) else {
        let cell = valueColumn < fields.count ? text.text(fields[valueColumn]) : ""
        throw InputError(
          path: path, line: line, problem: "'\(printable(cell))' is not a number",
          hint: kind.hint)
      }
      guard kind.isValid(value) else {
        throw InputError(
          path: path, line: line, problem: "\(value) is not a \(kind.name)", hint: kind.hint)
      }
      if let stepColumn {
        guard stepColumn < fields.count, let step = text.number(fields[stepColumn]) else {
          throw InputError(
            path: path, line: line, problem: "the step is not a number",
            hint: "give every step once, in order")
        }
        guard step == (lastStep ?? step - 1) + 1, lastStep != nil || step == 0 || step == 1 else {
          let before = lastStep.map { "follows step \(decimalText($0))" } ?? "is the first"
          throw InputError(
            path: path, line: line, problem: "step \(decimalText(step)) \(before)",
            hint: "give every step once, in order, from 0 or 1 on")
        }
        lastStep = step
      }
      values.append(value)
      hasRecord = try text.next(&fields)
    }
    return values
  }

  private static func columns(of header: [String], path: String, kind: ValueKind)
    throws(InputError) -> (value: Int, step: Int?)
  {
    for name in kind.columns {
      if let column = header.firstIndex(of: name) {
        return (column, header.firstIndex { stepColumns.contains($0) })
      }
    }
    throw InputError(
      path: path, line: 1,
      problem: "no column of '\(printable(header.joined(separator: ",")))' holds the \(kind.name)",
      hint: "name it one of \(kind.columns.prefix(4).joined(separator: ", "))")
  }

  private static func bareColumns(count: Int, path: String, kind: ValueKind)
    throws(InputError) -> (value: Int, step: Int?)
  {
    switch count {
    case 1: return (0, nil)
    case 2: return (1, 0)
    default:
      throw InputError(
        path: path, line: 1, problem: "\(count) columns have no names",
        hint: "add a header that names one of them \(kind.columns[0])")
    }
  }

  // MARK: - JSON

  private static func parseJSON(_ bytes: [UInt8], path: String, kind: ValueKind)
    throws(InputError) -> [Double]
  {
    let document = try JSONTree.document(bytes, path: path).tree
    let elements: [JSONTree]
    if let list = document.elements {
      elements = list
    } else {
      elements = try list(in: document, path: path, kind: kind)
    }
    var values: [Double] = []
    values.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      guard case .number(let value) = element, kind.isValid(value) else {
        throw InputError(
          path: path, problem: "element \(index + 1), \(element.shown), is not a \(kind.name)",
          hint: kind.hint)
      }
      values.append(value)
    }
    return values
  }

  /// The list of an object that has the most preferred of the known names.
  private static func list(in document: JSONTree, path: String, kind: ValueKind)
    throws(InputError) -> [JSONTree]
  {
    guard case .object(let members) = document else { return [] }
    for name in kind.columns {
      let found = members.filter { $0.name.lowercased() == name && $0.value.elements != nil }
      guard found.count < 2 else {
        throw InputError(
          path: path, problem: "the key '\(name)' stands twice", hint: "remove one of them")
      }
      if let elements = found.first?.value.elements { return elements }
    }
    throw InputError(
      path: path, problem: "no key of the JSON object holds an array of \(kind.name)s",
      hint: "name it \(kind.columns[0])")
  }
}

extension JSONTree {
  /// The value for a message.
  fileprivate var shown: String {
    switch self {
    case .null: return "null"
    case .boolean(let flag): return flag ? "true" : "false"
    case .number(let number): return "\(number)"
    case .string(let text): return "'\(printable(text))'"
    case .array: return "a list"
    case .object: return "an object"
    }
  }
}
