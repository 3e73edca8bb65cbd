import FoundationEssentials
import Schedules

/// What a file of one value a step holds.
struct ValueKind: Sendable {
  /// For messages: "learning rate".
  let name: String

  /// The columns that may hold it, in lower case, the preferred first.
  let columns: [String]

  /// What a value may be.
  let isValid: @Sendable (Double) -> Bool

  /// The remedy for a value that may not be.
  let remedy: String

  static let learningRate = ValueKind(
    name: "learning rate",
    columns: [
      "lr", "learning_rate", "base_lr", "multiplier", "eta", "value", "values", "schedule",
      "multipliers", "learning_rates", "train_lr",
    ],
    isValid: { $0.isFinite && $0 >= 0 }, remedy: "give finite numbers of at least 0")

  static let gradientNorm = ValueKind(
    name: "gradient norm",
    columns: ["grad_norm", "gradient_norm", "grad-norm", "norm", "norms", "value", "values"],
    isValid: { $0.isFinite && $0 >= 0 && $0 <= 1e50 }, remedy: "give numbers from 0 to 1e50")
}

/// Reads a file of one value a step: CSV (with a header naming the column, or bare numbers) or JSON
/// (an array, or an object that holds one under a known name).
enum ValueFile {
  private static let stepColumns = ["step", "steps", "t", "iter", "iteration", "_step"]

  static func read(_ path: String, kind: ValueKind) throws(InputError) -> [Double] {
    let bytes = try readBytes(path)
    return try parse(bytes, path: path, kind: kind)
  }

  static func parse(_ bytes: [UInt8], path: String, kind: ValueKind) throws(InputError) -> [Double]
  {
    guard firstVisible(in: bytes) != nil else {
      throw InputError(
        path: path, problem: "it is empty", remedy: "give one \(kind.name) a line, or JSON")
    }
    let values: [Double]
    if let json = json(in: bytes) {
      values = try parseJSON(json, path: path, kind: kind)
    } else {
      values = try parseDelimited(bytes, path: path, kind: kind)
    }
    guard !values.isEmpty else {
      throw InputError(
        path: path, problem: "it holds no values", remedy: "give one \(kind.name) a line")
    }
    return values
  }

  /// The JSON text that a file holds, from its first bracket on; nil where it holds something else.
  static func json(in bytes: [UInt8]) -> ArraySlice<UInt8>? {
    guard let start = firstVisible(in: bytes),
      bytes[start] == UInt8(ascii: "[") || bytes[start] == UInt8(ascii: "{")
    else { return nil }
    return bytes[start...]
  }

  /// The first byte that is neither blank nor of a byte-order mark.
  private static func firstVisible(in bytes: [UInt8]) -> Int? {
    bytes.firstIndex { $0 > 0x20 && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF }
  }

  // MARK: - CSV

