import Support

/// Reads delimited text with a header: CSV, TSV, services' exports, Lightning's `metrics.csv`.
enum DelimitedLog {
  static func read(_ bytes: [UInt8], path: String, options: LogOptions) throws(InputError) -> RawLog
  {
    var table = DelimitedTable(bytes, path: path)
    try table.readFirst(hint: "give a log with records")
    let isBare = (0..<table.count).allSatisfy { table.number($0) != nil }
    let header: [String]
    if isBare {
      header = try unnamed(table.count, path, options)
    } else {
      try table.takeHeader()
      header = table.header
    }
    let choice = try ColumnChoice(among: header, path: path, options: options)
    var log = RawLog(.csv)
    log.choice = choice
    // Only chosen columns are parsed: logs of a hundred columns are common.
    var used: [(field: Int, column: Int)] = []
    for name in Set(choice.names.values).union(choice.otherRates) {
      guard let field = header.firstIndex(of: name) else { continue }
      used.append((field, log.column(name)))
    }
    let isTerminated = bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r")
    var width = header.count
    var hasRecord = isBare ? true : try nextRecord(of: &table, &log.repairs)
    while hasRecord {
      if !isTerminated, table.isAtEnd {
        // The last line may be half-written.
        let isShort = table.count < width
        log.repairs.note(isShort ? .unfinishedRecords : .unterminatedLine, 1)
        if isShort { break }
      }
      for (field, column) in used {
        if let number = table.number(field) {
          log.add(number, to: column)
        } else if !isBlank(table.text(field)) {
          log.columns[column].unreadable += 1
        }
      }
      log.endRecord()
      width = table.count
      hasRecord = try nextRecord(of: &table, &log.repairs)
    }
    return log
  }

  private static func unnamed(_ count: Int, _ path: String, _ options: LogOptions)
    throws(InputError) -> [String]
  {
    guard let quantity = options.unnamed, count <= 2 else {
      throw InputError(
        path: path, line: 1, problem: "its columns have no names",
        hint: "add a header like step,lr,loss")
    }
    return Array([LogQuantity.step, quantity].map(\.rawValue).suffix(count))
  }

  private static func nextRecord(of table: inout DelimitedTable, _ repairs: inout LogRepairs)
    throws(InputError) -> Bool
  {
    do {
      return try table.next()
    } catch {
      guard table.isAtEnd, error.line == table.nextLine else { throw error }
      repairs.note(.unfinishedRecords, 1)
      return false
    }
  }

  private static func isBlank(_ cell: String) -> Bool {
    cell.isEmpty || ["none", "null", "na", "n/a", "-"].contains(cell.lowercased())
  }
}
