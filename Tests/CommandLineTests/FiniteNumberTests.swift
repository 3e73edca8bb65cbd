import Support
import TestSupport
import Testing

@testable import lrbound

/// No number that is not finite leaves the program, in any form.
@Suite struct FiniteNumberTests {
  /// A report of one number.
  private struct Body: Codable {
    /// A row of it.
    struct Row: Codable { let excess: Double }
    let rows: [Row]
  }

  @Test func inJSON() throws {
    #expect(throws: Never.self) { try JSONOutput.data(Body(rows: [.init(excess: 1)])) }
    let error = #expect(throws: InputError.self) {
      try JSONOutput.data(Body(rows: [.init(excess: 1), .init(excess: .nan)]))
    }
    #expect(error?.description.contains("rows[1].excess") == true && error?.kind == .unanswerable)
  }

  /// Numbers are marked where they become text; words that look like them are not numbers.
  @Test func inText() throws {
    try InputError.requireFinite("infinite nano con:beta=0.5 --clip inf")
    for text in [significant(.nan), cell(-.infinity), percent(.infinity), fixed(.nan)] {
      #expect(throws: InputError.self) { try InputError.requireFinite("a\n  cost  \(text)\nb") }
    }
    let error = #expect(throws: InputError.self) {
      try InputError.requireFinite("a\n  cost  \(significant(.infinity))\nb")
    }
    #expect(error?.description.contains("'  cost  inf'") == true)
  }

  /// Ordinary arguments whose answer was infinite.
  @Test(
    arguments: sampled([
      ["search", "con", "--steps", "1000", "--shapes", "2", "--weight-decay", "0.01", "--json"],
      [
        "model", "momentum", "--steps", "16", "--task", "1.5,3,0", "--cap", "0.5", "--features",
        "100", "--gradient-noise", "additive", "--json",
      ],
    ]))
  func ordinaryArguments(_ arguments: [String]) throws {
    let run = try CommandRun(arguments)
    #expect(run.code == 0, "\(run.errors)")
    #expect(!run.output.contains("inf,") && !run.output.contains("nan,"))
  }

  @Test func noRatioToAnOptimumThatIsNotKnown() throws {
    let run = try CommandRun([
      "search", "rex-gen", "con", "--steps", "5", "--start", "aligned", "--weight-decay", "0.3",
      "--shapes", "3", "--json",
    ])
    let json = try run.json()
    #expect(json["optimum"] == nil)
    for family in try #require(json["families"] as? [[String: Any]]) {
      #expect(family["ratio_to_optimum"] == nil)
    }
    let codes = (json["warnings"] as? [[String: Any]])?.compactMap { $0["code"] as? String }
    #expect(codes?.contains("optimum-unknown") == true)
    let project = try CommandRun([
      "search", "con", "--steps", "5", "--weight-decay", "0.3", "--project",
    ])
    #expect(project.code == 2 && project.errors.contains("no weight decay"))
  }
}
