import Foundation

/// The framing of binary logs, written here a second time and as plainly as possible, to take real files
/// apart and to put damaged ones together.
enum LogContainers {
  /// A checksum of 32 bits, bit by bit.
  static func checksum(_ bytes: some Sequence<UInt8>, polynomial: UInt32) -> UInt32 {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ polynomial : sum >> 1 }
    }
    return ~sum
  }

  static func littleEndian(_ value: UInt64, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
  }

  /// A record of TensorFlow: length, masked checksum, data, masked checksum.
  static func tensorFlowRecord(_ data: [UInt8]) -> [UInt8] {
    func seal(_ bytes: [UInt8]) -> [UInt8] {
      let sum = checksum(bytes, polynomial: 0x82F6_3B78)
      let masked = (sum >> 15 | sum << 17) &+ 0xA282_EAD8
      return littleEndian(UInt64(masked), count: 4)
    }
    let length = littleEndian(UInt64(data.count), count: 8)
    return length + seal(length) + data + seal(data)
  }

  /// The data of a file's TensorFlow records, and where each record ends.
  static func tensorFlowRecords(_ file: [UInt8]) -> [(data: [UInt8], end: Int)] {
    var records: [(data: [UInt8], end: Int)] = []
    var position = 0
    while position < file.count {
      let length = Int(file[position]) + Int(file[position + 1]) << 8
      let end = position + 12 + length + 4
      records.append((Array(file[position + 12..<end - 4]), end))
      position = end
    }
    return records
  }

  /// A `.wandb` file of whole records within one block.
  static func wandbFile(_ records: [[UInt8]]) -> [UInt8] {
    var file: [UInt8] = Array(":W&B".utf8) + [0xE1, 0xBE, 0]
    for data in records {
      let sum = checksum([1] + data, polynomial: 0xEDB8_8320)
      file += littleEndian(UInt64(sum), count: 4) + littleEndian(UInt64(data.count), count: 2) + [1]
      file += data
    }
    return file
  }

  /// The chunks of a `.wandb` file: data, type, and where each ends.
  static func wandbChunks(_ file: [UInt8]) -> [(data: [UInt8], type: UInt8, end: Int)] {
    var chunks: [(data: [UInt8], type: UInt8, end: Int)] = []
    var position = 7
    while position < file.count {
      if 32_768 - position % 32_768 < 7 {
        position += 32_768 - position % 32_768
        continue
      }
      let length = Int(file[position + 4]) + Int(file[position + 5]) << 8
      let end = position + 7 + length
      chunks.append((Array(file[position + 7..<end]), file[position + 6], end))
      position = end
    }
    return chunks
  }

  /// The bytes of a fixture.
  static func fixture(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: LogFixtureTests.path(name))))
  }
}
