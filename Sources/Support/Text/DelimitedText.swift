/// Reads delimited text (RFC 4180: quoted fields, doubled quotes, CRLF) a record at a time.
///
/// Blank lines are passed over, and the delimiter is the first of tab, semicolon and comma that the first
/// line contains outside quotes.
package struct DelimitedText {
  private let bytes: [UInt8]
  private let path: String
  private let delimiter: UInt8
  private var position: Int

  /// The line that the next record begins on.
  package private(set) var nextLine = 1

  /// What is wrong with the quotes of the record that was read last.
  private var fault: InputError?

  /// One field: its bytes in the file, and whether it was quoted.
  package struct Field {
    package var range: Range<Int>
    package var isQuoted: Bool
  }

  /// The 1-based line on which the last record began.
  package private(set) var line = 0

  /// Whether nothing is left to read.
  package var isAtEnd: Bool { position >= bytes.count }

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// The text of a file.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - path: for messages.
  package init(_ bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
    position = 0
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

  /// Puts the next record's fields into the array; false at the end of the text.
  ///
  /// - Throws: ``InputError`` for a quote that is not closed, which would swallow the rest of the file,
  ///   and for text behind one that is.
  package mutating func next(_ fields: inout [Field]) throws(InputError) -> Bool {
    while position < bytes.count {
      fields.removeAll(keepingCapacity: true)
      line = nextLine
      readRecord(&fields)
      if let fault { throw fault }
      let isBlank = fields.count == 1 && fields[0].range.isEmpty && !fields[0].isQuoted
      if !isBlank { return true }
    }
    return false
  }

  private mutating func readRecord(_ fields: inout [Field]) {
    bytes.withUnsafeBufferPointer { bytes in
      while true {
        if position < bytes.count, bytes[position] == Self.quote {
          readQuoted(bytes, &fields)
        } else {
          let start = position
          while position < bytes.count, bytes[position] != delimiter,
            bytes[position] != Self.newline, bytes[position] != Self.carriageReturn
          {
            position += 1
          }
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

  /// A quoted field; nothing but blanks may stand between its closing quote and the next delimiter.
  private mutating func readQuoted(_ bytes: UnsafeBufferPointer<UInt8>, _ fields: inout [Field]) {
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
    position += 1
    while position < bytes.count, bytes[position] != delimiter, bytes[position] != Self.newline,
      bytes[position] != Self.carriageReturn
    {
      if bytes[position] != UInt8(ascii: " ") {
        fault = InputError(
          path: path, line: nextLine, problem: "text follows a closing quote",
          hint: "write a quote within quotes twice")
      }
      position += 1
    }
  }

  /// The names in a header, as they are written.
  ///
  /// - Throws: ``InputError`` where two columns have one name, apart from case: either could be meant.
  package func names(_ fields: [Field]) throws(InputError) -> [String] {
    let names = fields.map { text($0) }
    var seen: Set<String> = [""]
    for name in names where !seen.insert(name.lowercased()).inserted && !name.isEmpty {
      throw InputError(
        path: path, line: line, problem: "two columns are called '\(printable(name))'",
        hint: "rename or remove one of them")
    }
    return names
  }

  /// A field's text without surrounding blanks, doubled quotes resolved.
  package func text(_ field: Field) -> String {
    var text = String(decoding: bytes[field.range], as: UTF8.self)
    if field.isQuoted, text.contains("\"\"") {
      var resolved = ""
      var skipsQuote = false
      for character in text {
        if character == "\"" {
          if !skipsQuote { resolved.append(character) }
          skipsQuote.toggle()
        } else {
          resolved.append(character)
          skipsQuote = false
        }
      }
      text = resolved
    }
    return trimmed(text)
  }

  /// A field as a number, or nil: `nan` and `inf` read as what they say.
  package func number(_ field: Field) -> Double? { parseNumber(bytes, field.range) }
}
