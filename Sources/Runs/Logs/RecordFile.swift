/// Takes a TFRecord file apart: length (8 bytes), masked CRC-32C of the length, data, masked CRC-32C of
/// the data, over and over.
///
/// Where a length is damaged, the next place is sought at which a length agrees with its checksum; a
/// chance agreement has a probability of 2⁻³² a byte.
struct RecordFile {
  /// Where the data of each undamaged record lies.
  private(set) var records: [Range<Int>] = []

  /// How many stretches of the file are damaged.
  private(set) var corrupt = 0

  /// Whether the file ends within a record.
  private(set) var isCutShort = false

  private static let headerSize = 12
  private static let footerSize = 4

  /// Whether the file begins with a record.
  static func hasHeader(_ bytes: [UInt8]) -> Bool { length(bytes, at: 0) != nil }

  init(_ bytes: [UInt8]) {
    var position = 0
    while position < bytes.count {
      guard let length = Self.length(bytes, at: position) else {
        let next = (position + 1..<max(position + 1, bytes.count)).first {
          Self.length(bytes, at: $0) != nil
        }
        // What is too short for a header at the end is the beginning of one.
        if next == nil, bytes.count - position < Self.headerSize {
          isCutShort = true
        } else {
          corrupt += 1
        }
        position = next ?? bytes.count
        continue
      }
      let start = position + Self.headerSize
      guard length <= bytes.count - start - Self.footerSize else {
        isCutShort = true
        return
      }
      let end = start + length
      let sum = Checksum.masked(Checksum.castagnoli.value(of: bytes, start..<end))
      if UInt64(sum) == littleEndian(bytes, at: end, count: 4) {
        records.append(start..<end)
      } else {
        corrupt += 1
      }
      position = end + Self.footerSize
    }
  }

  /// The length of the record that begins here, where its checksum agrees.
  private static func length(_ bytes: [UInt8], at position: Int) -> Int? {
    guard position + headerSize <= bytes.count else { return nil }
    let sum = Checksum.masked(Checksum.castagnoli.value(of: bytes, position..<position + 8))
    guard UInt64(sum) == littleEndian(bytes, at: position + 8, count: 4) else { return nil }
    return Int(exactly: littleEndian(bytes, at: position, count: 8))
  }
}
