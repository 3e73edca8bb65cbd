import Foundation
import Schedules
import TestSupport
import Testing

/// Parameters that are random, extreme or of the wrong kind: no configuration may trap the readers, the
/// lint or the exports, or give a schedule that is not one.
@Suite struct DialectFuzzTests {
  /// The number of configurations; `.ci/run` sets more in release.
  static var count: Int {
    ProcessInfo.processInfo.environment["LRBOUND_FUZZ"].flatMap(Int.init).map { $0 / 10 } ?? 250
  }

  static let values: [ParameterValue] = [
    .number(0), .number(1), .number(-1), .number(2), .number(7), .number(0.5), .number(0.3),
    .number(1e-30), .number(1e30), .number(1e15), .number(1e9), .number(50), .number(49),
    .number(-0.0), .text("x"), .text("5"), .text("3ba"), .text("0.5dur"), .null, .boolean(true),
    .list([]), .list([.number(3), .number(9)]), .object([:]), .text("cosine"), .text("linear"),
    .text("1e19ba"), .text("1e300dur"), .text("1e15ba"), .number(1e-308), .number(1e300),
    .number(1e19), .number(1e3), .number(.greatestFiniteMagnitude), .number(.infinity),
    .number(.nan), .list([.number(1e15), .number(1e-308)]), .text("77tok"), .text("9.5sp"),
  ]

  static let tokens: [Int?] = [nil, nil, nil, 1, 7, 4096, 0, -1, 1_000_000_000_000, .max, .min]

  @Test func randomParameters() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("RealLibraries")
    let data = try Data(contentsOf: folder.appendingPathComponent("recorded.json"))
    let cases = try JSONDecoder().decode(DialectTests.Record.self, from: data).cases
    var generator = SplitMix64(seed: 8)
    var read = 0
    for _ in 0..<Self.count {
      let item = try #require(cases.randomElement(using: &generator))
      guard case .object(var parameters) = item.kwargs,
        let library = item.dialect.flatMap({ Dialect(rawValue: $0) })
      else { continue }
      for key in parameters.keys.sorted() where Int.random(in: 0..<3, using: &generator) == 0 {
        parameters[key] = Self.values.randomElement(using: &generator)
      }
      for key in ["seq_length", "global_batch_size", "max_duration", "max_tokens"]
      where Int.random(in: 0..<20, using: &generator) == 0 {
        parameters[key] = Self.values.randomElement(using: &generator)
      }
      var request = DialectRequest(
        name: item.name, parameters: parameters,
        steps: [1, 2, 3, 7, 50, item.steps].randomElement(using: &generator),
        learningRate: [nil, 1e-3].randomElement(using: &generator) ?? nil,
        batchTokens: Self.tokens.randomElement(using: &generator) ?? nil)
      if Int.random(in: 0..<10, using: &generator) == 0 {
        request.tokens = Self.tokens.randomElement(using: &generator) ?? nil
        request.steps = nil
      }
      let schedule: DialectSchedule
      do {
        schedule = try library.read(request)
      } catch {
        #expect(!error.description.contains("\n"))
        continue
      }
      // A length in tokens may make a billion steps, too many to look at each.
      guard schedule.schedule.steps <= 100_000 else { continue }
      read += 1
      check(schedule, "\(library.rawValue) \(request)")
    }
    #expect(read > Self.count / 10, "\(read)")
  }

  private func check(_ read: DialectSchedule, _ comment: Comment) {
    let multipliers = read.schedule.multipliers
    #expect(multipliers.count == read.schedule.steps, comment)
    #expect(multipliers.allSatisfy { $0 >= 0 && $0 <= 1 }, comment)
    #expect(abs((multipliers.max() ?? 0) - 1) < 1e-12, comment)
    #expect(read.baseLearningRate?.isFinite ?? true, comment)
    let stretches = read.schedule.stretches
    #expect(stretches.allSatisfy { $0.first.isFinite && $0.last.isFinite }, comment)
    var texts = read.schedule.findings(intent: read.intent).map(\.message)
    for target in Dialect.writable {
      guard
        let export = try? read.schedule.exported(for: target, title: "x", baseLearningRate: 1e-3)
      else { continue }
      texts.append(export.text)
    }
    for text in texts {
      let words = text.lowercased().split { !$0.isLetter }
      #expect(!words.contains("inf") && !words.contains("nan"), "\(comment) \(text)")
    }
  }
}
