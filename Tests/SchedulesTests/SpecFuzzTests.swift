import Foundation
import Schedules
import TestSupport
import Testing

/// Random specs: no text may trap the parser or give a schedule that is not one.
@Suite struct SpecFuzzTests {
  /// The number of texts; `.ci/run` sets millions in release.
  static var count: Int {
    ProcessInfo.processInfo.environment["LRBOUND_FUZZ"].flatMap(Int.init) ?? 4000
  }

  static let pieces = [
    "wsd", "wsd20", "cosine", "linear", "constant", "1-sqrt", "sqrt", "invsqrt", "poly", "rex",
    "onecycle", "wsds", "twostage", "piecewise", ":", ",", "=", "min", "min-lr", "floor", "clamp",
    "rescale", "warmup", "cooldown", "decay", "period", "at", "factor", "start", "end", "power",
    "beta", "timescale", "exponential", "square", "0", "1", "2", "0.5", "1e-3", "1e9", "1e400",
    "-1",
    "-0", "+.5", "nan", "inf", "0x1p3", "20%", "100%", "300steps", "1steps", "steps", "%", " ",
    "\n",
    "é", "🙂", "\u{0}", "@", "_", "..", "1e", "9999999999999999999999", "0.30000000000000004",
  ]

  @Test func randomTexts() throws {
    var generator = SplitMix64(seed: 20_261_121)
    var understood = 0
    for _ in 0..<Self.count {
      let length = Int.random(in: 1...10, using: &generator)
      var text = ""
      for _ in 0..<length {
        if Int.random(in: 0..<12, using: &generator) == 0 {
          let scalar = UInt32.random(in: 1...0x2FF, using: &generator)
          text.unicodeScalars.append(Unicode.Scalar(scalar) ?? " ")
        } else {
          text += Self.pieces.randomElement(using: &generator) ?? ""
        }
      }
      if try check(text, &generator) { understood += 1 }
    }
    #expect(understood > Self.count / 200)
  }

  /// Well-formed keys with random values reach deeper into realisation.
  @Test func randomOptions() throws {
    let options: [String: [String]] = [
      "wsd": ["cooldown", "decay", "warmup", "min", "floor"],
      "cosine": ["power", "period", "warmup", "min", "floor"], "linear": ["warmup", "min"],
      "invsqrt": ["timescale", "min", "floor"], "poly": ["power", "warmup"],
      "rex": ["beta", "min"],
      "onecycle": ["warmup", "start", "end"], "wsds": ["period", "cooldown", "decay", "min"],
      "twostage": ["at", "factor", "cooldown", "decay", "min"],
      "piecewise": ["0", "0.3", "0.7", "1"],
      "constant": ["warmup"], "con": ["warmup"], "cos-gen": ["power", "warmup"],
      "sqrt-decay": ["alpha", "warmup"],
      "tps": ["x0", "y1", "delta-x1", "delta-x2", "delta-y2"],
      "tps-y": ["x0", "y1", "delta-x1", "delta-x2", "delta-y2", "y-end"],
      "tpl": ["x0", "y1", "delta-x1", "delta-x2", "delta-y2"],
      "snm": ["y-start", "y-end", "x-peak", "y1", "delta-x1", "y2", "delta-x2"],
    ]
    let values = [
      "0", "0.1", "0.5", "0.999", "1e-9", "110.3%", "130.7%", "3%", "50%", "100%", "1steps",
      "7steps", "300", "2", "1e-3",
      "linear", "1-sqrt", "cosine", "exponential", "square", "clamp", "rescale", "0.01",
    ]
    var generator = SplitMix64(seed: 42)
    let families = options.keys.sorted()
    var understood = 0
    for _ in 0..<Self.count {
      let family = families.randomElement(using: &generator) ?? "wsd"
      let chosen = (options[family] ?? []).filter { _ in
        ["piecewise", "tps", "tps-y", "tpl", "snm"].contains(family)
          || Bool.random(using: &generator)
      }
      let body = chosen.map { "\($0)=\(values.randomElement(using: &generator) ?? "0")" }
      let text = family + (body.isEmpty ? "" : ":" + body.joined(separator: ","))
      if try check(text, &generator) { understood += 1 }
    }
    #expect(understood > Self.count / 20)
  }

  /// Whether the text is a spec; checks whatever follows from that.
  private func check(_ text: String, _ generator: inout SplitMix64) throws -> Bool {
    let spec: ScheduleSpec
    do {
      spec = try ScheduleSpec(text)
    } catch {
      #expect(!error.description.contains("\n"), "\(text)")
      return false
    }
    let again = try ScheduleSpec(spec.canonical)
    #expect(again == spec && again.canonical == spec.canonical, "\(text) → \(spec.canonical)")
    let steps = [1, 2, 7, 100, 1001].randomElement(using: &generator) ?? 7
    guard let schedule = try? spec.schedule(steps: steps, baseLearningRate: 1e-3) else {
      return true
    }
    let multipliers = schedule.multipliers
    #expect(multipliers.count == steps, "\(text)")
    #expect(multipliers.max() == 1, "\(text) at \(steps)")
    #expect(multipliers.allSatisfy { $0 >= 0 }, "\(text) at \(steps)")
    return true
  }

  /// Texts that once broke the parser or looked as if they could.
  @Test(arguments: [
    "wsd20:decay=1-sqrt,", "@\u{0}", "wsd\u{0}20", "wsd9999999999999999999999", "wsd.", "wsd+-5",
    "poly:power=1e400", "piecewise:0=1e400,1=0", "linear:warmup=9999999999999999999999steps",
    "wsd:cooldown=1e9steps", "cosine:period=1e-12", "🙂", "1-", "-", "%", "=", ",", "::",
    "piecewise:0=0.01,0.3=0.01,0.7=0.01,1=1e-3",
    "piecewise:0=0.5,0.3=1e-9,0.7=300,1=300", "piecewise:0=0.999,0.3=0.999,0.7=0.5,1=0.999",
  ])
  func keptTexts(_ text: String) throws {
    var generator = SplitMix64(seed: 1)
    for _ in 0..<20 { _ = try check(text, &generator) }
  }
}
