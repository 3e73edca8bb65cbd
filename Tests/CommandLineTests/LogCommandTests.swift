import Foundation
import TestSupport
import Testing

/// `lrbound log`: the table on stdout, what was mended on stderr and in the JSON object.
@Suite struct LogCommandTests {
  static let log = "step,loss,lr\n20,2.5,1e-3\n10,3,1e-3\n20,2.25,1e-3\n30,nan,5e-4\n"

  @Test func normalises() throws {
    let run = try CommandRun(["log", "-"], input: Self.log)
    #expect(run.code == 0)
    #expect(run.output == "step,lr,loss\n10,0.001,3.0\n20,0.001,2.25\n30,0.0005,nan\n")
    #expect(run.errors.contains("1 record of a step that was logged again"))
    #expect(run.errors.contains("1 loss NaN or infinite"))
    // What was written is read back as it is, and nothing is left to mend but the divergence.
    let again = try CommandRun(["log", "-", "--csv"], input: run.output)
    #expect(again.output == run.output)
    #expect(again.errors.split(separator: "\n").count == 1)
  }

  @Test func json() throws {
    let json = try CommandRun(["log", "-", "--json"], input: Self.log).json()
    #expect(json["command"] as? String == "log" && json["schema_version"] as? Int == 1)
    let runs = try #require(json["runs"] as? [[String: Any]])
    let run = try #require(runs.first)
    #expect(runs.count == 1 && run["file"] as? String == "-" && run["format"] as? String == "csv")
    #expect(run["rows"] as? Int == 3 && run["first_step"] as? Int == 10)
    #expect(run["last_step"] as? Int == 30 && run["diverged"] as? Bool == true)
    #expect(run["final_loss"] == nil && run["lr_at"] == nil)
    let mended = try #require(run["mended"] as? [[String: Any]])
    let codes = mended.compactMap { $0["code"] as? String }
    #expect(codes == ["resumed", "repeated-steps", "diverged-losses"])
    #expect(mended.allSatisfy { ($0["count"] as? Int ?? 0) > 0 && $0["message"] is String })
  }

