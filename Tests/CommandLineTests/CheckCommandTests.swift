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

  @Test(arguments: sampled(badLogs))
  func refuses(_ arguments: [String], _ input: String, _ code: Int32, _ pieces: [String]) throws {
    let run = try CommandRun(["check", "--log", "-"] + arguments, input: input)
    #expect(run.code == code && run.output.isEmpty, "\(run.errors)")
    #expect(run.errors.hasPrefix("lrbound: ") && run.errors.dropLast().contains("\n") == false)
    for piece in pieces { #expect(run.errors.contains(piece), "\(run.errors)") }
  }

  // MARK: - Base learning rates

  private static let rate = ["check", "--schedule", "cosine", "--steps", "2000", "--lr"]

  @Test(.enabled(if: isHeavy)) func sweepsAndCalibrations() throws {
    let sweep = try TemporaryFile(FitCommandTests.sweep, name: "sweep.csv")
    let good = try CommandRun(Self.rate + ["1.5e-3", "--sweep", sweep.path])
    #expect(good.code == 0 && good.output.contains("verdict  ok"), "\(good.errors)")
    #expect(good.output.contains("from 4 sources, calibrated on 4 cells"))
    let bad = try CommandRun(Self.rate + ["1", "--sweep", sweep.path, "--json"])
    #expect(bad.code == 1)
    let json = try bad.json()
    #expect(json["verdict"] as? String == "fail")
    let reasons = try #require(json["reasons"] as? [[String: Any]])
    #expect(reasons.map { $0["code"] as? String } == ["above-interval", "costly"])
    let suggestion = try #require(json["try"] as? [String: Any])
    let rate = try #require(suggestion["base_lr"] as? Double)
    #expect(rate > 1e-3 && rate < 2e-3 && (suggestion["interval"] as? [Double])?.count == 2)
    let regret = try #require(json["regret"] as? [String: Any])
    #expect(regret["nats"] as? Double ?? 0 > 0.1 && regret["steps_percent"] as? Double ?? 0 > 50)

    let calibration = try TemporaryFile("", name: "mine.json")
    _ = try CommandRun(["fit", sweep.path, "--calibration-out", calibration.path])
    let fromFile = try CommandRun(
      Self.rate + ["1", "--calibration", calibration.path, "--json"]
    ).json()
    let again = try #require((fromFile["try"] as? [String: Any])?["base_lr"] as? Double)
    #expect(relativeError(again, rate) < 1e-9)
    let csv = try CommandRun(Self.rate + ["1", "--sweep", sweep.path, "--csv"])
    #expect(csv.code == 1 && csv.output.split(separator: "\n").count == 2)
  }

  @Test func tunedRates() throws {
    let arguments = Self.rate + ["2e-3", "--tuned-spec", "wsd20", "--tuned-lr", "1e-3"]
    let run = try CommandRun(arguments)
    #expect(run.code == 0 && run.output.contains("by the bound"), "\(run.errors)")
    let transfer = try CommandRun([
      "transfer", "--from", "wsd20", "--to", "cosine", "--steps", "2000", "--lr", "1e-3", "--json",
      "--no-cross-check",
    ]).json()
    let json = try CommandRun(arguments + ["--json"]).json()
    let suggestion = try #require((json["try"] as? [String: Any])?["base_lr"] as? Double)
    #expect(relativeError(suggestion, transfer["base_lr"] as? Double ?? 0) < 1e-12)
    // The plan's own schedule and steps stand in.
    let same = try CommandRun(Self.rate + ["1e-3", "--tuned-lr", "1e-3", "--json"]).json()
    #expect(((same["try"] as? [String: Any])?["base_lr"] as? Double) == 1e-3)
  }

  @Test func oneRunIsNoSweep() throws {
    let sweep = try TemporaryFile("spec,steps,base_lr,final_loss\nwsd20,1000,1e-3,3\n")
    let run = try CommandRun(Self.rate + ["1e3", "--sweep", sweep.path])
    #expect(run.code == 0 && run.output.contains("verdict  warn"), "\(run.errors)")
    let diverged = try TemporaryFile("spec,steps,base_lr,final_loss\nwsd20,1000,1e-3,nan\n")
    let none = try CommandRun(Self.rate + ["1e-3", "--sweep", diverged.path])
    #expect(none.code == 3 && none.errors.contains("no run has a finite loss"))
  }

  /// Arguments, exit code, pieces of the message.
  static let badRates: [([String], Int32, [String])] = [
    (["1e-3"], 2, ["nothing to check against", "--sweep"]),
    (["1e-3", "--tuned-spec", "linear"], 2, ["--tuned-spec", "add --tuned-lr"]),
    (["1e-3", "--tuned-lr", "x"], 2, ["--tuned-lr 'x'"]),
    (["0", "--tuned-lr", "1"], 2, ["--lr '0'"]),
    (["1e-3", "--tuned-lr", "1", "--noise", "1"], 2, ["--noise", "add one"]),
    (["1e-3", "--tuned-lr", "1", "--log", "-"], 2, ["--log and --tuned-lr"]),
    (["1e-3", "--sweep", "/nowhere.csv"], 3, ["/nowhere.csv", "no such file"]),
    (["1e-3", "--calibration", "/nowhere.json"], 3, ["/nowhere.json"]),
  ]

  @Test(arguments: sampled(badRates))
  func refusesRates(_ arguments: [String], _ code: Int32, _ pieces: [String]) throws {
    let run = try CommandRun(Self.rate + arguments)
    #expect(run.code == code && run.output.isEmpty, "\(run.errors)")
    #expect(run.errors.hasPrefix("lrbound: ") && run.errors.dropLast().contains("\n") == false)
    for piece in pieces { #expect(run.errors.contains(piece), "\(run.errors)") }
  }
}
