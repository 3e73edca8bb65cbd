import Foundation
import TestSupport
import Testing

/// `lrbound check`: the verdict, its reasons and the exit code.
@Suite struct CheckCommandTests {
  static let plan = ["--schedule", "wsd20", "--steps", "100", "--lr", "1e-3"]

  /// A log of wsd20 over 100 steps, every fourth step up to some.
  static func log(to last: Int = 100) -> String {
    let rows = stride(from: 4, through: last, by: 4).map {
      "\($0),\($0 <= 80 ? 1e-3 : 1e-3 * Double(101 - $0) / 20)\n"
    }
    return "step,lr\n" + rows.joined()
  }

  @Test func logFollowsPlan() throws {
    let run = try CommandRun(["check", "--log", "-"] + Self.plan, input: Self.log())
    #expect(run.code == 0 && run.errors.isEmpty, "\(run.errors)")
    #expect(run.output.contains("verdict    ok"))
    #expect(run.output.contains("all 25 records from step 4 to 100"))
    let json = try CommandRun(
      ["check", "--log", "-", "--json"] + Self.plan, input: Self.log(to: 48)
    ).json()
    #expect(json["verdict"] as? String == "ok" && json["unfinished"] as? Bool == true)
    let reasons = try #require(json["reasons"] as? [[String: Any]])
    #expect(reasons.map { $0["code"] as? String } == ["follows", "unfinished"])
    #expect(json["first_difference"] == nil)
  }

  @Test func logOfAnotherRun() throws {
    var arguments = ["check", "--log", "-", "--json"] + Self.plan
    arguments[5] = "wsd40"
    let run = try CommandRun(arguments, input: Self.log())
    #expect(run.code == 1 && run.errors.isEmpty)
    let difference = try #require(try run.json()["first_difference"] as? [String: Any])
    #expect(difference["step"] as? Int == 64 && difference["found"] as? Double == 1e-3)
    #expect(relativeError(difference["expected"] as? Double ?? 0, 1e-3 * 37 / 40) < 1e-12)
    let csv = try CommandRun(
      ["check", "--log", "-", "--csv"] + Self.plan.dropLast() + ["2e-3"], input: Self.log())
    #expect(csv.code == 1 && csv.output.split(separator: "\n")[1] == "fail,4,0.002,0.001,0,4,100")
  }

  @Test func planOfAFile() throws {
    let values = (1...100).map { "\($0 <= 80 ? 1e-3 : 1e-3 * Double(101 - $0) / 20)\n" }
    let file = try TemporaryFile("lr\n" + values.joined(), name: "plan.csv")
    let run = try CommandRun(
      ["check", "--log", "-", "--schedule", "@\(file.path)"], input: Self.log())
    #expect(run.code == 0 && run.output.contains("base LR 0.001"), "\(run.errors)")
  }

  /// Arguments, a log, exit code, pieces of the message.
  static let badLogs: [([String], String, Int32, [String])] = [
    (plan, "step,loss\n1,2\n", 3, ["no learning rate (only loss)", "--lr-col"]),
    (plan, "", 3, ["empty"]), (plan + ["--lr-at", "now"], log(), 2, ["--lr-at 'now'"]),
    (["--schedule", "wsd20", "--lr", "1e-3"], log(), 2, ["add --steps"]),
    (["--schedule", "wsd20", "--steps", "100"], log(), 2, ["add --lr"]),
    (["--steps", "100", "--lr", "1e-3"], log(), 2, ["--schedule"]),
  ]

  @Test(arguments: badLogs)
  func refuses(_ arguments: [String], _ input: String, _ code: Int32, _ pieces: [String]) throws {
    let run = try CommandRun(["check", "--log", "-"] + arguments, input: input)
    #expect(run.code == code && run.output.isEmpty, "\(run.errors)")
    #expect(run.errors.hasPrefix("lrbound: ") && run.errors.dropLast().contains("\n") == false)
    for piece in pieces { #expect(run.errors.contains(piece), "\(run.errors)") }
  }
}
