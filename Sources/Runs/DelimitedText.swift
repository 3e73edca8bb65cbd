/// Reads delimited text (RFC 4180: quoted fields, doubled quotes, CRLF) a record at a time.
///
/// A byte-order mark is skipped, blank lines are passed over, and the delimiter is the first of tab,
/// semicolon and comma that the first line contains outside quotes.
struct DelimitedText {
  private let bytes: [UInt8]
  private let delimiter: UInt8
  private var position: Int
  private var nextLine = 1

  /// One field: its bytes in the file, and whether it was quoted.
  struct Field {
    var range: Range<Int>
    var isQuoted: Bool
  }

  /// The 1-based line on which the last record began.
  private(set) var line = 0

  /// Whether nothing is left to read.
  var isAtEnd: Bool { position >= bytes.count }

  private static let comma = UInt8(ascii: ",")
  private static let quote = UInt8(ascii: "\"")
  private static let newline = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var delimiter = Self.comma
    var isInQuotes = false
    for byte in bytes[position...] {
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
  mutating func next(_ fields: inout [Field]) -> Bool {
    while position < bytes.count {
      fields.removeAll(keepingCapacity: true)
      line = nextLine
      readRecord(&fields)
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

  /// A quoted field; whatever stands between its closing quote and the next delimiter is dropped.
  private mutating func readQuoted(_ bytes: UnsafeBufferPointer<UInt8>, _ fields: inout [Field]) {
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
    while position < bytes.count, bytes[position] != delimiter, bytes[position] != Self.newline,
      bytes[position] != Self.carriageReturn
    {
      position += 1
    }
  }

  /// A field's text without surrounding blanks, doubled quotes resolved.
  func text(_ field: Field) -> String {
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
  func number(_ field: Field) -> Double? { parseNumber(bytes, field.range) }
}

/// A text without blanks at either end.
func trimmed(_ text: String) -> String {
  let isBlank = { (character: Character) in character == " " || character == "\t" }
  return String(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
}
