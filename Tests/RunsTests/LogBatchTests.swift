import Foundation
import Schedules
import Support
import TestSupport
import Testing

@testable import Runs

/// The batch and the number of steps that logs and their folders state.
@Suite struct LogBatchTests {
  static let rows = "{\"step\": 50, \"loss\": 3}\n{\"step\": 100, \"loss\": 2}\n"

  /// A configuration, B, T, the settings left out.
  static let configurations: [(String, Int?, Int?, [String])] = [
    (#"{"batch_tokens": 524288}"#, 524_288, nil, []),
    (#"{"global_batch_size": 256, "seq_length": 2048, "train_iters": 100}"#, 524_288, 100, []),
    (#"{"global_batch_size": 256, "train_samples": 25700}"#, nil, 100, []),
    (#"{"batch_tokens": 1000, "train_tokens": 99500}"#, 1000, 100, []),
    (#"{"train_tokens": 99500}"#, nil, nil, []),
    (#"{"batch_tokens": 1e12, "train_tokens": 9.2e18}"#, 1_000_000_000_000, nil, []),
    (#"{"global_batch_size": 256}"#, nil, nil, []),
    (#"{"training": {"global_batch_size": 256, "seq_len": 2048, "steps": 100}}"#, 524_288, 100, []),
    (#"{"training.global_batch_size": 256, "training/seq_len": 2048}"#, 524_288, nil, []),
    (#"{"training": {"global_batch_size": -1, "seq_len": 2048}}"#, nil, nil, []),
    (
      #"{"data_loader": {"global_batch_size": 1000}, "trainer": {"max_duration": {"value": 99500, "unit": "tokens"}}}"#,
      1000, 100, []
    ),
    (
      #"{"tokens": {"micro_batch_size": 2, "batch_accumulation_per_replica": 4, "sequence_length": 64}, "parallelism": {"dp": 8}}"#,
      4096, nil, []
    ),
    (
      #"{"train": {"global_batch_size": 16, "max_seq_length": 8, "max_tokens": 1280}}"#, 128, nil,
      []
    ),
    (#"{"train": {"global_batch_size": 16, "max_seq_length": 8}}"#, nil, nil, []),
    (#"{"global_train_batch_size": 16, "max_seq_len": 8}"#, 128, nil, []),
    (
      #"{"batch_size": 50, "acc_steps": 2, "world_size": 2, "sequence_length": 512}"#, 102_400, nil,
      []
    ),
    (
      #"{"global_batch_size": 256, "seq_length": 2048, "rampup_batch_size": [32, 32, 100]}"#, nil,
      nil, []
    ),
    (#"{"global_batch_size": 256, "seq_length": 0}"#, nil, nil, ["seq_length"]),
    (#"{"global_batch_size": -4, "seq_length": 8}"#, nil, nil, ["global_batch_size"]),
    (#"{"batch_tokens": 0.5}"#, nil, nil, ["batch_tokens"]),
    (#"{"batch_tokens": 1e300}"#, nil, nil, ["batch_tokens"]),
    (
      #"{"batch_tokens": 1000, "global_batch_size": 256, "seq_length": 4}"#, nil, nil,
      ["global_batch_size × seq_length"]
    ),
    (#"{"batch_tokens": "many", "train_iters": -5}"#, nil, nil, []),
    ("[]", nil, nil, []), ("7", nil, nil, []),
  ]

  @Test(arguments: configurations)
  func stated(_ json: String, _ batch: Int?, _ steps: Int?, _ leftOut: [String]) throws {
    let lines = try LogReadingTests.log("{\"config\": \(json)}\n" + Self.rows)
    let document = try LogReadingTests.log(
      "{\"args\": \(json), \"step\": [50, 100], \"loss\": [3, 2]}")
    let run = try LogReadingTests.log(
      "{\"config\": \(json), \"history\": {\"train\": {\"iter\": [50, 100], \"train_loss\": [3, 2]}}}"
    )
    let configuration = try TemporaryFile(json, name: "config.json")
    let folder = URL(fileURLWithPath: configuration.path).deletingLastPathComponent()
    try "step,loss\n50,3\n100,2\n".write(
      to: folder.appendingPathComponent("metrics.csv"), atomically: true, encoding: .utf8)
    for log in [lines, document, run, try RunLog(contentsOf: folder.path)] {
      #expect(log.settings?.batchTokens == batch, "\(log.format)")
      #expect(log.settings?.steps == steps, "\(log.format)")
      let repairs = log.repairs.filter { $0.kind == .unusableBatch }
      #expect(repairs.flatMap(\.columns) == leftOut, "\(log.format)")
    }
  }

  @Test func megatronArguments() throws {
    let rule = String(repeating: "-", count: 24)
    func log(_ prefix: String, _ arguments: [(String, String)]) throws -> RunLog {
      let list = arguments.map { name, value in
        "\(prefix)  \(name) \(String(repeating: ".", count: 48 - name.count)) \(value)\n"
      }
      return try LogReadingTests.log(
        "using world size: 8\n\(prefix)\(rule) arguments \(rule)\n\(list.joined())\(prefix)\(rule) end of arguments \(rule)\n iteration 50/ 100 | lm loss: 3.0E+00 |\n iteration 100/ 100 | lm loss: 2.0E+00 |\n  seq_length ... 7\n"
      )
    }
    let arguments = [
      ("global_batch_size", "512"), ("rampup_batch_size", "None"), ("seq_length", "2048"),
      ("train_iters", "100"), ("train_samples", "None"),
    ]
    for prefix in ["", "[default0]:"] {
      let log = try log(prefix, arguments)
      #expect(log.settings == RunSettings(steps: 100, batchTokens: 1_048_576))
    }
    #expect(try log("", [arguments[0]]).settings == nil)
    let ramp = try log(
      "", arguments.dropLast(3) + [("rampup_batch_size", "[32, 32, 2000]")] + [arguments[2]])
    #expect(ramp.settings?.batchTokens == nil)
    let bad = try log("", [("global_batch_size", "512"), ("seq_length", "20.5")])
    #expect(bad.repairs.map(\.columns) == [["seq_length"]] && bad.settings == nil)
  }

  /// A field of a protobuf message.
  private static func field(_ number: Int, _ data: [UInt8]) -> [UInt8] {
    func varint(_ value: Int) -> [UInt8] {
      value < 128 ? [UInt8(value)] : [UInt8(value % 128 + 128)] + varint(value / 128)
    }
    return varint(number << 3 | 2) + varint(data.count) + data
  }

  private static func item(_ name: String, _ json: String) -> [UInt8] {
    field(1, field(1, Array(name.utf8)) + field(16, Array(json.utf8)))
  }

  /// The configuration stands in the run's record, and later ones update it.
  @Test func wandbConfiguration() throws {
    let history = Self.field(2, Self.item("loss", "3") + Self.item("_step", "50"))
    let run = Self.field(
      17,
      Self.field(4, Self.item("training", #"{"global_batch_size": 4, "seq_len": 8}"#)))
    let update = Self.field(5, Self.item("training", #"{"global_batch_size": 4, "seq_len": 16}"#))
    for (records, batch) in [
      ([history], nil), ([run, history], 32), ([run, history, update], 64),
    ] as [([[UInt8]], Int?)] {
      let log = try RunLog(bytes: LogContainers.wandbFile(records), path: "run.wandb")
      #expect(log.settings?.batchTokens == batch)
    }
  }

  @Test func mlflowParameters() throws {
    let manager = FileManager.default
    let run = manager.temporaryDirectory.appendingPathComponent("lrbound-\(UUID().uuidString)")
    defer { try? manager.removeItem(at: run) }
    for (name, text) in [
      ("metrics/loss", "1 3.0 50\n"), ("params/global_batch_size", "4"),
      ("params/seq_length", "8\n"), ("params/rampup_batch_size", "None"),
    ] {
      let file = run.appendingPathComponent(name)
      try manager.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try RunLog(contentsOf: run.path).settings == RunSettings(batchTokens: 32))
    try manager.removeItem(at: run.appendingPathComponent("params/seq_length"))
    #expect(try RunLog(contentsOf: run.path).settings == nil)
  }

  /// The batch reaches the runs of a sweep; what the user says precedes the log.
  @Test func sweepRuns() throws {
    let lines = (1...100).map { "{\"step\": \($0), \"lr\": 0.001, \"loss\": 3}\n" }.joined()
    let log = try LogReadingTests.log(
      "{\"config\": {\"global_batch_size\": 4, \"seq_length\": 8, \"train_iters\": 100}}\n" + lines)
    #expect(LoggedSweep(of: [log]).runs.map(\.batchTokens) == [32])
    #expect(LoggedSweep(of: [log]).diagnostics.isEmpty)
    let known = LoggedSweep(of: [log], known: RunSettings(batchTokens: 64))
    #expect(known.runs.map(\.batchTokens) == [64])
    #expect(LoggedSweep(of: [try LogReadingTests.log(lines)]).runs.map(\.batchTokens) == [nil])
  }
}
