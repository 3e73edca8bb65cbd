/// Takes the `.wandb` file of an offline run apart: a header of 7 bytes, then the log format of LevelDB.
///
/// The file is cut into blocks of 32,768 bytes (the header is part of the first), a block into chunks: a
/// checksum of type and data (4 bytes, CRC-32), the length of the data (2), the type (1), the data. Type 1
/// is a whole record; 2, 3 and 4 are the first, middle and last pieces of one. What is left of a block
/// and too short for a chunk's head is padding.
struct WandbFile {
  /// A record: the bytes that it lies in, and where.
  struct Record {
    let bytes: [UInt8]
    let range: Range<Int>
  }

  /// The undamaged records.
  private(set) var records: [Record] = []

  /// How many stretches of the file are damaged.
  private(set) var corrupt = 0

  /// Whether the file ends within a record.
  private(set) var isCutShort = false

  private static let headerSize = 7
  private static let blockSize = 32_768
  private static let chunkHeadSize = 7

  /// Whether the file begins as such a file does: `:W&B`, 0xBEE1, a version.
  static func hasHeader(_ bytes: [UInt8]) -> Bool {
    bytes.starts(with: [0x3A, 0x57, 0x26, 0x42, 0xE1, 0xBE])
  }

  init(_ bytes: [UInt8]) {
    var position = Self.headerSize
    var pieces: [UInt8]?
    while position < bytes.count {
      let left = Self.blockSize - position % Self.blockSize
      if left < Self.chunkHeadSize {
        position += left
        continue
      }
      guard position + Self.chunkHeadSize <= bytes.count else {
        isCutShort = true
        return
      }
      let start = position + Self.chunkHeadSize
      let length = Int(littleEndian(bytes, at: position + 4, count: 2))
      let fits = length <= left - Self.chunkHeadSize
      guard !fits || start + length <= bytes.count else {
        isCutShort = true
        return
      }
      guard fits, Self.isChunk(bytes, at: position) else {
        corrupt += 1
        pieces = nil
        // The length may be as damaged as the rest: then the next block is the next sure place.
        let isFollowed = fits && Self.isChunk(bytes, at: start + length)
        position = isFollowed ? start + length : position + left
        continue
      }
      position = start + length
      let data = start..<position
      switch (bytes[start - 1], pieces) {
      case (1, let unfinished):
        if unfinished != nil { corrupt += 1 }
        pieces = nil
        records.append(Record(bytes: bytes, range: data))
      case (2, let unfinished):
        if unfinished != nil { corrupt += 1 }
        pieces = Array(bytes[data])
      case (3, let begun?): pieces = begun + bytes[data]
      case (4, let begun?):
        let whole = begun + bytes[data]
        records.append(Record(bytes: whole, range: whole.indices))
        pieces = nil
      // A piece of a record whose beginning is lost has been counted with it.
      default: break
      }
    }
    if pieces != nil { isCutShort = true }
  }

  /// Whether an undamaged chunk begins here.
  private static func isChunk(_ bytes: [UInt8], at position: Int) -> Bool {
    guard position + chunkHeadSize <= bytes.count else { return false }
    let end = position + chunkHeadSize + Int(littleEndian(bytes, at: position + 4, count: 2))
    guard end <= bytes.count else { return false }
    let sum = Checksum.ethernet.value(of: bytes, position + 6..<end)
    return UInt64(sum) == littleEndian(bytes, at: position, count: 4)
  }
}
