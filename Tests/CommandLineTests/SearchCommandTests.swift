import Foundation
import TestSupport
import Testing

@Suite struct SearchCommandTests {
  private static func folder() throws -> String {
    try TemporaryFile("", name: "x").path + "-state"
  }

  @Test func theTableAndItsForms() throws {
    let arguments = [
      "search", "rex-gen", "con", "--shapes", "3", "--grid", "1,16,5", "--refine", "2",
    ]
    let table = try CommandRun(arguments)
    #expect(table.code == 0 && table.output.contains("rex-gen:beta="))
    #expect(
      table.errors
        == "lrbound: up to 30 trials (families × shapes × base LRs × seeds = 2 × 3 × 5 × 1), then about 42 (finalists × base LRs × fresh seeds = 6 × 7 × 1)\n",
      "\(table.errors)")
    let json = try CommandRun(arguments + ["--json", "--check", "--project"]).json()
    let families = try #require(json["families"] as? [[String: Any]])
    #expect(families.count == 2)
    for family in families {
      #expect(family["family"] is String && family["shape"] is String)
      #expect(try #require(family["ratio_to_optimum"] as? Double) > 1)
    }
    let best = try #require(json["best"] as? [String: Any])
    #expect((best["schedule"] as? [Double])?.count == 100)
    let trials = try #require(json["trials"] as? [String: Any])
    let done = try #require(trials["done"] as? Int)
    #expect(trials["failed"] as? Int == 0 && done > 30)
    #expect((json["check"] as? [Any])?.count == 2 && (json["projections"] as? [Any])?.count == 2)
    // The best shape is a schedule like any other.
    let shape = try #require(best["shape"] as? String)
    #expect(try CommandRun(["schedule", shape, "--steps", "100"]).code == 0)
    let rows = try CommandRun(arguments + ["--csv"]).output.split(separator: "\n")
    #expect(rows.count == 3 && rows[0] == "family,score,error,ratio_to_optimum,base_lr,shape")
  }

  @Test(
    arguments: sampled([
      (["--workload", "linear-exact", "--steps", "2"], "linear-exact"),
      (["--workload", "linear-sgd", "--steps", "5"], "linear-sgd"),
      (["--workload", "logistic-synthetic", "--steps", "5"], "logistic data=synthetic"),
      (["--workload", "bound", "--steps", "20"], "bound steps=20"),
      (
        ["--workload", "model", "--steps", "20", "--task", "2,1.5,1"], "model task=2.0,1.5,1.0,1.0"
      ),
      (["--weight-decay", "0.01", "--start", "aligned"], "weight-decay=0.01"),
    ]))
  func workloads(_ arguments: [String], _ identity: String) throws {
    let run = try CommandRun(
      [
        "search", "cos-gen", "--shapes", "2", "--refine", "1", "--finalists", "1", "--seeds", "2",
        "--fresh-seeds", "3", "--error", "bootstrap", "--json",
      ] + arguments + (identity.hasPrefix("linear-exact") ? ["--grid", "1,2,2"] : []))
    #expect(run.code == 0, "\(run.errors)")
    let json = try run.json()
    #expect(try #require(json["workload"] as? String).contains(identity))
    #expect((json["families"] as? [Any])?.count == 1)
  }

  static let long = [
    "search", "rex-gen", "tps", "--workload", "logistic-synthetic", "--steps", "20", "--shapes",
    "25",
    "--grid", "0.1,10,6", "--seeds", "2", "--fresh-seeds", "4", "--refine", "3", "--json",
  ]

  /// Killed ten times at random moments, and gone on with: nothing is lost, and the result is the same.
  @Test func killedAndResumed() throws {
    let whole = try CommandRun(Self.long)
    #expect(whole.code == 0)
    let folder = try Self.folder()
    var generator = SplitMix64(seed: 77)
    var finished = 0
    for _ in 0..<10 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: CommandRun.executable)
      process.arguments = Self.long + ["--state", folder]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(useconds_t(5_000 + generator.nextIndex(below: 150_000)))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      let lines =
        (try? String(contentsOfFile: folder + "/trials.jsonl", encoding: .utf8))?
        .split(separator: "\n").count ?? 0
      #expect(lines >= finished)
      finished = lines
    }
    let resumed = try CommandRun(Self.long + ["--state", folder])
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(resumed.output == whole.output)
    // No trial was run twice.
    let log = try String(contentsOfFile: folder + "/trials.jsonl", encoding: .utf8)
    let keys = log.split(separator: "\n").map { line in
      line.replacing(/"loss":[^,}]*/, with: "")
    }
    #expect(Set(keys).count == keys.count)
  }

  /// Arguments, exit code, pieces of the message.
  static let mistakes: [([String], Int32, [String])] = [
    (["tpss"], 2, ["'tpss'", "did you mean tps"]),
    (["--workload", "logistc"], 2, ["'logistc'", "did you mean logistic?"]),
    (["--workload", "logistic", "--start", "aligned"], 2, ["starts at zero"]),
    (["--workload", "bound", "--weight-decay", "1"], 2, ["neither batches nor weight decay"]),
    (["--workload", "model", "--weight-decay", "1"], 2, ["no weight decay"]),
    (["--workload", "model", "--task", "1,1.5,1"], 2, ["--task '1,1.5,1'", "a = 1:"]),
    (["--task", "2,1.5,1"], 2, ["linear has no task"]),
    (["--start", "best"], 2, ["--start 'best'", "isotropic or aligned"]),
    (["--batch", "101"], 2, ["batch of 101", "1 to 100"]),
    (["--batch", "0"], 2, ["--batch '0'"]), (["--weight-decay", "-1"], 2, ["--weight-decay '-1'"]),
    (["--shapes", "0"], 2, ["--shapes '0'"]), (["--shapes", "1e9"], 2, ["--shapes '1e9'"]),
    (["--shapes", "1e6", "--seeds", "100"], 2, ["too many to hold"]),
    (["--grid", "1,2"], 2, ["--grid '1,2'", "0.5,50,25"]),
    (["--grid", "2,1,5"], 2, ["--grid '2,1,5'", "swap"]),
    (["--grid", "0,1,5"], 2, ["--grid '0,1,5'", "not positive"]),
    (["--error", "exact"], 2, ["--error 'exact'"]),
    (["--steps", "1"], 2, ["--steps '1'"]), (["--jobs", "0"], 2, ["--jobs '0'"]),
    (["--shapes", "1", "--state", "/no/such/folder"], 3, ["/no/such/folder", "No such file"]),
    (["con", "--shapes", "1", "--grid", "1e3,1e4,2"], 4, ["no trial ended with a loss"]),
    (
      ["con", "--shapes", "1", "--project", "--workload", "logistic", "--steps", "5"], 2,
      ["--project", "not known for logistic"]
    ),
  ]

  @Test(arguments: sampled(mistakes))
  func refused(_ arguments: [String], _ code: Int32, _ pieces: [String]) throws {
    let run = try CommandRun(["search"] + arguments)
    #expect(run.code == code && run.output.isEmpty, "\(run.errors)")
    // The number of trials may stand before it.
    let lines = run.errors.split(separator: "\n").filter { !$0.hasPrefix("lrbound: up to ") }
    #expect(lines.count == 1 && lines[0].hasPrefix("lrbound: "), "\(run.errors)")
    for piece in pieces { #expect(run.errors.contains(piece), "\(run.errors)") }
  }

  /// The state of another search, two searches on one folder, a disk that is full.
  @Test func statesThatCannotBeUsed() throws {
    let folder = try Self.folder()
    let short = ["search", "con", "--shapes", "1", "--state", folder]
    #expect(try CommandRun(short).code == 0)
    let other = try CommandRun(short + ["--start", "aligned"])
    #expect(other.code == 3 && other.errors.contains("holds trials of"))

    let full = try Self.folder()
    try FileManager.default.createDirectory(atPath: full, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: full + "/trials.jsonl", withDestinationPath: "/dev/full")
    let refused = try CommandRun(["search", "con", "--shapes", "1", "--state", full])
    #expect(refused.code == 3 && refused.errors.contains("No space left"), "\(refused.errors)")

    let held = try Self.folder()
    let first = Process()
    first.executableURL = URL(fileURLWithPath: CommandRun.executable)
    first.arguments = ["search", "--workload", "linear-exact", "--shapes", "50", "--state", held]
    first.standardOutput = FileHandle.nullDevice
    try first.run()
    while !FileManager.default.fileExists(atPath: held + "/trials.jsonl") { usleep(1000) }
    let second = try CommandRun(["search", "con", "--workload", "linear-exact", "--state", held])
    kill(first.processIdentifier, SIGKILL)
    first.waitUntilExit()
    #expect(second.code == 3 && second.errors.contains("another search is running"))
  }

  @Test func robustnessOfTraining() throws {
    let json = try CommandRun([
      "robustness", "constant", "linear", "--steps", "20", "--workload", "logistic-synthetic",
      "--rho", "2,8", "--seeds", "1", "--json",
    ]).json()
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.count == 4 && (json["exponents"] as? [Any])?.count == 2)
    for row in rows {
      #expect(try #require(row["grid_worst"] as? Double) >= 1)
      #expect(try #require(row["bound_ratio"] as? Double) > 1)
    }
    #expect(try #require(json["workload"] as? String).contains("radius="))
    let linear = try CommandRun(["robustness", "linear", "--steps", "9", "--workload", "linear"])
    #expect(linear.code == 2 && linear.errors.contains("logistic or logistic-synthetic"))
    let alone = try CommandRun(["robustness", "linear", "--steps", "9", "--seeds", "3"])
    #expect(alone.code == 2 && alone.errors.contains("belong to --workload"))
  }
}
