/// The 32-bit cyclic redundancy checks used by log files, least significant bit first.
struct Checksum: Sendable {
  private let table: [UInt32]

  /// CRC-32C (Castagnoli), used by TensorBoard.
  static let castagnoli = Checksum(polynomial: 0x82F6_3B78)

  /// CRC-32 (Ethernet, zlib), used by Weights & Biases.
  static let ethernet = Checksum(polynomial: 0xEDB8_8320)

  private init(polynomial: UInt32) {
    table = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { sum, _ in (sum >> 1) ^ (sum & 1 == 1 ? polynomial : 0) }
    }
  }

  func value(of bytes: [UInt8], _ range: Range<Int>) -> UInt32 {
    bytes.withUnsafeBufferPointer { bytes in
      table.withUnsafeBufferPointer { table in
        var sum: UInt32 = 0xFFFF_FFFF
        for index in range {
          sum = (sum >> 8) ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ bytes[index])]
        }
        return ~sum
      }
    }
  }

  /// The masked form in which TensorFlow stores a checksum.
  static func masked(_ sum: UInt32) -> UInt32 { ((sum >> 15) | (sum << 17)) &+ 0xA282_EAD8 }
}

/// Reads an unsigned little-endian number of at most 8 bytes; the range must lie within the file.
func littleEndian(_ bytes: [UInt8], at start: Int, count: Int) -> UInt64 {
  var value: UInt64 = 0
  for offset in (0..<count).reversed() { value = value << 8 | UInt64(bytes[start + offset]) }
  return value
}
