import Runs
import TestSupport
import Testing

/// Binary logs that end too early or are damaged: all complete records and a warning.
@Suite struct LogDamageTests {
  static let events = LogOptions(format: .tensorBoard)

  /// How many records a log has, and whether it says that the end is cut off.
  static func reading(_ bytes: [UInt8], _ options: LogOptions) -> (records: Int, isCut: Bool)? {
    guard let log = try? RunLog(bytes: bytes, path: "log", options: options) else { return nil }
    let isCut = log.repairs.contains { $0.kind == .unfinishedRecords }
    return (log.series.values.reduce(0) { $0 + $1.steps.count }, isCut)
  }

  @Test func eventFilesCutAtEveryByte() throws {
    let file = try LogContainers.fixture("simple-value.tfevents").prefix(4000)
    let whole = try LogContainers.fixture("simple-value.tfevents")
    let ends = LogContainers.tensorFlowRecords(whole).map(\.end)
    var complete = 0
    for cut in 1...file.count {
      if ends.contains(cut) { complete += 1 }
      // The first record is the file's version; all others of this piece are scalars.
      let scalars = max(0, complete - 1)
      let found = Self.reading(Array(file.prefix(cut)), Self.events)
      #expect(found?.records ?? 0 == scalars, "\(cut)")
      if let found { #expect(found.isCut == !ends.contains(cut), "\(cut)") }
    }
    #expect(complete > 50)
  }

  @Test func offlineRunsCutAtManyBytes() throws {
    let file = try LogContainers.fixture("offline.wandb")
    let chunks = LogContainers.wandbChunks(file)
    // A record is complete at the end of its last chunk.
    let ends = chunks.filter { $0.type == 1 || $0.type == 4 }.map(\.end)
    let pieces = chunks.filter { $0.type == 2 || $0.type == 3 }.map(\.end)
    #expect(!pieces.isEmpty, "the file has a record across two blocks")
    var last = 0
    let cuts =
      Array(7..<1500) + Array(32_700..<32_850) + Array(stride(from: 1500, to: file.count, by: 499))
    for cut in cuts.sorted() {
      guard let found = Self.reading(Array(file.prefix(cut)), LogOptions()) else { continue }
      #expect(found.records >= last, "\(cut)")
      last = found.records
      // Nothing tells that a file which ends between two records, or in the padding, is not whole.
      let isBetween =
        ends.contains(cut) || ends.contains { cut - $0 < 7 && cut > $0 && $0 % 32_768 > 32_761 }
      #expect(found.isCut == !isBetween, "\(cut)")
    }
    #expect(last > 250)
    #expect(Self.reading(file, LogOptions())?.records == 310)
  }

  /// One damaged byte costs one record, wherever it is.
  @Test func oneDamagedByte() throws {
    let file = try LogContainers.fixture("tensor.tfevents")
    let whole = try #require(Self.reading(file, Self.events))
    for position in stride(from: 0, to: 3000, by: 7) {
      var damaged = file
      damaged[position] ^= 0x55
      let log = try RunLog(bytes: damaged, path: "log", options: Self.events)
      let count = log.series.values.reduce(0) { $0 + $1.steps.count }
      #expect(count >= whole.records - 1, "\(position)")
      #expect(log.repairs.contains { $0.kind == .corruptRecords && $0.count == 1 }, "\(position)")
    }
  }

  @Test func oneDamagedByteOfAnOfflineRun() throws {
    let file = try LogContainers.fixture("offline.wandb")
    let whole = try #require(Self.reading(file, LogOptions()))
    for position in stride(from: 1000, to: file.count, by: 2503) {
      var damaged = file
      damaged[position] ^= 0x55
      let log = try RunLog(bytes: damaged, path: "log")
      let count = log.series.values.reduce(0) { $0 + $1.steps.count }
      // A record has up to four values; where a length is damaged, the rest of the block is lost.
      #expect(count > whole.records / 3, "\(position)")
      #expect(log.repairs.contains { $0.kind == .corruptRecords }, "\(position)")
    }
  }

  /// Older versions write a key where newer ones write a list of keys.
  @Test func keysOfOlderVersions() throws {
    func item(_ name: String, _ json: String) -> [UInt8] {
      let body =
        [0x0A, UInt8(name.utf8.count)] + Array(name.utf8)
        + [0x82, 0x01, UInt8(json.utf8.count)] + Array(json.utf8)
      return [0x0A, UInt8(body.count)] + body
    }
    let records = (1...3).map { step in
      let body = item("loss", "\(4 - step)") + item("_step", "\(step)") + item("note", "\"x\"")
      return [0x12, UInt8(body.count)] + body
    }
    let log = try RunLog(bytes: LogContainers.wandbFile(records), path: "log")
    #expect(log.loss?.steps == [1, 2, 3] && log.loss?.values == [3, 2, 1] && log.repairs.isEmpty)
  }

  /// Scalars as every type of tensor.
  @Test func tensorsOfOneElement() throws {
    func event(_ tensor: [UInt8], step: UInt8) -> [UInt8] {
      let value = [0x0A, 4] + Array("loss".utf8) + [0x42, UInt8(tensor.count)] + tensor
      let summary = [0x0A, UInt8(value.count)] + value
      return [0x10, step, 0x2A, UInt8(summary.count)] + summary
    }
    func bits(_ value: UInt64, _ count: Int) -> [UInt8] {
      LogContainers.littleEndian(value, count: count)
    }
    let single = bits(UInt64(Float(2.5).bitPattern), 4)
    let double = bits(Double(2.5).bitPattern, 8)
    let tensors: [(tensor: [UInt8], value: Double)] = [
      ([0x08, 1, 0x22, 4] + single, 2.5), ([0x08, 1, 0x2A, 4] + single, 2.5),
      ([0x08, 1, 0x2D] + single, 2.5), ([0x08, 2, 0x22, 8] + double, 2.5),
      ([0x08, 2, 0x32, 8] + double, 2.5), ([0x08, 2, 0x31] + double, 2.5),
      ([0x08, 3, 0x22, 4] + bits(7, 4), 7), ([0x08, 3, 0x3A, 1, 7], 7), ([0x08, 3, 0x38, 7], 7),
      ([0x08, 9, 0x22, 8] + bits(7, 8), 7), ([0x08, 9, 0x52, 1, 7], 7),
      ([0x08, 14, 0x22, 2, 0x20, 0x40], 2.5), ([0x08, 19, 0x22, 2, 0x00, 0x41], 2.5),
      ([0x08, 19, 0x22, 2, 0x01, 0x00], 0x1p-24), ([0x08, 19, 0x22, 2, 0x00, 0x7C], .infinity),
    ]
    var file: [UInt8] = []
    for (index, entry) in tensors.enumerated() {
      file += LogContainers.tensorFlowRecord(event(entry.tensor, step: UInt8(index + 1)))
    }
    // Two elements are no scalar.
    file += LogContainers.tensorFlowRecord(event([0x08, 1, 0x22, 8] + single + single, step: 99))
    let log = try RunLog(bytes: file, path: "log")
    #expect(log.loss?.values == tensors.map(\.value))
    #expect(log.loss?.steps == Array(1...tensors.count))
  }
}