  @Test func severalLogs() throws {
    let first = try TemporaryFile("step,loss\n1,3\n2,2\n", name: "a,b.csv")
    let second = try TemporaryFile("{\"step\": 5, \"val_loss\": 2.5}\n", name: "b.jsonl")
    let run = try CommandRun(["log", first.path, second.path])
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: true)
    #expect(lines.first == "file,step,loss,val_loss")
    #expect(
      lines.dropFirst() == [
        "\"\(first.path)\",1,3.0,", "\"\(first.path)\",2,2.0,", "\(second.path),5,,2.5",
      ])
    #expect(run.errors.isEmpty)
    let json = try CommandRun(["log", first.path, second.path, "--json"]).json()
    let runs = try #require(json["runs"] as? [[String: Any]])
    let last = try #require(runs.last?["final_loss"] as? [String: Any])
    #expect(last["value"] as? Double == 2.5 && last["column"] as? String == "val_loss")
  }

  @Test func learningRatesOfTheNextStep() throws {
    let schedule = ["--schedule", "linear", "--steps", "100", "--lr", "0.01"]
    let rows = stride(from: 25, through: 100, by: 25).map { "\($0),\(0.0001 * Double(100 - $0))\n" }
    let input = "step,lr\n" + rows.joined()
    let run = try CommandRun(["log", "-"] + schedule, input: input)
    #expect(run.output.hasPrefix("step,lr\n25,0.0076\n50,0.0051"))
    #expect(run.errors.contains("4 learning rates logged one step early"))
    let json = try CommandRun(["log", "-", "--json"] + schedule, input: input).json()
    let entry = try #require((json["runs"] as? [[String: Any]])?.first)
    #expect(entry["lr_at"] as? String == "next")
    let kept = try CommandRun(["log", "-", "--lr-at", "applied"] + schedule, input: input)
    #expect(kept.output.hasPrefix("step,lr\n25,0.0075"))
    let unsure = try CommandRun(["log", "-"], input: input)
    #expect(unsure.errors.contains("warning") && unsure.errors.contains("its schedule"))
    let moved = try CommandRun(["log", "-", "--lr-at", "next"], input: input)
    #expect(moved.output.hasPrefix("step,lr\n26,0.0075"))
  }

  /// Arguments, a log, exit code, pieces of the message.
  static let bad: [([String], String, Int32, [String])] = [
    ([], "", 3, ["standard input", "empty"]),
    ([], "a,b\n1,2\n", 3, ["'a, b'", "--loss-col"]),
    (["--loss-col", "x"], "step,loss\n1,2\n", 3, ["'x'", "'step, loss'"]),
    (["--format", "csw"], "step,loss\n1,2\n", 2, ["--format 'csw'", "did you mean csv"]),
    (["--format", "x"], "step,loss\n1,2\n", 2, ["--format 'x'", "tensorboard"]),
    (["--lr-at", "now"], "step,loss\n1,2\n", 2, ["--lr-at 'now'", "applied, next or auto"]),
    (["--steps", "9"], "step,loss\n1,2\n", 2, ["--steps", "add --schedule"]),
    (["--lr-at", "applied"], "step,loss\n1,2\n", 3, ["no learning rate (only loss)"]),
    (
      ["--schedule", "linear", "--steps", "9", "--lr", "1"], "step,loss\n1,2\n", 3,
      ["no learning rate (only loss)"]
    ),
    (["--schedule", "linear", "--steps", "9"], "step,lr\n1,2\n", 2, ["add --lr"]),
    (["--schedule", "linear", "--lr", "1"], "step,lr\n1,2\n", 2, ["add --steps"]),
    (
      ["--schedule", "linear", "--steps", "9", "--lr", "1"], "step,lr\n1,1\n2,1\n3,0.1\n", 3,
      ["standard input", "at step 3", "is 0.1", "has 0.77"]
    ),
  ]

  @Test(arguments: sampled(bad))
  func refuses(_ arguments: [String], _ input: String, _ code: Int32, _ pieces: [String]) throws {
    let run = try CommandRun(["log", "-"] + arguments, input: input)
    #expect(run.code == code && run.output.isEmpty, "\(run.errors)")
    #expect(run.errors.hasPrefix("lrbound: ") && run.errors.dropLast().contains("\n") == false)
    for piece in pieces { #expect(run.errors.contains(piece), "\(run.errors)") }
  }

  /// `--lr-at applied` settles what is unsure.
  @Test func appliedLearningRates() throws {
    let log = "step,lr\n1,1\n2,0\n"
    #expect(try CommandRun(["log", "-"], input: log).errors.contains("its schedule"))
    #expect(try CommandRun(["log", "-", "--lr-at", "applied"], input: log).errors.isEmpty)
  }

  /// `check` and `log` say which parameter group they take, or ask.
  @Test func parameterGroups() throws {
    let plan = ["check", "--schedule", "linear", "--steps", "4", "--lr", "1", "--log", "-"]
    let same = "step,lr_group0,lr_group1\n1,1,0.1\n2,0.75,0.075\n3,0.5,0.05\n4,0.25,0.025\n"
    let check = try CommandRun(plan, input: same)
    #expect(
      check.code == 0 && check.output.contains("lr_group0, lr_group1: 2 learning rates equal"))
    let group = try CommandRun(plan + ["--lr-col", "lr_group1"], input: same)
    #expect(group.code == 1 && !group.output.contains("lr_group0"))
    let other = "step,lr_group0,lr_group1\n1,1,1\n2,0.75,1\n3,0.5,1\n4,0.25,1\n"
    for arguments in [plan, ["log", "-"]] {
      let run = try CommandRun(arguments, input: other)
      #expect(run.code == 3 && run.output.isEmpty)
      #expect(
        run.errors.contains("lr_group0 and lr_group1 differ") && run.errors.contains("--lr-col"))
    }
  }
}
