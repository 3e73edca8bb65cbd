import Foundation
import Schedules
import Support
import TestSupport
import Testing

/// Exports read back, without the libraries; `Tests/RealLibraries/compare.py` runs them there.
@Suite struct ExportTests {
  /// Library, scheduler, parameters: read, exported for the library itself and read again.
  static let roundTrips: [(Dialect, Dialect, String, String)] = [
    (.huggingFace, .huggingFace, "linear", "{\"warmup_steps\": 30}"),
    (.huggingFace, .huggingFace, "cosine", "{\"warmup_steps\": 30}"),
    (.huggingFace, .huggingFace, "constant_with_warmup", "{\"warmup_steps\": 30}"),
    (.huggingFace, .huggingFace, "polynomial", "{\"power\": 2, \"lr_end\": 0}"),
    (.huggingFace, .huggingFace, "inverse_sqrt", "{\"warmup_steps\": 30}"),
    (
      .huggingFace, .huggingFace, "cosine_with_min_lr",
      "{\"warmup_steps\": 30, \"min_lr_rate\": 0.1}"
    ),
    (
      .huggingFace, .huggingFace, "warmup_stable_decay",
      "{\"warmup_steps\": 30, \"num_decay_steps\": 60, \"decay_type\": \"1-sqrt\"}"
    ),
    (
      .megatron, .megatron, "",
      "{\"lr\": 1e-3, \"min_lr\": 1e-5, \"lr_warmup_iters\": 30, \"lr_decay_style\": \"WSD\", \"lr_wsd_decay_iters\": 60}"
    ),
    (
      .megatron, .megatron, "",
      "{\"lr\": 1e-3, \"min_lr\": 1e-5, \"lr_warmup_iters\": 30, \"lr_decay_style\": \"cosine\"}"
    ),
    (
      .torchTitan, .torchTitan, "",
      "{\"warmup_steps\": 30, \"decay_ratio\": 0.3, \"decay_type\": \"sqrt\", \"min_lr_factor\": 0.1}"
    ),
    (.olmoCore, .olmoCore, "CosWithWarmup", "{\"warmup\": 30, \"alpha_f\": 0.1}"),
    (.olmoCore, .olmoCore, "WSD", "{\"warmup\": 30, \"decay\": 60}"),
    (
      .nanotron, .nanotron, "cosine",
      "{\"lr_warmup_steps\": 30, \"min_decay_lr\": 0, \"lr_decay_starting_step\": 100, \"lr_decay_steps\": 200}"
    ),
  ]

  @Test(arguments: roundTrips)
  func sameSchedule(_ target: Dialect, _ library: Dialect, _ name: String, _ json: String)
    throws
  {
    let read = try library.read(
      DialectRequest(
        name: name, parameters: DialectTests.object(json), steps: 300, learningRate: 1e-3))
    let export = try read.schedule.exported(
      for: target, title: name, baseLearningRate: read.baseLearningRate)
    #expect(export.remarks.isEmpty, "\(export)")
    let again = try library.read(
      library.request(configuration: Self.configuration(export.text)))
    #expect(again.schedule.steps == 300)
    for (value, expected) in zip(again.schedule.multipliers, read.schedule.multipliers) {
      #expect(abs(value - expected) <= 1e-12, "\(export.text)")
    }
    #expect(again.baseLearningRate == read.baseLearningRate)
  }

  /// JSON, or flags.
  static func configuration(_ text: String) throws -> ParameterValue {
    text.hasPrefix("{")
      ? .object(try DialectTests.object(text)) : try #require(DialectTests.arguments(text))
  }

  /// Spec, target, base learning rate, pieces of the refusal.
  static let refusals: [(String, Dialect, Double?, [String])] = [
    ("wsd20", .megatron, nil, ["base learning rate is not known", "give the base learning rate"]),
    ("wsd20", .nanotron, nil, ["give the base learning rate"]),
    ("rex", .huggingFace, 1e-3, ["no REX decay", "torch or optax"]),
    ("twostage:at=0.8,factor=0.5,cooldown=0.1", .huggingFace, 1e-3, ["3 stretches"]),
    ("linear:min=0.3,floor=clamp", .megatron, 1e-3, ["cut off at its floor"]),
    ("wsd20:decay=1-sqrt", .olmoCore, 1e-3, ["lines and cosines", "steps 241 to 300"]),
    ("invsqrt:timescale=20,warmup=10steps", .megatron, 1e-3, ["cannot express"]),
  ]

  @Test(arguments: refusals)
  func refused(_ spec: String, _ target: Dialect, _ rate: Double?, _ pieces: [String]) throws {
    let schedule = try ScheduleSpec(spec).schedule(steps: 300)
    let error = #expect(throws: InputError.self) {
      try schedule.exported(for: target, title: spec, baseLearningRate: rate)
    }
    for piece in ["\(target.rawValue): "] + pieces {
      #expect(try #require(error).description.contains(piece), "\(String(describing: error))")
    }
  }

  /// Warmup counted otherwise is said, with the size of the difference.
  @Test func endPoints() throws {
    let schedule = try ScheduleSpec("wsd20:warmup=10steps").schedule(steps: 300)
    let export = try schedule.exported(for: .huggingFace, title: "x")
    #expect(export.remarks.map(\.code) == ["end-points"])
    #expect(export.remarks[0].message.contains("0.1 of the peak"))
    #expect(try schedule.exported(for: .torchTitan, title: "x").remarks.isEmpty)
  }

  /// Code is always possible: tables for values, a limit where they get too long.
  @Test func tables() throws {
    var generator = SplitMix64(seed: 5)
    let values = (0..<1000).map { _ in Double.random(in: 0...1, using: &generator) }
    let schedule = try Schedule(values: values)
    let code = try schedule.exported(for: .torch, title: "random\nvalues").text
    #expect(code.contains("TABLE_0") && code.contains("# random\u{FFFD}values"))
    #expect(code.contains("\(schedule.multipliers[999])"))
    let long = try Schedule(values: [Double](repeating: 1, count: 1_000_001))
    #expect(throws: InputError.self) { try long.exported(for: .torch, title: "x") }
    let many = try ScheduleSpec("wsds:period=10steps,cooldown=5steps").schedule(steps: 10_000)
    #expect(try many.exported(for: .optax, title: "x").text.contains("TABLE_0"))
  }

  /// A peak so small that its reciprocal overflows, and an end that is never reached.
  @Test(arguments: ["piecewise:0=1e-320,1=0", "piecewise:0=1e-320,1=1e6"])
  func finiteNumbers(_ spec: String) throws {
    for steps in [1, 2, 9] {
      let schedule = try ScheduleSpec(spec).schedule(steps: steps)
      for target in [Dialect.torch, .optax] {
        let code = try schedule.exported(for: target, title: "x", baseLearningRate: 1).text
        #expect(!code.contains("inf") && !code.contains("nan"), "\(code)")
      }
    }
  }

  @Test func jsonText() {
    let value = ParameterValue.object([
      "b": .list([.number(1), .null]), "a": .text("x\"\\\n\u{1}"), "c": .object([:]),
      "d": .list([]), "e": .boolean(true),
    ])
    #expect(
      value.json
        == "{\n  \"a\": \"x\\\"\\\\\\n\\u0001\",\n  \"b\": [\n    1,\n    null\n  ],\n  \"c\": {},\n  \"d\": [],\n  \"e\": true\n}"
    )
  }
}
