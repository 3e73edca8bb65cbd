import Schedules
import Support

/// Reads a log of delimited text with a header: CSV, TSV, exports of services, Lightning's
/// `metrics.csv` with its many blank cells.
enum DelimitedLog {
  static func read(_ bytes: [UInt8], path: String, options: LogOptions) throws(InputError) -> RawLog
  {
    var text = DelimitedText(bytes, path: path)
    var fields: [DelimitedText.Field] = []
    guard try text.next(&fields) else {
      throw InputError(path: path, problem: "it is empty", hint: "give a log with records")
    }
    let isBare = fields.allSatisfy { text.number($0) != nil }
    let header = try isBare ? unnamed(fields.count, path, options) : text.names(fields)
    let choice = try LogColumns(path: path, options: options).choose(
      among: header, isStepNamed: true)
    // Only what is used is parsed: logs of a hundred columns are common.
    var records = LogRecords()
    var used: [(field: Int, column: Int)] = []
    for name in Set(choice.names.values).union(choice.otherRates) {
      guard let field = header.firstIndex(of: name) else { continue }
      used.append((field, records.column(name)))
    }
    var mends = LogMends()
    let isTerminated = bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r")
    var width = header.count
    var hasRecord = isBare ? true : try nextRecord(of: &text, &fields, &mends)
    while hasRecord {
      if !isTerminated, text.isAtEnd {
        // The last line may be half-written.
        let isShort = fields.count < width
        mends.note(isShort ? .unfinishedRecords : .unterminatedLine, 1)
        if isShort { break }
      }
      for (field, column) in used where field < fields.count {
        if let number = text.number(fields[field]) {
          records.add(number, to: column)
        } else if !isBlank(text.text(fields[field])) {
          records.addUnreadable(to: column)
        }
      }
      records.endRecord()
      width = fields.count
      hasRecord = try nextRecord(of: &text, &fields, &mends)
    }
    return records.raw(format: .csv, choice: choice, mends: mends)
  }

  /// The columns of a table without a header, where it is known what such a table holds.
  private static func unnamed(_ count: Int, _ path: String, _ options: LogOptions)
    throws(InputError) -> [String]
  {
    guard let quantity = options.unnamed, count <= 2 else {
      throw InputError(
        path: path, line: 1, problem: "its columns have no names",
        hint: "add a header like step,lr,loss")
    }
    let names = [LogQuantity.step, quantity].map(\.rawValue)
    return Array(names.suffix(count))
  }

  /// Reads the next record; one that ends within quotes on the last line is half-written.
  private static func nextRecord(
    of text: inout DelimitedText, _ fields: inout [DelimitedText.Field], _ mends: inout LogMends
  ) throws(InputError) -> Bool {
    do {
      return try text.next(&fields)
    } catch {
      guard text.isAtEnd, error.line == text.nextLine else { throw error }
      mends.note(.unfinishedRecords, 1)
      return false
    }
  }

  /// Whether a cell says that there is no value.
  private static func isBlank(_ cell: String) -> Bool {
    cell.isEmpty || ["none", "null", "na", "n/a", "-"].contains(cell.lowercased())
  }
}