  private static func parseDelimited(_ bytes: [UInt8], path: String, kind: ValueKind)
    throws(InputError) -> [Double]
  {
    var text = DelimitedText(bytes)
    var fields: [DelimitedText.Field] = []
    guard text.next(&fields) else { return [] }
    let isHeader = fields.contains { text.number($0) == nil }
    let (valueColumn, stepColumn) =
      isHeader
      ? try columns(of: fields.map { text.text($0).lowercased() }, path: path, kind: kind)
      : try bareColumns(count: fields.count, path: path, kind: kind)
    let width = fields.count
    var values: [Double] = []
    values.reserveCapacity(bytes.count / 20)
    var lastStep: Double?
    var hasRecord = isHeader ? text.next(&fields) : true
    while hasRecord {
      let line = text.line
      // A decimal comma would shift the columns.
      if fields.count > width, fields[width...].contains(where: { !text.text($0).isEmpty }) {
        throw InputError(
          path: path, line: line,
          problem: "it has \(fields.count) fields and the first line \(width)",
          remedy: "write decimals with a point")
      }
      guard valueColumn < fields.count, let value = text.number(fields[valueColumn]) else {
        let cell = valueColumn < fields.count ? text.text(fields[valueColumn]) : ""
        throw InputError(
          path: path, line: line, problem: "'\(printable(cell))' is not a number",
          remedy: kind.remedy)
      }
      guard kind.isValid(value) else {
        throw InputError(
          path: path, line: line, problem: "\(value) is not a \(kind.name)", remedy: kind.remedy)
      }
      if let stepColumn {
        guard stepColumn < fields.count, let step = text.number(fields[stepColumn]) else {
          throw InputError(
            path: path, line: line, problem: "the step is not a number",
            remedy: "give every step once, in order")
        }
        guard step == (lastStep ?? step - 1) + 1, lastStep != nil || step == 0 || step == 1 else {
          let before = lastStep.map { "follows step \(decimalText($0))" } ?? "is the first"
          throw InputError(
            path: path, line: line, problem: "step \(decimalText(step)) \(before)",
            remedy: "give every step once, in order, from 0 or 1 on")
        }
        lastStep = step
      }
      values.append(value)
      hasRecord = text.next(&fields)
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
      remedy: "name it one of \(kind.columns.prefix(4).joined(separator: ", "))")
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
        remedy: "add a header that names one of them \(kind.columns[0])")
    }
  }

  // MARK: - JSON

  /// The arrays that an object may hold; everything else in it is passed over.
  private struct Holder: Decodable {
    let arrays: [String: [Double?]]

    private struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      var arrays: [String: [Double?]] = [:]
      for key in container.allKeys {
        if let array = try? container.decode([Double?].self, forKey: key) {
          arrays[key.stringValue.lowercased()] = array
        }
      }
      self.arrays = arrays
    }
  }

  /// Steps (where there are any) and gradient norms of a JSON log: an array of norms, or an object of
  /// arrays.
  static func normsAndSteps(_ bytes: ArraySlice<UInt8>, path: String) throws(InputError) -> (
    steps: [Double?]?, norms: [Double?]
  ) {
    let data = Data(bytes)
    if bytes.first == UInt8(ascii: "["),
      let norms = try? JSONDecoder().decode([Double?].self, from: data)
    {
      return (nil, norms)
    }
    if let holder = try? JSONDecoder().decode(Holder.self, from: data),
      let norms = (ValueKind.gradientNorm.columns.lazy.compactMap { holder.arrays[$0] }).first
    {
      let steps = (stepColumns.lazy.compactMap { holder.arrays[$0] }).first
      guard steps == nil || steps?.count == norms.count else {
        throw InputError(
          path: path, problem: "its steps and gradient norms differ in number",
          remedy: "give one step a norm")
      }
      return (steps, norms)
    }
    throw InputError(
      path: path, problem: "it holds no JSON array of gradient norms",
      remedy: "give {\"step\": […], \"grad_norm\": […]} or an array")
  }

  private static func parseJSON(_ bytes: ArraySlice<UInt8>, path: String, kind: ValueKind)
    throws(InputError) -> [Double]
  {
    let data = Data(bytes)
    let decoder = JSONDecoder()
    let array: [Double?]
    if bytes.first == UInt8(ascii: "[") {
      guard let decoded = try? decoder.decode([Double?].self, from: data) else {
        throw InputError(
          path: path, problem: "it is not a JSON array of numbers", remedy: kind.remedy)
      }
      array = decoded
    } else {
      guard let holder = try? decoder.decode(Holder.self, from: data) else {
        throw InputError(path: path, problem: "it is not valid JSON", remedy: "check its syntax")
      }
      guard let name = kind.columns.first(where: { holder.arrays[$0] != nil }),
        let named = holder.arrays[name]
      else {
        throw InputError(
          path: path, problem: "no key of the JSON object holds an array of \(kind.name)s",
          remedy: "name it \(kind.columns[0])")
      }
      array = named
    }
    var values: [Double] = []
    values.reserveCapacity(array.count)
    for (index, value) in array.enumerated() {
      guard let value, kind.isValid(value) else {
        let shown = value.map { "\($0)" } ?? "null"
        throw InputError(
          path: path, problem: "element \(index + 1), \(shown), is not a \(kind.name)",
          remedy: kind.remedy)
      }
      values.append(value)
    }
    return values
  }
}
