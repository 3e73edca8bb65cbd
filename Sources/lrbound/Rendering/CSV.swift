import Support

/// The rows of a report for a spreadsheet.
enum CSV {
  /// Written piece by piece, where the table may be too long to be held.
  case pieces((_ write: (String) throws -> Void) throws -> Void)

  /// Rows of cells, the header first.
  case rows([[String]])

  /// One row a record, with the columns named: `ratio` is a key of the record's JSON, `low=interval.0` the
  /// element of an array under another name.
  static func records(_ records: [some Encodable], _ columns: String...) -> CSV {
    .pieces { write in
      let paths = columns.map { $0.split(separator: "=").map(String.init) }
      try write(line(paths.map { $0[0] }))
      for record in records {
        let bytes = Array(try JSONOutput.data(record))
        let tree = try JSONTree.document(bytes, path: "the report").tree
        try write(line(paths.map { cell(tree, $0[$0.count - 1]) }))
      }
    }
  }

  /// Writes the table to standard output.
  func write() throws {
    switch self {
    case .pieces(let body): try body { try StandardOutput.writeFinite($0) }
    case .rows(let rows): try StandardOutput.writeFinite(rows.map(Self.line).joined())
    }
  }

  /// A line of fields, quoted where they must be.
  static func line(_ fields: [String]) -> String {
    fields.map(field).joined(separator: ",") + "\n"
  }

  /// A field, quoted where it must be.
  static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    let doubled = text.split(separator: "\"", omittingEmptySubsequences: false)
    return "\"" + doubled.joined(separator: "\"\"") + "\""
  }

  /// The value at a path of keys and indices; empty where there is none.
  private static func cell(_ tree: JSONTree, _ path: String) -> String {
    var value: JSONTree? = tree
    for step in path.split(separator: ".") {
      if let index = Int(step) {
        value = value?.elements.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      } else {
        value = value?[String(step)]
      }
    }
    switch value {
    case .number(let number): return decimalText(number)
    case .string(let text): return text
    case .boolean(let flag): return "\(flag)"
    default: return ""
    }
  }
}
