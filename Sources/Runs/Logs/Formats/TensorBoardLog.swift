import Support

/// Reads TensorBoard event files: TFRecords of `Event` messages, with scalars as `simple_value` or
/// one-element tensors.
///
/// It uses the protobuf fields Event {2 step, 5 summary, 7 session_log}, Summary {1 value}, Value {1 tag,
/// 2 simple_value, 8 tensor}, SessionLog {1 status, 1 is START}, and those of ``ScalarTensor``. Values
/// are usually single precision: 1e-4 is read as 9.99999975e-05.
enum TensorBoardLog {
  static func read(_ files: [[UInt8]], path: String) throws(InputError) -> RawLog {
    var scalars = Scalars()
    var unfinished = 0
    for bytes in files {
      let file = RecordFile(bytes)
      scalars.log.repairs.note(.corruptRecords, file.corrupt)
      unfinished += file.isCutShort ? 1 : 0
      for record in file.records { scalars.addEvent(bytes, record) }
    }
    scalars.log.repairs.note(.unfinishedRecords, unfinished)
    scalars.log.repairs.note(.supersededRecords, scalars.superseded)
    try scalars.log.requireRecords(
      path, "no undamaged record holds a scalar",
      hint: "give an event file to which scalars were written")
    return scalars.log
  }
}

private struct Scalars {
  var log = RawLog(.tensorBoard, sharesSteps: false)
  private(set) var superseded = 0

  mutating func addEvent(_ bytes: [UInt8], _ range: Range<Int>) {
    var step = 0.0
    var summaries: [Range<Int>] = []
    var isRestart = false
    for (field, value) in WireMessage(bytes, range) {
      switch (field, value) {
      case (2, .number(let number)): step = Double(Int64(bitPattern: number))
      case (5, .bytes(let summary)): summaries.append(summary)
      case (7, .bytes(let session)):
        isRestart = WireMessage(bytes, session).contains {
          if case (1, .number(1)) = $0 { return true }
          return false
        }
      default: break
      }
    }
    if isRestart { dropRecords(from: step) }
    for summary in summaries {
      for case (1, .bytes(let value)) in WireMessage(bytes, summary) {
        addValue(bytes, value, step: step)
      }
    }
  }

  /// Drops the records from a step on, which a writer restarting at that step supersedes.
  private mutating func dropRecords(from step: Double) {
    for index in log.columns.indices {
      let column = log.columns[index]
      let kept = column.steps.indices.filter { column.steps[$0] < step }
      superseded += column.steps.count - kept.count
      log.columns[index].steps = kept.map { column.steps[$0] }
      log.columns[index].values = kept.map { column.values[$0] }
    }
  }

  private mutating func addValue(_ bytes: [UInt8], _ range: Range<Int>, step: Double) {
    var tag: String?
    var scalar: Double?
    for (field, value) in WireMessage(bytes, range) {
      switch (field, value) {
      case (1, .bytes): tag = value.text(bytes)
      case (2, .fourBytes(let bits)): scalar = Double(Float(bitPattern: bits))
      case (8, .bytes(let tensor)): scalar = ScalarTensor(bytes, tensor)?.value
      default: break
      }
    }
    guard let tag, let scalar else { return }
    let index = log.column(tag)
    log.columns[index].append(step: step, value: scalar)
  }
}

/// The records of a TFRecord file: length (8 bytes), its masked CRC-32C, data, its masked CRC-32C.
///
/// After a damaged length, reading resumes at the next one that matches its checksum; a false match has
/// probability 2⁻³² per byte.
struct RecordFile {
  private(set) var records: [Range<Int>] = []
  private(set) var corrupt = 0
  private(set) var isCutShort = false
  private static let headerSize = 12
  private static let footerSize = 4

  static func hasHeader(_ bytes: [UInt8]) -> Bool { length(bytes, at: 0) != nil }

  init(_ bytes: [UInt8]) {
    var position = 0
    while position < bytes.count {
      guard let length = Self.length(bytes, at: position) else {
        let next = (position + 1..<max(position + 1, bytes.count)).first {
          Self.length(bytes, at: $0) != nil
        }
        // Too few bytes are left for a header: it is truncated.
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

  private static func length(_ bytes: [UInt8], at position: Int) -> Int? {
    guard position + headerSize <= bytes.count else { return nil }
    let sum = Checksum.masked(Checksum.castagnoli.value(of: bytes, position..<position + 8))
    guard UInt64(sum) == littleEndian(bytes, at: position + 8, count: 4) else { return nil }
    return Int(exactly: littleEndian(bytes, at: position, count: 8))
  }
}

/// A one-element TensorFlow tensor, from its protobuf message.
///
/// TensorProto {1 dtype, 4 tensor_content, 5 float_val, 6 double_val, 7 int_val, 10 int64_val}, with the
/// types 1 float, 2 double, 3 int32, 9 int64, 14 bfloat16, 19 half; lists may be packed.
struct ScalarTensor {
  let value: Double

  /// Returns nil for empty tensors, those with several elements, and other types.
  init?(_ bytes: [UInt8], _ range: Range<Int>) {
    var type: UInt64 = 0
    var found: [Double] = []
    for (field, value) in WireMessage(bytes, range) {
      switch (field, value) {
      case (1, .number(let number)): type = number
      case (4, .bytes(let content)): found += Self.values(bytes, content, type: type)
      case (5, .fourBytes(let bits)): found.append(Double(Float(bitPattern: bits)))
      case (5, .bytes(let list)): found += Self.values(bytes, list, type: 1)
      case (6, .eightBytes(let bits)): found.append(Double(bitPattern: bits))
      case (6, .bytes(let list)): found += Self.values(bytes, list, type: 2)
      case (7, .number(let number)), (10, .number(let number)):
        found.append(Double(Int64(bitPattern: number)))
      case (7, .bytes(let list)), (10, .bytes(let list)):
        found += WireMessage.numbers(bytes, list).map { Double(Int64(bitPattern: $0)) }
      default: break
      }
    }
    guard found.count == 1 else { return nil }
    value = found[0]
  }

  private static func values(_ bytes: [UInt8], _ range: Range<Int>, type: UInt64) -> [Double] {
    let sizes: [UInt64: Int] = [1: 4, 2: 8, 3: 4, 9: 8, 14: 2, 19: 2]
    guard let size = sizes[type], range.count == size else { return [] }
    let bits = littleEndian(bytes, at: range.lowerBound, count: size)
    switch type {
    case 1: return [Double(Float(bitPattern: UInt32(bits)))]
    case 2: return [Double(bitPattern: bits)]
    case 3: return [Double(Int32(bitPattern: UInt32(bits)))]
    case 9: return [Double(Int64(bitPattern: bits))]
    case 14: return [Double(Float(bitPattern: UInt32(bits) << 16))]
    default: return [halfPrecision(UInt16(bits))]
    }
  }

  /// Decodes an IEEE 754 half-precision number.
  private static func halfPrecision(_ bits: UInt16) -> Double {
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF) / 1024
    switch exponent {
    case 0: return sign * fraction * 0x1p-14
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default: return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
    }
  }
}
