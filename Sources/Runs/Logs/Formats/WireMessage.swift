/// Iterates over the fields of a protobuf message in file order.
///
/// A field is a varint of number and wire type, then a value: type 0 a varint, 1 eight bytes, 2 a length
/// and that many bytes (text, messages, packed lists), 5 four bytes. A malformed message ends early.
struct WireMessage: Sequence, IteratorProtocol {
  enum Value {
    case number(UInt64)
    case eightBytes(UInt64)
    case fourBytes(UInt32)
    case bytes(Range<Int>)
  }

  private let bytes: [UInt8]
  private let end: Int
  private var position: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  mutating func next() -> (field: Int, value: Value)? {
    guard position < end, let key = varint(), let field = Int(exactly: key >> 3) else { return nil }
    switch key & 7 {
    case 0: return varint().map { (field, .number($0)) }
    case 1:
      guard let start = advance(by: 8) else { return nil }
      return (field, .eightBytes(littleEndian(bytes, at: start, count: 8)))
    case 2:
      guard let length = varint().flatMap({ Int(exactly: $0) }), let start = advance(by: length)
      else { return nil }
      return (field, .bytes(start..<start + length))
    case 5:
      guard let start = advance(by: 4) else { return nil }
      return (field, .fourBytes(UInt32(littleEndian(bytes, at: start, count: 4))))
    default: return nil
    }
  }

  static func numbers(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt64] {
    var reader = WireMessage(bytes, range)
    var numbers: [UInt64] = []
    while let number = reader.varint() { numbers.append(number) }
    return numbers
  }

  private mutating func advance(by count: Int) -> Int? {
    guard count <= end - position else {
      position = end
      return nil
    }
    defer { position += count }
    return position
  }

  private mutating func varint() -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while position < end, shift < 64 {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    position = end
    return nil
  }
}

extension WireMessage.Value {
  func text(_ bytes: [UInt8]) -> String? {
    guard case .bytes(let range) = self else { return nil }
    return String(decoding: bytes[range], as: UTF8.self)
  }
}
