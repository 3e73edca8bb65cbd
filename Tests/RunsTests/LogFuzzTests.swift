import Foundation
import Runs
import TestSupport
import Testing

/// Damaged and random logs of every format: no bytes may trap a reader or give a log that is not one.
@Suite struct LogFuzzTests {
  /// The number of files: a tenth of LRBOUND_FUZZ, which counts short texts.
  static var count: Int {
    ProcessInfo.processInfo.environment["LRBOUND_FUZZ"].flatMap(Int.init).map { $0 / 10 } ?? 300
  }

  /// The beginnings of real logs.
  static func seeds() throws -> [[UInt8]] {
    let names = [
      "simple-value.tfevents", "tensor.tfevents", "offline.wandb", "trainer_state.json",
      "lightning-metrics.csv", "megatron.txt",
    ]
    let texts = [
      "step,loss,lr\n1,3,1e-3\n2,nan,9e-4\n2,2.5,8e-4\n",
      "[{\"step\": 1, \"loss\": 3}, {\"step\": 2}]",
      "{\"step\": 1, \"loss\": 3}\n{\"step\": 2, \"loss\": NaN}\n",
      "{\"step\": [1, 2], \"loss\": [3, null]}",
      "{\"history\": {\"train\": {\"iter\": [2, 1], \"train_loss\": [3, 2]}}}",
      "{\"config\": {\"global_batch_size\": 4, \"seq_length\": 8, \"train_samples\": 9}}\n{\"loss\": 3}\n",
      "- arguments -\n a . 1\n seq_length .. 8\n- end of arguments -\n iteration 1/ 2 | lm loss: 3 |\n",
    ]
    return try names.map { Array(try LogContainers.fixture($0).prefix(1200)) }
      + texts.map { Array($0.utf8) }
  }

  @Test func mutatedFiles() throws {
    let seeds = try Self.seeds()
    var generator = SplitMix64(seed: 20_261_121)
    var understood = 0
    for _ in 0..<Self.count {
      var bytes = seeds.randomElement(using: &generator) ?? []
      mutate(&bytes, &generator)
      let format =
        Int.random(in: 0..<4, using: &generator) == 0
        ? LogFormat.allCases.randomElement(using: &generator) : nil
      if check(bytes, LogOptions(format: format)) { understood += 1 }
    }
    #expect(understood > Self.count / 10)
  }

  /// Checksums would hide the messages from damage: here they are sealed after it.
  @Test func mutatedMessages() throws {
    let events = LogContainers.tensorFlowRecords(try LogContainers.fixture("tensor.tfevents"))
      .prefix(6).map(\.data)
    let histories = LogContainers.wandbChunks(try LogContainers.fixture("offline.wandb"))
      .filter { $0.type == 1 && $0.data.count < 300 }.prefix(12).map(\.data)
    var generator = SplitMix64(seed: 7)
    for _ in 0..<Self.count {
      var event = events.randomElement(using: &generator) ?? []
      mutate(&event, &generator)
      _ = check(LogContainers.tensorFlowRecord(event), LogOptions(format: .tensorBoard))
      var history = histories.randomElement(using: &generator) ?? []
      mutate(&history, &generator)
      _ = check(LogContainers.wandbFile([history]), LogOptions(format: .wandb))
    }
  }

  static let pieces = [
    "step", "loss", "lr", ",", "\n", "\r\n", "\"", "{", "}", "[", "]", ":", "null", "NaN", "1",
    "-1",
    "1e400", "9007199254740993", "0.5", " ", "\t", ";", "\\", "\\u12", "\\ud800", "é", "🙂", "\u{0}",
    "log_history", "history", "train", "iter", "iteration 1/ 2 |", " lm loss: 3 |", "\"step\": 1",
    "\"loss\": 2", "step,loss\n", "validation loss at iteration 1 |",
  ]

  @Test func randomTexts() {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<Self.count {
      let text = (0..<Int.random(in: 1...30, using: &generator)).map { _ in
        Self.pieces.randomElement(using: &generator) ?? ""
      }
      _ = check(Array(text.joined().utf8), LogOptions())
    }
  }

  @Test func deepNesting() {
    #expect(!check(Array(repeating: UInt8(ascii: "["), count: 100_000), LogOptions()))
    let objects = String(repeating: "{\"log_history\":", count: 50_000)
    #expect(!check(Array(objects.utf8), LogOptions()))
  }

  /// Flips, removes, repeats and inserts bytes at random places.
  private func mutate(_ bytes: inout [UInt8], _ generator: inout SplitMix64) {
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
      case 3: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
      default: bytes.removeSubrange(place...)
      }
    }
  }

  /// Whether the bytes are a log; checks what has to hold of one.
  private func check(_ bytes: [UInt8], _ options: LogOptions) -> Bool {
    let log: RunLog
    do {
      log = try RunLog(bytes: bytes, path: "log", options: options)
    } catch {
      #expect(!error.description.contains("\n"))
      return false
    }
    let table = LogTable(of: log)
    #expect(
      !table.steps.isEmpty && zip(table.steps, table.steps.dropFirst()).allSatisfy { $0 < $1 })
    #expect(table.columns.allSatisfy { $0.count == table.steps.count })
    for quantity in [LogQuantity.learningRate, .gradientNorm] {
      #expect(log.series[quantity]?.values.allSatisfy { $0 >= 0 && $0.isFinite } != false)
    }
    #expect(log.repairs.allSatisfy { $0.count > 0 && !$0.message.contains("\n") })
    return true
  }
}
