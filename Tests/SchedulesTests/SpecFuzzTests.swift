import Foundation
import Schedules
import TestSupport
import Testing

/// Random specs: no text may trap the parser or give a schedule that is not one.
@Suite struct SpecFuzzTests {
  /// The number of texts; `.ci/run` sets millions in release.
  static var count: Int {
    ProcessInfo.processInfo.environment["LRBOUND_FUZZ"].flatMap(Int.init) ?? 1200
  }

  /// The keys that a family takes, as its examples show, and those that most take.
  static let keys: [String: [String]] = Dictionary(
    uniqueKeysWithValues: FamilyEntry.all.map { entry in
      let options = entry.examples.flatMap { $0.split(separator: ":").dropFirst() }
      let own = options.flatMap { $0.split(separator: ",") }.map { String($0.prefix { $0 != "=" }) }
      return (entry.name, Set(own + ["warmup", "min", "floor"]).sorted())
    })

  static let pieces =
    FamilyEntry.all.map(\.name) + Set(keys.values.joined()).sorted() + [
      "wsd20", "sqrt", ":", ",", "=", "min-lr", "clamp", "rescale", "exponential", "square", "0",
      "1", "2", "0.5", "1e-3", "1e9", "1e400", "-1", "-0", "+.5", "nan", "inf", "0x1p3", "20%",
      "100%", "300steps", "1steps", "steps", "%", " ", "\n", "é", "🙂", "\u{0}", "@", "_", "..",
      "1e", "9999999999999999999999", "0.30000000000000004",
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
    let values = [
      "0", "0.1", "0.5", "0.999", "1e-9", "110.3%", "130.7%", "3%", "50%", "100%", "1steps",
      "7steps", "300", "2", "1e-3",
      "linear", "1-sqrt", "cosine", "exponential", "square", "clamp", "rescale", "0.01",
    ]
    var generator = SplitMix64(seed: 42)
    var understood = 0
    for _ in 0..<Self.count {
      let family = FamilyEntry.all.randomElement(using: &generator)?.name ?? "wsd"
      // Some need all of their keys.
      let hasAll = Bool.random(using: &generator)
      let shared = ["warmup", "min", "floor"]
      let chosen = (Self.keys[family] ?? []).filter {
        (hasAll && !shared.contains($0)) || Int.random(in: 0..<3, using: &generator) == 0
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
