/// Reads a delimited table (RFC 4180: quoted fields, doubled quotes, CRLF) one record at a time.
///
/// Skips blank lines. The delimiter is the first tab, semicolon or comma outside quotes in the first line.
package struct DelimitedTable {
  private struct Field {
    var range: Range<Int>
    var isQuoted: Bool
  }

  private let bytes: [UInt8]
  private let path: String
  private let delimiter: UInt8
  private var position = 0
  private var fields: [Field] = []

  private var fault: InputError?

  /// The column names as written; empty until ``takeHeader()``.
  package private(set) var header: [String] = []

  /// The column names in lower case.
  package private(set) var names: [String] = []

  /// The number of fields in the first record.
  package private(set) var width = 0

  /// The 1-based line on which the current record begins.
  package private(set) var line = 0

  /// The 1-based line on which the next record begins.
  package private(set) var nextLine = 1

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Opens a table; the path is for messages.
  package init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
    var delimiter = Self.comma
    var isInQuotes = false
    for byte in bytes {
      if byte == Self.quote { isInQuotes.toggle() }
      if isInQuotes { continue }
      if byte == Self.newline || byte == Self.carriageReturn || byte == Self.comma { break }
      if byte == UInt8(ascii: "\t") || byte == UInt8(ascii: ";") {
        delimiter = byte
        break
      }
    }
    self.delimiter = delimiter
  }

  // MARK: - Columns

  /// Reads the first record, which may be the header; fails with the hint for an empty text.
  package mutating func readFirst(hint: String) throws(InputError) {
    guard try next() else { throw InputError(path: path, problem: "it is empty", hint: hint) }
  }

  /// Takes the current record as the header; fails if two columns have the same name, ignoring case.
  package mutating func takeHeader() throws(InputError) {
    header = fields.indices.map { text($0) }
    names = header.map { $0.lowercased() }
    var seen: Set<String> = [""]
    for (name, key) in zip(header, names) where !seen.insert(key).inserted && !key.isEmpty {
      throw InputError(
        path: path, line: line, problem: "two columns are called '\(printable(name))'",
        hint: "rename or remove one of them")
    }
  }

  /// Returns the column with the first of the preferred lower-case names that exists.
  package func column(_ preferred: [String]) -> Int? {
    preferred.lazy.compactMap { names.firstIndex(of: $0) }.first
  }

  /// Unwraps a column, or throws an error that lists the columns.
  package func require(_ column: Int?, called wanted: String, hint: String) throws(InputError)
    -> Int
  {
    if let column { return column }
    throw InputError(
      path: path, line: 1,
      problem:
        "no column is called \(wanted) (there are \(printable(names.joined(separator: ", "))))",
      hint: hint)
  }

  // MARK: - Cells

  /// The number of fields in the current record.
  package var count: Int { fields.count }

  /// Whether all text has been read.
  package var isAtEnd: Bool { position >= bytes.count }

  /// Whether the record has text beyond the first record's width, as a decimal comma causes.
  package var hasSurplus: Bool {
    fields.count > width && (width..<fields.count).contains { !text($0).isEmpty }
  }

  /// Returns a cell as a number, `nan` and `inf` included; nil if it is missing or other text.
  package func number(_ column: Int) -> Double? {
    column < fields.count ? parseNumber(bytes, fields[column].range) : nil
  }

  /// Returns a cell's text, trimmed, with doubled quotes resolved; empty if it is missing.
  package func text(_ column: Int) -> String {
    guard column < fields.count else { return "" }
    let field = fields[column]
    let text = String(decoding: bytes[field.range], as: UTF8.self)
    guard field.isQuoted, text.contains("\"\"") else { return trimmed(text) }
    return trimmed(
      text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\""))
  }

  // MARK: - Records

  /// Reads the next record, false at the end; an unclosed quote fails, since it would swallow the rest.
  package mutating func next() throws(InputError) -> Bool {
    while position < bytes.count {
      fields.removeAll(keepingCapacity: true)
      line = nextLine
      readRecord()
      if let fault { throw fault }
      if fields.count == 1 && fields[0].range.isEmpty && !fields[0].isQuoted { continue }
      if width == 0 { width = fields.count }
      return true
    }
    return false
  }

  private mutating func readRecord() {
    bytes.withUnsafeBufferPointer { bytes in
      while true {
        if position < bytes.count, bytes[position] == Self.quote {
          readQuoted(bytes)
        } else {
          let start = position
          position = fieldEnd(bytes, from: start)
          fields.append(Field(range: start..<position, isQuoted: false))
        }
        guard position < bytes.count else { return }
        if bytes[position] == delimiter {
          position += 1
          continue
        }
        let isPair =
          bytes[position] == Self.carriageReturn && position + 1 < bytes.count
          && bytes[position + 1] == Self.newline
        position += isPair ? 2 : 1
        nextLine += 1
        return
      }
    }
  }

  private func fieldEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let delimiter = delimiter
    var place = start
    while place < bytes.count {
      let byte = bytes[place]
      if byte == delimiter { break }
      // Most bytes are above both line breaks.
      if byte <= Self.carriageReturn, byte == Self.newline || byte == Self.carriageReturn { break }
      place += 1
    }
    return place
  }

  /// Reads a quoted field; only blanks may follow its closing quote.
  private mutating func readQuoted(_ bytes: UnsafeBufferPointer<UInt8>) {
    let opening = nextLine
    position += 1
    let start = position
    while position < bytes.count {
      if bytes[position] == Self.quote {
        guard position + 1 < bytes.count, bytes[position + 1] == Self.quote else { break }
        position += 1
      } else if bytes[position] == Self.newline {
        nextLine += 1
      }
      position += 1
    }
    fields.append(Field(range: start..<min(position, bytes.count), isQuoted: true))
    guard position < bytes.count else {
      fault = InputError(
        path: path, line: opening, problem: "a quote opens here and is never closed",
        hint: "close it, or remove it")
      return
    }
    let rest = position + 1
    position = fieldEnd(bytes, from: rest)
    if bytes[rest..<position].contains(where: { $0 != UInt8(ascii: " ") }) {
      fault = InputError(
        path: path, line: nextLine, problem: "text follows a closing quote",
        hint: "double every quote inside a quoted field")
    }
  }
}
