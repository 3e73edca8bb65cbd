import Schedules
import TestSupport
import Testing

/// What the lint finds in schedules, and that it is silent on sound ones.
@Suite struct LintTests {
  static let specs: [(String, Int, [String])] = [
    ("wsd20:warmup=300steps", 10_000, []), ("linear", 1000, []), ("cosine:min=0.03", 1000, []),
    ("wsd40:decay=1-sqrt", 1000, []), ("wsds:period=25%,cooldown=5%", 1000, []),
    ("1-sqrt", 500, []),
    ("constant", 1000, ["high-final-lr"]), ("cosine:min=0.1", 1000, ["high-final-lr"]),
    ("cosine:period=50%", 1000, ["zero-lr-tail", "decay-ends-early"]),
    ("cosine:period=150%", 1000, ["horizon-beyond-run", "high-final-lr"]),
    (
      "cosine:warmup=10%,period=90%", 1000,
      ["zero-lr-tail", "warmup-counted-twice", "decay-ends-early"]
    ),
    ("wsd80", 1000, ["long-cooldown"]), ("onecycle:end=0", 1000, ["zero-lr-tail"]),
    ("piecewise:0=1,0.5=0.02,1=0.02", 1000, ["decay-ends-early"]),
    ("linear:min=0.04,floor=clamp", 1000, ["decay-ends-early"]),
  ]

  @Test(arguments: specs)
  func ofSpecs(_ text: String, _ steps: Int, _ codes: [String]) throws {
    let spec = try ScheduleSpec(text)
    let findings = try spec.schedule(steps: steps).findings(intent: spec.intent(steps: steps))
    #expect(findings.map(\.code) == codes, "\(findings)")
  }

  static let dialects: [(Dialect, String, String, Double?, [String])] = [
    (.huggingFace, "linear", "{\"warmup_steps\": 100}", nil, []),
    (.huggingFace, "constant", "{\"warmup_steps\": 9}", nil, ["warmup-ignored", "high-final-lr"]),
    (.huggingFace, "warmup_stable_decay", "{\"num_decay_steps\": 200}", nil, []),
    (
      .huggingFace, "warmup_stable_decay",
      "{\"num_decay_steps\": 600, \"warmup_steps\": 100, \"num_stable_steps\": 300}", nil,
      ["long-cooldown"]
    ),
    (
      .huggingFace, "warmup_stable_decay",
      "{\"num_decay_steps\": 200, \"num_stable_steps\": 2000}", nil,
      ["decay-never-reached", "high-final-lr"]
    ),
    (
      .huggingFace, "warmup_stable_decay",
      "{\"num_decay_steps\": 200, \"num_stable_steps\": 600}", nil,
      ["zero-lr-tail", "decay-ends-early"]
    ),
    (
      .optax, "warmup_cosine_decay_schedule",
      "{\"init_value\": 0, \"peak_value\": 1e-3, \"warmup_steps\": 100, \"decay_steps\": 900}", nil,
      ["zero-lr-tail", "warmup-counted-twice", "decay-ends-early"]
    ),
    (
      .keras, "CosineDecay",
      "{\"initial_learning_rate\": 0, \"warmup_target\": 1e-3, \"warmup_steps\": 100, \"decay_steps\": 1000}",
      nil, ["warmup-counted-twice", "horizon-beyond-run"]
    ),
    (
      .nanotron, "linear",
      "{\"lr_warmup_steps\": 100, \"lr_decay_starting_step\": 800, \"min_decay_lr\": 0}", 1e-3,
      ["warmup-counted-twice", "zero-lr-tail", "decay-ends-early"]
    ),
    (.nanotron, "linear", "{\"lr_warmup_steps\": 100}", 1e-3, ["no-decay", "high-final-lr"]),
    (
      .nanotron, "linear", "{\"lr_decay_starting_step\": 1000}", 1e-3,
      ["no-decay", "squared-lr", "high-final-lr"]
    ),
    (
      .huggingFace, "cosine_with_min_lr", "{\"min_lr\": 2e-3}", 1e-3,
      ["absolute-level", "floor-above-peak", "high-final-lr"]
    ),
    (.torch, "OneCycleLR", "{}", 1e-3, ["tiny-last-lr"]),
    (.torchTitan, "", "{\"warmup_steps\": 300, \"decay_ratio\": 0.9}", nil, ["decay-cut"]),
    (
      .torchTitan, "", "{\"warmup_steps\": 0, \"total_steps\": 5000}", nil,
      ["horizon-beyond-run", "high-final-lr"]
    ),
    (.olmoCore, "WSD", "{\"warmup\": 100}", nil, ["zero-lr-tail"]),
  ]

  @Test(arguments: dialects)
  func ofDialects(
    _ library: Dialect, _ name: String, _ json: String, _ rate: Double?, _ codes: [String]
  ) throws {
    let read = try library.read(
      DialectRequest(
        name: name, parameters: DialectTests.object(json), steps: 1000, learningRate: rate))
    let told = Set(read.remarks.map(\.code))
    let findings =
      read.remarks + read.schedule.findings(intent: read.intent).filter { !told.contains($0.code) }
    #expect(findings.map(\.code) == codes, "\(findings)")
    for finding in findings { #expect(!finding.message.contains("\n")) }
  }

  /// A schedule's values are linted like the schedule.
  @Test func ofValues() throws {
    let spec = try ScheduleSpec("cosine:period=50%")
    let values = try Schedule(values: spec.schedule(steps: 1000).multipliers)
    #expect(values.findings().map(\.code) == ["zero-lr-tail", "decay-ends-early"])
    #expect(try Schedule(values: [1]).findings().map(\.code) == ["high-final-lr"])
    #expect(try Schedule(values: [0, 1, 0]).findings().first?.code == "zero-lr-tail")
  }

  /// A long cooldown is what a long extension wants: worth knowing, and nothing to warn of.
  @Test(arguments: ["wsd80", "wsd95:warmup=5steps", "twostage:at=0.1,factor=0.5,cooldown=0.8"])
  func longCooldowns(_ text: String) throws {
    let findings = try ScheduleSpec(text).schedule(steps: 1000).findings()
    #expect(findings.allSatisfy { $0.severity == .information }, "\(findings)")
  }
}
