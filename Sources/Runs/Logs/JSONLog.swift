import Support

/// Reads logs of plain JSON: one object a line, an array of objects, or an object of arrays.
enum JSONLog {
  /// One object a line; lines that are none are counted and left out.
  static func readLines(_ bytes: [UInt8], path: String, options: LogOptions) throws(InputError)
    -> RawLog
  {
    var records = LogRecords()
    var mends = LogMends()
    var start = 0
    var line = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      defer { start = end + 1 }
      line += 1
      guard let first = bytes[start..<end].firstIndex(where: { $0 > 0x20 }) else { continue }
      var reader = JSONReader(bytes, range: first..<end)
      if case .object(let members) = reader.value(), !reader.isCutShort, reader.isAtEnd {
        add(members, to: &records)
      } else if reader.repeatedName != nil {
        throw reader.failure(path: path, line: line)
      } else {
        mends.note(end == bytes.count ? .unfinishedRecords : .unreadableLines, 1)
      }
    }
    guard records.count > 0 else {
      throw InputError(
        path: path, problem: "no line of it is a JSON object", hint: "give one object a line")
    }
    return try raw(records, .jsonLines, path: path, options: options, mends: mends)
  }

  /// An array of objects, or an object of arrays.
  static func readDocument(_ bytes: [UInt8], path: String, options: LogOptions) throws(InputError)
    -> RawLog
  {
    let (document, mends) = try tree(bytes, path: path)
    var records = LogRecords()
    switch document {
    case .array(let rows):
      addRows(rows, to: &records)
      if let unnamed = options.unnamed { addNumbers(rows, to: unnamed.rawValue, of: &records) }
    case .object(let members): addColumns(members, to: &records)
    default: break
    }
    guard records.count > 0 else {
      throw InputError(
        path: path, problem: "it holds no records",
        hint: "give an array of objects, or an object of arrays")
    }
    return try raw(records, .json, path: path, options: options, mends: mends)
  }

  /// The document that a file holds, as far as it goes.
  ///
  /// - Throws: `InputError` with the line where it stops being JSON.
  static func tree(_ bytes: [UInt8], path: String) throws(InputError) -> (JSONTree, LogMends) {
    let (tree, isCutShort) = try JSONTree.document(bytes, path: path, mayEndEarly: true)
    var mends = LogMends()
    mends.note(.unfinishedRecords, isCutShort ? 1 : 0)
    return (tree, mends)
  }

  /// Adds an array of objects, a record each.
  static func addRows(_ rows: [JSONTree], to records: inout LogRecords) {
    for case .object(let members) in rows { add(members, to: &records) }
  }

  /// Adds a list of numbers, a record each; nothing where it holds anything else.
  private static func addNumbers(
    _ rows: [JSONTree], to name: String, of records: inout LogRecords
  ) {
    guard records.count == 0, rows.allSatisfy({ $0.number != nil || $0.isNull }) else { return }
    for row in rows {
      records.add(row, to: name)
      records.endRecord()
    }
  }

  /// Adds an object of arrays: the i-th elements are the i-th record.
  static func addColumns(
    _ members: [(name: String, value: JSONTree)], to records: inout LogRecords
  ) {
    let columns = members.compactMap { member in
      member.value.elements.map { (name: member.name, values: $0) }
    }
    for index in 0..<(columns.map(\.values.count).max() ?? 0) {
      for column in columns where index < column.values.count {
        records.add(column.values[index], to: column.name)
      }
      records.endRecord()
    }
  }

  private static func add(
    _ members: [(name: String, value: JSONTree)], to records: inout LogRecords
  ) {
    for member in members { records.add(member.value, to: member.name) }
    records.endRecord()
  }

  private static func raw(
    _ records: LogRecords, _ format: LogFormat, path: String, options: LogOptions, mends: LogMends
  ) throws(InputError) -> RawLog {
    let choice = try LogColumns(path: path, options: options).choose(
      among: records.columns.map(\.name), isStepNamed: true)
    return records.raw(format: format, choice: choice, mends: mends)
  }
}
