import Schedules
import Support

/// Reads the history and the configuration in the `.wandb` file of an offline Weights & Biases run.
///
/// It uses the protobuf fields Record {2 history, 5 config, 17 run}, HistoryRecord {1 item, 2 step},
/// HistoryItem and ConfigItem {1 key, 2 nested_key, 16 value_json}, HistoryStep {1 num}, RunRecord {4 config},
/// ConfigRecord {1 update}. Older versions write `key`, newer ones `nested_key`.
enum WandbLog {
  static func read(_ bytes: [UInt8], path: String) throws(InputError) -> RawLog {
    guard WandbFile.hasHeader(bytes) else {
      throw InputError(
        path: path, problem: "it does not begin with the .wandb header",
        hint: "give the run-….wandb of an offline run")
    }
    let file = WandbFile(bytes)
    var log = RawLog(.wandb)
    log.repairs.note(.corruptRecords, file.corrupt)
    log.repairs.note(.unfinishedRecords, file.isCutShort ? 1 : 0)
    var configuration: [String: ParameterValue] = [:]
    for record in file.records {
      for (field, value) in WireMessage(record.bytes, record.range) {
        switch (field, value) {
        case (2, .bytes(let history)): add(record.bytes, history, to: &log)
        case (5, .bytes(let config)): update(&configuration, with: record.bytes, config)
        case (17, .bytes(let run)):
          for case (4, .bytes(let config)) in WireMessage(record.bytes, run) {
            update(&configuration, with: record.bytes, config)
          }
        default: break
        }
      }
    }
    log.take(configuration: .object(configuration))
    try log.requireRecords(path, "it holds no history", hint: "give a run that logged something")
    return log
  }

  private static func update(
    _ configuration: inout [String: ParameterValue], with bytes: [UInt8], _ config: Range<Int>
  ) {
    for case (1, .bytes(let item)) in WireMessage(bytes, config) {
      guard let (name, tree) = self.item(bytes, item) else { continue }
      configuration[name] = ParameterValue(tree)
    }
  }

  private static let stepName = "_step"

  private static func add(_ bytes: [UInt8], _ history: Range<Int>, to log: inout RawLog) {
    var step: Double?
    for (field, value) in WireMessage(bytes, history) {
      switch (field, value) {
      case (1, .bytes(let item)):
        guard let (name, number) = self.item(bytes, item) else { continue }
        if name == stepName {
          step = number.number
        } else {
          log.add(number, to: name)
        }
      case (2, .bytes(let counter)):
        for case (1, .number(let number)) in WireMessage(bytes, counter) {
          step = step ?? Double(Int64(bitPattern: number))
        }
      default: break
      }
    }
    if let step { log.add(.number(step), to: stepName) }
    log.endRecord()
  }

  private static func item(_ bytes: [UInt8], _ range: Range<Int>) -> (name: String, JSONTree)? {
    var names: [String] = []
    var number: JSONTree?
    for (field, value) in WireMessage(bytes, range) {
      switch (field, value) {
      case (1, .bytes), (2, .bytes):
        if let name = value.text(bytes), !name.isEmpty { names.append(name) }
      case (16, .bytes(let json)):
        var reader = JSONReader(bytes, range: json)
        number = reader.value()
      default: break
      }
    }
    guard let number, !names.isEmpty else { return nil }
    return (names.joined(separator: "."), number)
  }
}

/// The records of a `.wandb` file: a header of 7 bytes, then LevelDB's log format.
///
/// Blocks of 32,768 bytes (the first includes the header) hold chunks: CRC-32 of type and data (4 bytes),
/// length (2), type (1), data. Type 1 is a whole record; 2, 3 and 4 are its first, middle and last
/// pieces. Space too short for a chunk's header at the end of a block is padding.
struct WandbFile {
  struct Record {
    let bytes: [UInt8]
    let range: Range<Int>
  }

  private(set) var records: [Record] = []
  private(set) var corrupt = 0
  private(set) var isCutShort = false
  private static let headerSize = 7
  private static let blockSize = 32_768
  private static let chunkHeadSize = 7

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
        // The length may be damaged too; reading then resumes at the next block.
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
      // The first piece of this record is lost and already counted.
      default: break
      }
    }
    if pieces != nil { isCutShort = true }
  }

  private static func isChunk(_ bytes: [UInt8], at position: Int) -> Bool {
    guard position + chunkHeadSize <= bytes.count else { return false }
    let end = position + chunkHeadSize + Int(littleEndian(bytes, at: position + 4, count: 2))
    guard end <= bytes.count else { return false }
    let sum = Checksum.ethernet.value(of: bytes, position + 6..<end)
    return UInt64(sum) == littleEndian(bytes, at: position, count: 4)
  }
}
