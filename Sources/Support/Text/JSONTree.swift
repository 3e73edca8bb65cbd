/// A JSON value as it stands in a file.
package enum JSONTree {
  case null
  case boolean(Bool)
  case number(Double)
  case string(String)
  case array([JSONTree])
  case object([(name: String, value: JSONTree)])

  /// The member of that name; nil for anything but an object.
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

  /// A number, also one written as text; nil for anything else.
  package var number: Double? {
    switch self {
    case .number(let number): return number
    case .string(let text):
      let bytes = Array(text.utf8)
      return parseNumber(bytes, bytes.indices)
    default: return nil
    }
  }
}

extension JSONTree {
  /// The document that a file holds.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - path: for messages.
  ///   - mayEndEarly: whether a document that the end of the file cuts short is taken as far as it goes.
  /// - Returns: the document, and whether it was cut short.
  /// - Throws: ``InputError`` with the line where it stops being JSON.
  /// - Complexity: O(size).
  package static func document(_ bytes: [UInt8], path: String, mayEndEarly: Bool = false)
    throws(InputError) -> (tree: JSONTree, isCutShort: Bool)
  {
    var reader = JSONReader(bytes, range: bytes.indices)
    if let tree = reader.value(), reader.isCutShort ? mayEndEarly : reader.isAtEnd {
      return (tree, reader.isCutShort)
    }
    throw reader.failure(path: path, line: 1)
  }

  /// Whether a file holds JSON: whether it begins with a bracket or a brace.
  package static func isFound(in bytes: [UInt8]) -> Bool {
    let first = bytes.first { $0 > 0x20 }
    return first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
  }
}

/// Reads JSON as trainers write it: `NaN` and `Infinity` are numbers, and of a text that ends too early
/// the arrays and objects that it has begun are kept, with their complete members.
///
/// The decoder of FoundationEssentials refuses both.
package struct JSONReader {
  private let bytes: [UInt8]
  private let start: Int
  private let end: Int
  private var position: Int

  /// The name that an object has twice, where one does: either value could be meant.
  package private(set) var repeatedName: String?

  /// Whether the text ended within the value.
  package private(set) var isCutShort = false

  /// How deep values may lie in one another.
  private static let mostLevels = 64

  private static let fewMembers = 16

  package init(_ bytes: [UInt8], range: Range<Int>) {
    self.bytes = bytes
    start = range.lowerBound
    position = start
    end = range.upperBound
  }

  /// The next value; nil where there is none, or where the text is not JSON.
  package mutating func value() -> JSONTree? { value(level: 0) }

  /// Why the text is not JSON; `line` is that of its first byte.
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

  /// Whether nothing but blanks is left.
  package var isAtEnd: Bool {
    bytes[position..<end].allSatisfy { Self.isBlank($0) }
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  /// The next byte that is not blank; nil, and ``isCutShort``, at the end of the text.
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
    position += 1
    while let byte = next() {
      if byte == UInt8(ascii: "]"), elements.isEmpty {
        position += 1
        return .array(elements)
      }
      guard let element = value(level: level + 1) else { break }
      elements.append(element)
      switch next() {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "]"):
        position += 1
        return .array(elements)
      case nil: break
      default: return nil
      }
    }
    return isCutShort ? .array(elements) : nil
  }

  private mutating func object(level: Int) -> JSONTree? {
    var members: [(name: String, value: JSONTree)] = []
    // Most objects have a few members: their names are compared, those of large ones looked up.
    var names: Set<String> = []
    position += 1
    while let byte = next() {
      if byte == UInt8(ascii: "}"), members.isEmpty {
        position += 1
        return .object(members)
      }
      guard byte == UInt8(ascii: "\""), let name = string(), next() == UInt8(ascii: ":") else {
        break
      }
      if members.count == Self.fewMembers { names = Set(members.map(\.name)) }
      let isRepeated =
        members.count < Self.fewMembers
        ? members.contains { $0.name == name } : !names.insert(name).inserted
      if isRepeated {
        repeatedName = name
        return nil
      }
      position += 1
      guard let value = value(level: level + 1) else { break }
      members.append((name, value))
      switch next() {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "}"):
        position += 1
        return .object(members)
      case nil: break
      default: return nil
      }
    }
    return isCutShort ? .object(members) : nil
  }

  /// A number, or one of the words; within something unfinished, one that touches the end may be cut.
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

  /// A string's text with its escapes resolved; one that makes no character becomes U+FFFD.
  private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
    var units: [UInt16] = []
    var result = ""
    var index = text.startIndex
    var plain: [UInt8] = []
    func flush() {
      if !units.isEmpty { result += String(decoding: units, as: UTF16.self) }
      if !plain.isEmpty { result += String(decoding: plain, as: UTF8.self) }
      units.removeAll()
      plain.removeAll()
    }
    while index < text.endIndex {
      let byte = text[index]
      index += 1
      guard byte == UInt8(ascii: "\\"), index < text.endIndex else {
        if !units.isEmpty { flush() }
        plain.append(byte)
        continue
      }
      let escape = text[index]
      index += 1
      if escape == UInt8(ascii: "u") {
        if !plain.isEmpty { flush() }
        let digits = String(decoding: text[index..<min(index + 4, text.endIndex)], as: UTF8.self)
        units.append(UInt16(digits, radix: 16) ?? 0xFFFD)
        index = min(index + 4, text.endIndex)
        continue
      }
      if !units.isEmpty { flush() }
      switch escape {
      case UInt8(ascii: "n"): plain.append(0x0A)
      case UInt8(ascii: "t"): plain.append(0x09)
      case UInt8(ascii: "r"): plain.append(0x0D)
      case UInt8(ascii: "b"): plain.append(0x08)
      case UInt8(ascii: "f"): plain.append(0x0C)
      default: plain.append(escape)
      }
    }
    flush()
    return result
  }
}
