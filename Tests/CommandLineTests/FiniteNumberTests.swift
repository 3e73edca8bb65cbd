import TestSupport
import Testing

@testable import lrbound

/// No number that is not finite leaves the program, in any form.
@Suite struct FiniteNumberTests {
  @Test func aReportWithoutANumberIsRefused() throws {
    let good = Report(
      command: "x", text: ["infinite nano", "con:beta=0.5"], json: ["loss": .number(1)],
      csv: [["loss"], ["1"]])
    try FiniteNumbers.check(good)
    var inJSON = good
    inJSON.json["rows"] = .array([.object(["excess": .number(.nan)])])
    #expect(throws: NoAnswer.self) { try FiniteNumbers.check(inJSON) }
    do { try FiniteNumbers.check(inJSON) } catch {
      #expect(error.description.contains("rows[0].excess"))
    }
    var inCSV = good
    inCSV.csv = [["step", "loss"], ["1", "inf"]]
    do { try FiniteNumbers.check(inCSV) } catch {
      #expect(error.description.contains("loss, row 1"))
    }
    #expect(throws: NoAnswer.self) { try FiniteNumbers.check(inCSV) }
    for cell in ["+inf %", "-inf", "nan", "T^−nan", "10×inf"] {
      var inText = good
      inText.text = ["  cost  \(cell)"]
      #expect(throws: NoAnswer.self, "\(cell)") { try FiniteNumbers.check(inText) }
    }
  }

  /// What the user wrote is repeated as it is; code that lrbound wrote is not.
  @Test func echoes() throws {
    var report = Report(
      command: "x", text: ["command=python train.py --clip inf"],
      json: ["workload": .string("command=python train.py --clip inf")], csv: [["a"]])
    try FiniteNumbers.check(report)
    report.json = ["export": .object(["text": .string("return inf")])]
    report.text = ["return inf"]
    #expect(throws: NoAnswer.self) { try FiniteNumbers.check(report) }
    #expect(throws: NoAnswer.self) { try FiniteNumbers.check("<path d=\"M 1,nan\"/>") }
    try FiniteNumbers.check("<text>a/run-inf/nan.csv</text>")
  }

  /// Ordinary arguments whose answer was infinite.
  @Test(arguments: [
    ["search", "con", "--steps", "1000", "--shapes", "2", "--weight-decay", "0.01", "--json"],
    [
      "model", "momentum", "--steps", "16", "--task", "1.5,3,0", "--cap", "0.5", "--features",
      "100", "--gradient-noise", "additive", "--json",
    ],
  ])
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
