import Foundation
import TestSupport
import Testing

/// `lrbound search` with a training command: here, killed, interrupted, and in arrays.
@Suite struct TrainingCommandTests {
  /// A folder with a training script in it whose loss is made up.
  struct Place {
    let folder: String

    /// The state folder of a search.
    var state: String { folder + "/state" }

    init() throws {
      let script = #"""
        echo x >> "$(dirname "$2")/count"
        [ -e "$4/slow" ] && sleep 0.02
        [ -e "$4/endless" ] && { trap 'touch "$4/asked"; exit' TERM; touch "$4/began"; sleep 60 & wait; }
        awk -F, -v lr="$1" -v seed="$3" 'NR > 1 { sum += $2 } END {
          distance = log(lr / 0.1)
          status = lr > 0.9 ? "diverged" : "ok"
          printf "{\"loss\": %.17g, \"status\": \"%s\"}", 1 + distance * distance + sum / (NR - 1) + seed / 1000, status
        }' "$2" > "$(dirname "$2")/result.json"
        """#
      let file = try TemporaryFile(script, name: "train.sh")
      folder = URL(fileURLWithPath: file.path).deletingLastPathComponent().path
    }

    func arguments(state: String? = nil, _ more: [String] = []) -> [String] {
      [
        "cos-gen", "rex-gen", "--shapes", "2", "--steps", "10", "--grid", "1e-2,1,3", "--refine",
        "1", "--finalists", "1", "--seeds", "1", "--fresh-seeds", "2", "--json", "--state",
        state ?? self.state, "--command",
        "bash \(folder)/train.sh {base_lr} {schedule_file} {seed} \(folder)",
      ] + more
    }

    func touch(_ name: String) throws {
      try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    func remove(_ name: String) throws {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }

    /// How often each trial was begun.
    func counts(state: String? = nil) throws -> [Int] {
      let trials = (state ?? self.state) + "/trials"
      return try FileManager.default.contentsOfDirectory(atPath: trials).map { name in
        try String(contentsOfFile: "\(trials)/\(name)/count", encoding: .utf8).count / 2
      }
    }

    func start(_ arguments: [String]) throws -> Process {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: CommandRun.executable)
      process.arguments = arguments
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      return process
    }
  }

  /// Killed at random moments and gone on with: each trial is run once, and the answer is the same.
  @Test func killedAndResumed() throws {
    let place = try Place()
    try place.touch("slow")
    let whole = try CommandRun(["search"] + place.arguments(["--jobs", "2"]))
    #expect(whole.code == 0, "\(whole.errors)")
    let json = try whole.json()
    let trials = try #require(json["trials"] as? [String: Any])
    #expect(trials["failed"] as? Int == 0 && trials["diverged"] as? Int != 0)
    let state = place.folder + "/other"
    let arguments = ["search"] + place.arguments(state: state, ["--jobs", "2"])
    var generator = SplitMix64(seed: 5)
    for _ in 0..<10 {
      let process = try place.start(arguments)
      usleep(useconds_t(20_000 + generator.nextIndex(below: 200_000)))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    let resumed = try CommandRun(arguments)
    #expect(resumed.code == 0 && resumed.output == whole.output, "\(resumed.errors)")
    #expect(try place.counts(state: state).allSatisfy { $0 == 1 })
  }

  /// Ctrl-C: the trials are asked to end, what has ended is kept, and the same command goes on.
  @Test(arguments: sampled([SIGINT, SIGTERM]))
  func interrupted(_ signal: Int32) throws {
    let place = try Place()
    let arguments = ["search"] + place.arguments()
    let whole = try CommandRun(["search"] + place.arguments(state: place.folder + "/whole"))
    try place.touch("endless")
    let process = try place.start(arguments)
    while !FileManager.default.fileExists(atPath: place.folder + "/began") { usleep(1000) }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationStatus == 128 + signal && process.terminationReason == .exit)
    #expect(FileManager.default.fileExists(atPath: place.folder + "/asked"))
    try place.remove("endless")
    let resumed = try CommandRun(arguments)
    #expect(resumed.code == 0 && resumed.output == whole.output, "\(resumed.errors)")
  }

  @Test(.enabled(if: isHeavy)) func roundsOfArrays() throws {
    let place = try Place()
    let whole = try CommandRun(["search"] + place.arguments(state: place.folder + "/whole"))
    let begun = try CommandRun(["search", "emit"] + place.arguments(["--chunk", "100"]))
    #expect(begun.code == 0, "\(begun.errors)")
    var round = try begun.json()
    #expect(round["emitted"] as? Int == 12 && round["emitted_before"] as? Int == 0)
    let early = try CommandRun(["search", "collect", "--state", place.state])
    #expect(early.code == 4 && early.errors.contains("12 of 12 trials have no result"))
    #expect(early.output.contains("and 7 more"))
    // Written twice, because nothing has run yet.
    let twice = try CommandRun(["search", "emit", "--state", place.state])
    #expect(twice.code == 0 && twice.errors.contains("12 of the trials were written before"))
    var rounds = 0
    while round["complete"] as? Bool == false, rounds < 10 {
      rounds += 1
      for script in try #require(round["scripts"] as? [String]) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = [script]
        process.environment = ["PATH": "/usr/bin:/bin", "SLURM_ARRAY_TASK_ID": "0"]
        try process.run()
        process.waitUntilExit()
      }
      round = try CommandRun(["search", "emit", "--state", place.state, "--json"]).json()
    }
    #expect(rounds >= 3 && round["emitted"] as? Int == 0)
    let collected = try CommandRun(["search", "collect", "--state", place.state, "--json"])
    #expect(collected.code == 0 && collected.output == whole.output, "\(collected.errors)")
    #expect(try place.counts().allSatisfy { $0 == 1 })
    // A search here finds what the cluster has done.
    let here = try CommandRun(["search"] + place.arguments())
    #expect(here.output == whole.output)
    #expect(try place.counts().allSatisfy { $0 == 1 })
  }

  @Test func givingUpTheMissing() throws {
    let place = try Place()
    _ = try CommandRun(["search", "emit"] + place.arguments())
    let run = try CommandRun(["search", "collect", "--state", place.state, "--give-up"])
    #expect(run.code == 4 && run.errors.contains("given up without a result"))
    let again = try CommandRun(
      ["search", "emit", "--state", place.state, "--retry-failed", "--json"])
    #expect(try again.json()["emitted"] as? Int == 12)
  }

  /// Arguments after `search`, exit code, pieces of the message; STATE is a new folder.
  static let mistakes: [([String], Int32, [String])] = [
    (
      ["--command", "train {base_lr}", "--steps", "9", "--grid", "1,2,2", "--state", "STATE"], 2,
      ["lacks {schedule_file}"]
    ),
    (["--command", "train"], 2, ["--command", "add --steps"]),
    (
      ["--command", "train {base_lr} {schedule_file}", "--steps", "9", "--grid", "1,2,2"], 2,
      ["add --state"]
    ),
    (
      ["--command", "train {base_lr} {schedule_file}", "--steps", "9", "--state", "STATE"], 2,
      ["--grid 1e-4,1e-2,9"]
    ),
    (
      ["--command", "train {base_lr} {schedule_file}", "--steps", "9", "--batch", "3"], 2,
      ["--batch and --command", "one of them"]
    ),
    (
      ["--command", "train {base_lr} {schedule_file}", "--steps", "9", "--trial-timeout", "0"], 2,
      ["--trial-timeout '0'"]
    ),
    (["--trial-timeout", "10"], 2, ["--trial-timeout", "add --command"]),
    (
      [
        "con", "--command", "no-such-program {base_lr} {schedule_file}", "--steps", "9", "--grid",
        "1,2,2", "--shapes", "1", "--state", "STATE",
      ], 4, ["no trial ended with a loss", "exit code 127", "no-such-program"]
    ),
    (
      [
        "con", "--command", "train {base_lr} {schedule_file}", "--steps", "9", "--grid", "1,2,2",
        "--state", "/no/such/folder",
      ], 3, ["/no/such/folder", "No such file"]
    ),
    (["emit", "--state", "STATE"], 2, ["no search was begun there", "add --command"]),
    (["collect", "--state", "STATE"], 3, ["no search was begun there"]),
    (
      [
        "emit", "--state", "STATE", "--command", "train {base_lr} {schedule_file}", "--steps", "9",
        "--grid", "1,2,2", "--sbatch", "time=5",
      ], 2, ["'time=5'", "--time=2:00:00"]
    ), (["emit", "--state", "STATE", "--chunk", "0", "--command", "x"], 2, ["--chunk '0'"]),
    (["emit", "tps"], 2, ["--state"]), (["colect"], 2, ["'colect'"]),
  ]

  @Test(arguments: sampled(mistakes))
  func refused(_ arguments: [String], _ code: Int32, _ pieces: [String]) throws {
    let place = try Place()
    let run = try CommandRun(["search"] + arguments.map { $0 == "STATE" ? place.state : $0 })
    #expect(run.code == code && run.output.isEmpty, "\(run.errors)")
    // The number of trials may stand before it.
    let lines = run.errors.split(separator: "\n").filter { !$0.hasPrefix("lrbound: up to ") }
    #expect(lines.count == 1 && lines[0].hasPrefix("lrbound: "), "\(run.errors)")
    for piece in pieces { #expect(run.errors.contains(piece), "\(run.errors)") }
  }

  /// A command that cannot work is run four times, not hundreds of times; as part of an array too.
  @Test func failsAtOnce() throws {
    let place = try Place()
    let arguments = [
      "con", "--shapes", "9", "--steps", "10", "--grid", "1e-2,1,9", "--jobs", "1", "--state",
      place.state, "--command",
      "sh -c 'echo x >> {trial_dir}/count; echo no such module >&2; exit 3' {base_lr} {schedule_file}",
    ]
    let run = try CommandRun(["search"] + arguments)
    #expect(run.code == 4 && run.output.isEmpty)
    #expect(run.errors.contains("up to 81 trials"), "\(run.errors)")
    #expect(run.errors.contains("the first 4 trials all failed"), "\(run.errors)")
    #expect(run.errors.contains("exit code 3: no such module"), "\(run.errors)")
    #expect(try place.counts().reduce(0, +) == 4)

    // What the first task of an array shows stops collect and emit.
    let state = place.folder + "/array"
    let emit = arguments.filter { !["--jobs", "1"].contains($0) }
    let begun = try CommandRun(
      ["search", "emit", "--chunk", "4", "--json"] + emit.map { $0 == place.state ? state : $0 })
    let scripts = try #require(try begun.json()["scripts"] as? [String])
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = [scripts[0]]
    process.environment = ["PATH": "/usr/bin:/bin", "SLURM_ARRAY_TASK_ID": "0"]
    try process.run()
    process.waitUntilExit()
    for command in ["collect", "emit"] {
      let stopped = try CommandRun(["search", command, "--state", state])
      #expect(stopped.code == 4, "\(stopped.errors)")
      #expect(stopped.errors.contains("the first 4 trials all failed"), "\(stopped.errors)")
      #expect(stopped.errors.contains("no such module"), "\(stopped.errors)")
    }
  }

  /// Another command's folder, a folder in use, a full disk: the search stops, and goes on when that is fixed.
  @Test func statesThatCannotBeUsed() throws {
    let place = try Place()
    let whole = try CommandRun(["search"] + place.arguments())
    let other = try CommandRun(
      ["search"] + place.arguments().map { $0 == "10" ? "11" : $0 })
    #expect(other.code == 3 && other.errors.contains("holds trials of"))

    let trials = place.state + "/trials"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: trials).first)
    try FileManager.default.removeItem(atPath: place.state + "/trials.jsonl")
    try FileManager.default.removeItem(atPath: "\(trials)/\(name)/command.sh")
    let schedule = "\(trials)/\(name)/schedule.csv"
    try FileManager.default.removeItem(atPath: schedule)
    try FileManager.default.createSymbolicLink(
      atPath: schedule, withDestinationPath: "/dev/full")
    let full = try CommandRun(["search"] + place.arguments())
    #expect(full.code == 3 && full.errors.contains("No space left"), "\(full.errors)")
    try FileManager.default.removeItem(atPath: schedule)
    let again = try CommandRun(["search"] + place.arguments())
    #expect(again.code == 0 && again.output == whole.output)
    // The one that could not be written again is the one that was run again.
    #expect(try place.counts().filter { $0 != 1 } == [2])

    try place.touch("endless")
    let state = place.folder + "/held"
    let first = try place.start(["search"] + place.arguments(state: state))
    while !FileManager.default.fileExists(atPath: place.folder + "/began") { usleep(1000) }
    for arguments in [["search"], ["search", "emit"]] {
      let second = try CommandRun(arguments + place.arguments(state: state))
      #expect(second.code == 3 && second.errors.contains("another search is running"))
    }
    kill(first.processIdentifier, SIGTERM)
    first.waitUntilExit()
  }
}
