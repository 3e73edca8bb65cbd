import Foundation
import TestSupport
import Testing

/// `lrbound model` as a whole process, on tasks small enough for a debug build.
@Suite struct ModelCommandTests {
  static let small = ["--features", "64", "--cap", "0.5"]

  private func json(_ arguments: [String]) throws -> [String: Any] {
    let run = try CommandRun(["model"] + arguments + ["--json"])
    #expect(run.code == 0, "\(run.errors)")
    let members = try run.json()
    #expect(members["command"] as? String == "model \(arguments[0])")
    return members
  }

  @Test func lossOfASchedule() throws {
    let json = try json(["loss", "linear", "--steps", "50", "--lr", "0.3"] + Self.small.prefix(2))
    let loss = try #require(json["loss"] as? Double)
    let excess = try #require(json["excess"] as? Double)
    #expect(abs(loss - excess - 1) < 1e-15 && json["diverged"] as? Bool == false)
    let phase = try #require(json["phase"] as? [String: Any])
    #expect(phase["name"] as? String == "easy" && phase["xi"] as? Double == 0.5)
    #expect(phase["delta"] as? Double == 2)
    let tuned = try self.json(["loss", "linear", "--steps", "50"] + Self.small)
    #expect(try #require(tuned["excess"] as? Double) < excess)
    let csv = try CommandRun(["model", "loss", "linear", "--steps", "50", "--lr", "0.3", "--csv"])
    #expect(csv.output.hasPrefix("spec,steps,base_lr,loss,excess\nlinear,50,0.3,"))
  }

  @Test func aDivergingLossIsReported() throws {
    let run = try CommandRun(["model", "loss", "constant", "--steps", "900", "--lr", "3"])
    #expect(run.code == 0 && run.output.contains("diverged"))
    #expect(run.errors.contains("stability edge 0.522468"))
    #expect(!run.output.lowercased().contains("nan"))
    let json = try json(["loss", "constant", "--steps", "900", "--lr", "3"])
    #expect(json["diverged"] as? Bool == true && json["loss"] == nil && json["excess"] == nil)
    #expect((json["warnings"] as? [[String: String]])?.first?["code"] == "above-stability-edge")
  }

  @Test func withoutNoiseThereIsNoPhase() throws {
    let json = try json(["loss", "linear", "--steps", "20", "--task", "3,2,0"] + Self.small)
    #expect(json["phase"] == nil)
    #expect((json["warnings"] as? [[String: String]])?.first?["code"] == "no-phases")
  }

  @Test func optimalScheduleReadsBack() throws {
    let arguments = ["optimal", "--steps", "64"] + Self.small
    let json = try json(arguments)
    let excess = try #require(json["excess"] as? Double)
    #expect(abs(excess / 0.087702238070 - 1) < 1e-9)
    let schedule = try #require(json["schedule"] as? [Double])
    #expect(schedule.count == 64 && schedule.max() == 1)
    let csv = try CommandRun(["model"] + arguments + ["--csv"]).output
    let file = try TemporaryFile(csv, name: "best.csv")
    let rate = try #require(json["base_lr"] as? Double)
    let back = try self.json(["loss", "@" + file.path, "--lr", "\(rate)"] + Self.small.prefix(2))
    #expect(abs(try #require(back["excess"] as? Double) / excess - 1) < 1e-12)
  }

  @Test func theLimitForAnyLength() throws {
    let json = try json(["optimal", "--steps", "1e9", "--limit"] + Self.small)
    #expect(json["schedule"] == nil && json["method"] as? String == "limit")
    #expect((json["warnings"] as? [[String: String]])?.first?["code"] == "schedule-left-out")
  }

  @Test func theOptimumIsBelowAll() throws {
    let json = try json(["compare", "linear", "wsd20", "--steps", "40"] + Self.small)
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.map { $0["schedule"] as? String } == ["optimal", "power", "linear", "wsd20"])
    for row in rows.dropFirst() { #expect(try #require(row["ratio_to_optimal"] as? Double) > 1) }
  }

