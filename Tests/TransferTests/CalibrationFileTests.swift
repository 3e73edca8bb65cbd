import Foundation
import Support
import TestSupport
import Testing

@testable import Transfer

@Suite struct CalibrationFileTests {
  static func calibration(_ batches: [Int?]) throws -> Calibration {
    try Calibration(
      of: CalibrationTests.cells(
        SyntheticSweep.following(
          a: 0.3, b: 0.6, p: 0.2, shapes: ["linear", "wsd20"], horizons: [1000, 4000, 16_000],
          batches: batches)))
  }

  @Test(arguments: [[nil], [64], [64, 4096]])
  func roundTrip(_ batches: [Int?]) throws {
    let calibration = try Self.calibration(batches)
    let file = try TemporaryFile("", name: "mine.json")
    try calibration.write(to: file.path)
    let read = try Calibration(contentsOf: file.path)
    #expect(read == calibration && read.batches == Set(batches.compactMap { $0 }))
    #expect(throws: InputError.self) { try calibration.write(to: "/no/such/folder/mine.json") }
    // The evidence of the file has its cells' batches.
    let sources = try RateEvidence(calibration: read).sources
    #expect(sources.map(\.run.batchTokens) == calibration.sources.map(\.batchTokens))
  }

  static let bad: [(String, String, String)] = [
    ("\"kind\"", "\"sort\"", "not a calibration"),
    ("\"schema_version\" : 2", "\"schema_version\" : 1", "1 is not 2"),
    ("\"full\"", "\"all\"", "scope 'all'"), ("\"b\" : ", "\"b\" : 7777", "exponent b"),
    ("\"a\" : ", "\"a\" : x", "not a calibration"),
    ("\"horizon_offset\"", "\"horizon_exponent\"", "not a calibration"),
    ("\"law_constant\" : ", "\"law_constant\" : -", "law_constant"),
    ("\"shape_deviation\" : ", "\"shape_deviation\" : -", "out of range"),
    ("\"batch_tokens\" : 64", "\"batch_tokens\" : 0", "no batch"),
  ]

  @Test(arguments: bad)
  func refuses(_ there: String, _ instead: String, _ problem: String) throws {
    let text = try Self.calibration([64]).json
    #expect(text.contains(there))
    let file = try TemporaryFile(text.replacingOccurrences(of: there, with: instead))
    let error = #expect(throws: InputError.self) { try Calibration(contentsOf: file.path) }
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    #expect(error?.hint.contains("fit") == true)
  }

  /// A file of the first version has neither law_constant nor horizon_offset, and is told to fit again.
  @Test func refusesTheFirstVersion() throws {
    let file = try TemporaryFile("{\"kind\": \"lrbound calibration\", \"schema_version\": 1}")
    let error = #expect(throws: InputError.self) { try Calibration(contentsOf: file.path) }
    #expect(error?.problem == "its schema version 1 is not 2")
  }

  @Test func refusesMixedBatches() throws {
    let text = try Self.calibration([64]).json
    let place = try #require(text.range(of: "\"batch_tokens\" : 64,"))
    let file = try TemporaryFile(text.replacingCharacters(in: place, with: ""))
    let error = #expect(throws: InputError.self) { try Calibration(contentsOf: file.path) }
    #expect(error?.problem == "some of its cells have a batch and others have none")
  }

  @Test(arguments: ["", "{}", "[1]", "spec,steps\n"])
  func refusesOtherFiles(_ text: String) throws {
    let file = try TemporaryFile(text)
    #expect(throws: InputError.self) { try Calibration(contentsOf: file.path) }
  }
}
