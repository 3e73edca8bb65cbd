/// A JSON value as written: members in order, `NaN` and infinities as numbers.
package enum JSONTree {
  case null
  case boolean(Bool)
  case number(Double)
  case string(String)
  case array([JSONTree])
  case object([(name: String, value: JSONTree)])

  /// The member with a name; nil for anything but an object.
  package subscript(name: String) -> JSONTree? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// Whether it is `null`.
  package var isNull: Bool {
    if case .null = self { return true }
    return false
  }

  /// The elements of an array; nil for anything else.
  package var elements: [JSONTree]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// A number, possibly written as a string; nil for anything else.
  package var number: Double? {
    switch self {
    case .number(let number): return number
    case .string(let text): return parseNumber(text)
    default: return nil
    }
  }
}

extension JSONTree {
  /// Reads a JSON document, or a truncated one up to its last complete value if `mayEndEarly`.
  package static func document(_ bytes: [UInt8], path: String, mayEndEarly: Bool = false)
    throws(InputError) -> (tree: JSONTree, isCutShort: Bool)
  {
    var reader = JSONReader(bytes, range: bytes.indices)
    if let tree = reader.value(), reader.isCutShort ? mayEndEarly : reader.isAtEnd {
      return (tree, reader.isCutShort)
    }
    throw reader.failure(path: path, line: 1)
  }

  /// Whether the text begins with a bracket or a brace.
  package static func isFound(in bytes: [UInt8]) -> Bool {
    let first = bytes.first { $0 > 0x20 }
    return first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
  }
}

/// Reads JSON as trainers write it, which FoundationEssentials' decoder refuses: `NaN` and `Infinity` are
/// numbers, and a truncated text keeps the complete members of its open arrays and objects.
package struct JSONReader {
  private let bytes: [UInt8]
  private let start: Int
  private let end: Int
  private var position: Int

  /// A name that occurs twice in one object.
  package private(set) var repeatedName: String?

  /// Whether the text ended inside the value.
  package private(set) var isCutShort = false

  private static let mostLevels = 64

  private static let fewMembers = 16

  package init(_ bytes: [UInt8], range: Range<Int>) {
    self.bytes = bytes
    start = range.lowerBound
    position = start
    end = range.upperBound
  }

  /// Reads the next value; nil at the end and for text that is not JSON.
  package mutating func value() -> JSONTree? { value(level: 0) }

  /// Returns the syntax error; `line` is the line of the text's first byte.
  package func failure(path: String, line: Int) -> InputError {
    let place = line + bytes[start..<min(position, end)].count { $0 == UInt8(ascii: "\n") }
    guard let repeatedName else {
      return InputError(
        path: path, line: place, problem: "it is not valid JSON", hint: "check its syntax")
    }
    return InputError(
      path: path, line: place, problem: "the key '\(printable(repeatedName))' stands twice",
      hint: "remove one of them")
  }

  /// Whether only blanks are left.
  package var isAtEnd: Bool {
    bytes[position..<end].allSatisfy { Self.isBlank($0) }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// Skips blanks and returns the next byte; at the end sets ``isCutShort`` and returns nil.
  private mutating func next() -> UInt8? {
    while position < end, Self.isBlank(bytes[position]) { position += 1 }
    guard position < end else {
      isCutShort = true
      return nil
    }
    return bytes[position]
  }

  private mutating func value(level: Int) -> JSONTree? {
    guard level < Self.mostLevels, let byte = next() else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return object(level: level)
    case UInt8(ascii: "["): return array(level: level)
    case UInt8(ascii: "\""): return string().map { .string($0) }
    default: return word(level: level)
    }
  }

  private mutating func array(level: Int) -> JSONTree? {
    var elements: [JSONTree] = []
    let isWhole = list(until: UInt8(ascii: "]")) { reader in
      guard let element = reader.value(level: level + 1) else { return false }
      elements.append(element)
      return true
    }
    return isWhole ? .array(elements) : nil
  }

  private mutating func object(level: Int) -> JSONTree? {
    var members: [(name: String, value: JSONTree)] = []
    // Compares names in small objects and looks them up in large ones.
    var names: Set<String> = []
    let isWhole = list(until: UInt8(ascii: "}")) { reader in
      guard reader.next() == UInt8(ascii: "\""), let name = reader.string(),
        reader.next() == UInt8(ascii: ":")
      else { return false }
      if members.count == Self.fewMembers { names = Set(members.map(\.name)) }
      let isRepeated =
        members.count < Self.fewMembers
        ? members.contains { $0.name == name } : !names.insert(name).inserted
      if isRepeated { reader.repeatedName = name }
      reader.position += 1
      guard !isRepeated, let value = reader.value(level: level + 1) else { return false }
      members.append((name, value))
      return true
    }
    return isWhole ? .object(members) : nil
  }

  /// Reads elements between commas up to a closing bracket; false for a syntax error other than an early end.
  private mutating func list(until closing: UInt8, _ read: (inout JSONReader) -> Bool) -> Bool {
    position += 1
    var isEmpty = true
    while let byte = next() {
      if byte == closing, isEmpty {
        position += 1
        return true
      }
      guard read(&self) else { break }
      isEmpty = false
      switch next() {
      case UInt8(ascii: ","): position += 1
      case closing:
        position += 1
        return true
      case nil: break
      default: return false
      }
    }
    return isCutShort
  }

  /// Reads a number or a word; one that touches the end of a truncated text may be cut and is dropped.
  private mutating func word(level: Int) -> JSONTree? {
    let start = position
    while position < end, !Self.isBlank(bytes[position]), !Self.isMark(bytes[position]) {
      position += 1
    }
    if position == end, level > 0 {
      isCutShort = true
      return nil
    }
    switch String(decoding: bytes[start..<position], as: UTF8.self) {
    case "null": return .null
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    default: return parseNumber(bytes, start..<position).map { .number($0) }
    }
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}")
      || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "\"")
  }

  private mutating func string() -> String? {
    position += 1
    let start = position
    var hasEscape = false
    while position < end, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\") {
        hasEscape = true
        position += 1
      }
      position += 1
    }
    guard position < end else {
      position = end
      isCutShort = true
      return nil
    }
    let text = bytes[start..<position]
    position += 1
    return hasEscape ? Self.unescaped(text) : String(decoding: text, as: UTF8.self)
  }

  /// Resolves escapes; invalid ones become U+FFFD.
  private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
    let backslash = UInt8(ascii: "\\")
    var units: [UInt16] = []
    var rest = text
    while let place = rest.firstIndex(of: backslash), place + 1 < rest.endIndex {
      units += String(decoding: rest[..<place], as: UTF8.self).utf16
      rest = rest[(place + 2)...]
      switch text[place + 1] {
      case UInt8(ascii: "u"):
        let digits = String(decoding: rest.prefix(4), as: UTF8.self)
        units.append(UInt16(digits, radix: 16) ?? 0xFFFD)
        rest = rest.dropFirst(4)
      case UInt8(ascii: "n"): units.append(0x0A)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "r"): units.append(0x0D)
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0C)
      case backslash: units.append(UInt16(backslash))
      // Any other character stands for itself.
      default: rest = text[(place + 1)..<text.endIndex]
      }
    }
    units += String(decoding: rest, as: UTF8.self).utf16
    return String(decoding: units, as: UTF16.self)
  }
}