  @Test func batches() throws {
    let json = try json(["batch", "--steps", "256", "--lr", "0.1,0.2"] + Self.small)
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.count == 2)
    let csv = try CommandRun(
      ["model", "batch", "--steps", "256", "--lr", "0.2", "--csv"] + Self.small)
    let lines = csv.output.split(separator: "\n")
    #expect(lines[0] == "step,batch" && lines.count == (rows[1]["steps"] as? Int ?? 0) + 1)
  }

  @Test func momentum() throws {
    let json = try json(
      ["momentum", "--steps", "8,16", "--task", "2,3,1", "--gradient-noise", "additive"]
        + Self.small)
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.count == 2)
    #expect(try #require(rows[1]["gain"] as? Double) > 1)
  }

  @Test func scaling() throws {
    let json = try json(
      ["scaling", "--task", "2,1.25,1", "--compute", "1e3,1e4", "--constant", "--cap", "0.5"])
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.count == 2 && json["plan"] as? String == "constant")
    let refused = try CommandRun(["model", "scaling", "--task", "2,1.25,0"])
    #expect(refused.code == 2 && refused.errors.contains("no phases"))
  }

  @Test func transfer() throws {
    let json = try json(
      [
        "transfer", "--from", "wsd20", "--to", "linear", "--steps", "100", "--to-steps", "200",
        "--task", "3,1.5,0.1",
      ] + Self.small)
    let ratio = try #require(json["ratio"] as? Double)
    let from = try #require((json["from"] as? [String: Any])?["base_lr"] as? Double)
    let to = try #require((json["to"] as? [String: Any])?["base_lr"] as? Double)
    #expect(abs(ratio - to / from) < 1e-12 && ratio > 1)
    #expect(try #require(json["regret"] as? Double) >= -1e-9)
    #expect(json["horizon_exponent"] as? Double != nil)
  }

  @Test func horizon() throws {
    let arguments = ["horizon", "wsd20", "--steps", "200", "--task", "3,1.5,10%"]
    let json = try json(arguments + ["--batches", "1,4096"] + Self.small)
    #expect(abs(try #require(json["limiting_exponent"] as? Double) - 0.5) < 1e-12)
    let rows = try #require(json["rows"] as? [[String: Any]])
    let names = ["horizon_exponent", "law_exponent", "batch", "critical_batch", "base_lr"]
    let values = try rows.map { row in try names.map { try #require(row[$0] as? Double) } }
    for row in values {
      let relative = row[2] / row[3]
      #expect(abs(row[1] - (0.5 / (1 + relative * relative) - 1 / 6.0)) < 1e-12)
    }
    #expect(values[0][0] > 0.4 && values[1][0] == 0 && values[1][4] == 0.5)
    #expect(rows.map { $0["regime"] as? String } == ["small", "flat"])
    #expect(rows.map { $0["law_regime"] as? String } == ["small", "large"])
    #expect(rows.map { $0["at_cap"] as? Bool } == [false, true])
    #expect((json["warnings"] as? [[String: String]])?.map { $0["code"] } == ["at-cap"])
    // The exponent is that of the transfer from half to double the steps.
    let transfer = try self.json(
      [
        "transfer", "--from", "wsd20", "--to", "wsd20", "--steps", "100", "--to-steps", "400",
        "--task", "3,1.5,10%",
      ] + Self.small)
    #expect(transfer["horizon_exponent"] as? Double == values[0][0])
  }

  /// Without --batches they start at the task's.
  @Test func horizonOfATask() throws {
    let run = try CommandRun(
      [
        "model", "horizon", "linear", "--steps", "20", "--task", "2,3,1,3", "--csv",
      ] + Self.small)
    let lines = run.output.split(separator: "\n").map { $0.split(separator: ",") }
    #expect(lines.map { $0[0] }.prefix(4) == ["batch", "3", "12", "48"] && lines.count == 10)
  }

  /// Arguments, exit code, pieces of the message.
  static let refused: [([String], [String])] = [
    (["loss", "linear", "--steps", "9", "--task", "1,2,1"], ["--task '1,2,1'", "a = 1"]),
    (["loss", "linear", "--steps", "9", "--task", "2,0.5,1"], ["b = 0.5", "more than 1"]),
    (["loss", "linear", "--steps", "9", "--task", "2,2,-1"], ["label noise -1", "0 or more"]),
    (["loss", "linear", "--steps", "9", "--task", "2,2,1,0"], ["batch 0", "1 or more"]),
    (["loss", "linear", "--steps", "9", "--task", "2,2"], ["2 numbers", "a,b,noise"]),
    (["loss", "linear", "--steps", "9", "--task", "2,x,1"], ["'x' is not a number"]),
    (["loss", "linear", "--steps", "9", "--features", "1"], ["--features '1'", "2 to 1e12"]),
    (["loss", "linear", "--steps", "9", "--features", "x"], ["--features 'x'", "whole"]),
    (["loss", "linear", "--steps", "9", "--cap", "0"], ["--cap '0'", "not positive"]),
    (["loss", "linear", "--steps", "9", "--recursion", "x"], ["--recursion 'x'", "euler"]),
    (["loss", "linear", "--steps", "1e9"], ["1000000000 steps", "at most 20000000"]),
    (["loss", "liner", "--steps", "9"], ["did you mean linear"]),
    (["optimal", "--steps", "1e6"], ["--steps '1000000'", "--limit"]),
    (["optimal", "--steps", "0"], ["--steps '0'", "at least 1 step"]),
    (["compare", "--steps", "1e6"], ["--steps '1e6'", "200,000"]),
    (
      ["batch", "--steps", "64", "--lr", "1e-3"], ["learning rate 0.001", "less than one example"]
    ),
    (["momentum", "--steps", "1"], ["at least 2 steps"]),
    (["momentum", "--steps", "1e5"], ["20,000"]),
    (["momentum", "--gradient-noise", "x"], ["--gradient-noise 'x'", "additive"]),
    (["scaling", "--compute", "3"], ["--compute '3'", "16 to 1e24"]),
    (["horizon", "linear", "--steps", "1"], ["1 steps", "halved"]),
    (["horizon", "linear", "--steps", "9", "--batches", "0.5"], ["--batches '0.5'", "1 to 1e09"]),
    (["horizon", "linear", "--steps", "9", "--task", "2,2,1,1e20"], ["batch 1e+20", "1e15"]),
    (
      ["horizon", "linear", "--steps", "9", "--task", "2,2,1,8", "--batches", "1"],
      ["--batches replaces"]
    ),
    (["transfer", "--from", "linear"], ["--to"]),
    (["transfer", "--from", "linear", "--to", "liner"], ["--to", "liner"]),
  ]

  @Test(arguments: sampled(refused))
  func refusesBadInput(_ arguments: [String], _ pieces: [String]) throws {
    let run = try CommandRun(["model"] + arguments)
    #expect(run.code == 2, "\(run.errors)")
    #expect(run.output.isEmpty && run.errors.hasPrefix("lrbound: "))
    #expect(run.errors.dropLast().contains("\n") == false, "\(run.errors)")
    for piece in pieces { #expect(run.errors.contains(piece), "\(run.errors)") }
  }
}
