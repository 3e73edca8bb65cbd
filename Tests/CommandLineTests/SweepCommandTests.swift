import Foundation
import TestSupport
import Testing

/// Every command reads a sweep in the same way.
@Suite struct SweepCommandTests {
  static let rows = [
    "wsd20,1000,2.5e-4", "wsd20,1000,5e-4", "wsd20,1000,1e-3", "wsd20,1000,2e-3",
    "linear,1000,5e-4", "linear,1000,1e-3", "linear,1000,2e-3", "linear,1000,4e-3",
  ]
  static let losses = [3.08, 3.03, 3.01, 3.035, 3.06, 3.02, 3.0, 3.03]

  /// A table with three seeds, each with its own mean, and a little noise.
  static func table() throws -> TemporaryFile {
    var text = "spec,steps,base_lr,final_loss,seed\n"
    for seed in 0..<3 {
      for (index, row) in rows.enumerated() {
        let noise = 0.002 * sin(Double(7 * index + 13 * seed))
        text += "\(row),\(losses[index] + 0.03 * Double(seed) + noise),\(seed)\n"
      }
    }
    return try TemporaryFile(text, name: "sweep.csv")
  }

  /// The same cell has the same optimum and interval in every command.
  @Test(.enabled(if: isHeavy)) func oneIntervalEverywhere() throws {
    let path = try Self.table().path
    func cell(_ json: [String: Any]) throws -> [Double] {
      let cells = try #require(json["cells"] as? [[String: Any]])
      let cell = try #require(cells.first { $0["spec"] as? String == "wsd:cooldown=0.2" })
      return [try #require(cell["optimum"] as? Double)] + (cell["interval"] as? [Double] ?? [])
    }
    let fitted = try CommandRun(["fit", path, "--json"]).json()
    let expected = try cell(fitted)
    #expect(expected.count == 3)
    #expect(try cell(CommandRun(["evaluate", path, "--json"]).json()) == expected)
    let check = try CommandRun([
      "check", "--schedule", "wsd20", "--steps", "1000", "--lr", "1e-3", "--sweep", path, "--json",
    ]).json()
    let suggestion = try #require(check["try"] as? [String: Any])
    #expect(
      [suggestion["base_lr"] as? Double ?? 0] + (suggestion["interval"] as? [Double] ?? [])
        == expected)
    let transfer = try CommandRun([
      "transfer", "--from", "wsd20", "--to", "linear", "--sweep", path, "--json",
      "--no-cross-check",
    ]).json()
    let source = try #require(transfer["sweep"] as? [String: Any])
    #expect(
      [source["optimum"] as? Double ?? 0] + (source["interval"] as? [Double] ?? []) == expected)
    // The seeds' own means are not noise: two per mille are left of three per cent.
    let noise = try #require(fitted["noise"] as? Double)
    #expect(noise > 0.0005 && noise < 0.004)
    #expect(try CommandRun(["fit", path]).output.contains("8 degrees of freedom"))
  }

  /// `transfer` takes tables, logs and folders, as the others do.
  @Test func transferReadsFolders() throws {
    let table = try Self.table()
    let folder = URL(fileURLWithPath: table.path).deletingLastPathComponent().path
    let arguments = [
      "transfer", "--from", "wsd20", "--to", "linear", "--no-cross-check", "--json", "--sweep",
    ]
    let (one, whole) = (
      try CommandRun(arguments + [table.path]), try CommandRun(arguments + [folder])
    )
    #expect(whole.code == 0 && whole.errors.isEmpty, "\(whole.errors)")
    #expect(try one.json()["base_lr"] as? Double == whole.json()["base_lr"] as? Double)
    let noisy = try CommandRun(arguments + [table.path, "--noise", "0.02"]).json()
    let interval = try #require(noisy["interval"] as? [Double])
    let usual = try #require(one.json()["interval"] as? [Double])
    #expect(interval[1] / interval[0] > usual[1] / usual[0])
  }

  /// A table's columns are those that are named; several losses are pointed out.
  @Test(.enabled(if: isHeavy)) func columnsOfTables() throws {
    let text = "spec,steps,base_lr,final_loss,val_loss\n"
    let rows = [(5e-4, 3.1, 3.0), (1e-3, 3.0, 3.01), (2e-3, 3.1, 3.1)].map {
      "wsd20,1000,\($0.0),\($0.1),\($0.2)\n"
    }
    let path = try TemporaryFile(text + rows.joined(), name: "losses.csv").path
    func optimum(_ arguments: [String]) throws -> Double {
      let json = try CommandRun(["fit", path, "--json"] + arguments).json()
      return try #require((json["cells"] as? [[String: Any]])?.first?["optimum"] as? Double)
    }
    #expect(try abs(log(optimum([]) / 1e-3)) < 0.05)
    #expect(try optimum(["--val-loss-col", "val_loss"]) < 8e-4)
    #expect(try optimum(["--loss-col", "final_loss"]) == optimum([]))
    let warning = try CommandRun(["fit", path]).errors
    #expect(warning.contains("judged by final_loss, not by val_loss"), "\(warning)")
    let missing = try CommandRun(["fit", path, "--lr-col", "eta"])
    #expect(missing.code == 3 && missing.errors.contains("no column is called 'eta'"))
  }

  /// The LRs of a file have their own maximum; another --lr would contradict it.
  @Test func aFileHasItsOwnLearningRate() throws {
    let path = try TemporaryFile("lr\n1e-3\n1e-3\n5e-4\n", name: "run.csv").path
    let arguments = ["transfer", "--from", "@" + path, "--to", "linear", "--no-cross-check"]
    let wrong = try CommandRun(arguments + ["--lr", "2e-3"])
    #expect(wrong.code == 2 && wrong.errors.contains("--lr 0.002"), "\(wrong.errors)")
    let (right, without) = (
      try CommandRun(arguments + ["--lr", "1e-3"]), try CommandRun(arguments)
    )
    #expect(right.code == 0 && right.output.contains("0.001"))
    #expect(without.code == 0)
  }

  static let refused: [([String], String)] = [
    (
      [
        "transfer", "--from", "wsd20", "--to", "wsd:cooldown=500steps", "--steps", "9000",
        "--to-steps", "100",
      ], "--to-steps: schedule"
    ),
    (
      [
        "transfer", "--from", "wsd20", "--to", "linear", "--steps", "3", "--to-steps", "9",
        "--gradient-norm", "NORMS",
      ], "--to-steps '9'"
    ),
    (["fit", "SWEEP", "--grad-norm-col", "g"], "--grad-norm-col"),
    (["fit", "SWEEP", "--steps", "9"], "describe logs"),
    (["fit", "SWEEP", "SWEEP"], "given twice"),
    (["transfer", "--from", "wsd20", "--to", "linear", "--lr", "1e-3", "--noise", "1"], "--noise"),
    (["transfer", "--from", "wsd20", "--to", "linear", "--loss-col", "x"], "--loss-col"),
    (["transfer", "--from", "wsd20", "--to", "linear", "--distance", "2"], "--distance"),
    (
      ["transfer", "--from", "wsd20", "--to", "linear", "--gradient-norm", "2"], "--gradient-norm"
    ),
    (
      [
        "check", "--schedule", "wsd20", "--steps", "9", "--lr", "1", "--tuned-lr", "1", "--lr-col",
        "x",
      ],
      "--lr-col"
    ),
    (
      [
        "check", "--schedule", "wsd20", "--steps", "9", "--lr", "1", "--log", "SWEEP", "--loss-col",
        "x",
      ],
      "--loss-col"
    ),
    (
      [
        "check", "--schedule", "wsd20", "--steps", "9", "--lr", "1", "--tuned-lr", "1", "--lr-at",
        "next",
      ],
      "--lr-at"
    ),
  ]

  /// Options without an effect are refused by name.
  @Test(arguments: sampled(refused))
  func refuses(_ arguments: [String], _ piece: String) throws {
    let path = try Self.table().path
    let norms = try TemporaryFile("grad_norm\n1\n2\n1\n", name: "norms.csv").path
    let files = ["SWEEP": path, "NORMS": norms]
    let run = try CommandRun(arguments.map { files[$0] ?? $0 })
    #expect(run.code == (piece == "given twice" ? 3 : 2), "\(run.errors)")
    #expect(run.output.isEmpty && run.errors.contains(piece), "\(run.errors)")
  }
}
