import Foundation
import Schedules
import Search
import Support
import TestSupport
import Testing

@Suite struct ExternalCommandTests {
  static func folder(_ name: String = "state") throws -> String {
    URL(fileURLWithPath: try TemporaryFile("", name: "x").path).deletingLastPathComponent()
      .appendingPathComponent(name).path
  }

  static func trial(_ seed: Int = 0, rate: Double = 0.1) throws -> Trial {
    Trial(
      shape: "linear", schedule: try ScheduleSpec("linear").schedule(steps: 4),
      baseLearningRate: rate, seed: seed)
  }

  /// A command that does something in the trial's folder, `$d`.
  static func command(_ script: String, state: String, limit: Int? = nil) throws -> ExternalCommand
  {
    let places = ": {base_lr} {schedule_file} {seed}; d={trial_dir}; "
    return try ExternalCommand(
      try CommandTemplate(places + script), steps: 4, state: state, timeLimitSeconds: limit,
      graceSeconds: 0.3)
  }

  /// What a command does, and its outcome: a loss, a divergence, or a piece of the reason for failure.
  static let endings: [(String, TrialOutcome)] = [
    (#"echo '{"loss": 1.5, "status": "ok"}' > $d/result.json"#, .loss(1.5)),
    (#"echo '{"loss": 1, "status": "ok", "note": [1]}' > $d/result.json"#, .loss(1)),
    (#"echo '{"loss": NaN, "status": "ok"}' > $d/result.json"#, .diverged),
    (#"echo '{"loss": -Infinity, "status": "ok"}' > $d/result.json"#, .diverged),
    (#"echo '{"loss": null, "status": "diverged"}' > $d/result.json"#, .diverged),
    (#"echo '{"status": "diverged"}' > $d/result.json"#, .diverged),
    (#"echo '{"status": "failed", "reason": "no data"}' > $d/result.json"#, .failed("no data")),
    (#"echo '{"status": "failed"}' > $d/result.json"#, .failed("gave no reason")),
    (#"echo '{"loss": null, "status": "ok"}' > $d/result.json"#, .failed("has no loss")),
    (#"echo '{"loss": 1.5}' > $d/result.json"#, .failed("malformed")),
    (#"echo '{"loss": "low", "status": "ok"}' > $d/result.json"#, .failed("malformed")),
    (#"echo '{"loss": 1.5, "sta' > $d/result.json"#, .failed("malformed")),
    (#"echo '{"loss": 1, "status": "fine"}' > $d/result.json"#, .failed("status 'fine'")),
    ("> $d/result.json", .failed("malformed")), ("true", .failed("without a result.json")),
    ("mkdir $d/result.json", .failed("without a result.json")),
    (
      #"echo '{"loss": 1, "status": "ok"}' > $d/result.json; echo 'no device' >&2; exit 3"#,
      .failed("exit code 3: no device")
    ),
    ("no-such-command", .failed("exit code 127: ")), ("exit 124", .failed("exit code 124")),
    ("kill -KILL $$", .failed("signal 9")), ("kill -KILL 0", .failed("signal 9")),
    ("kill -SEGV $$", .failed("exit code 139")),
  ]

  @Test(arguments: endings)
  func outcomes(_ script: String, _ expected: TrialOutcome) throws {
    let command = try Self.command(script, state: try Self.folder())
    let outcome = try command.outcome(of: try Self.trial())
    guard case .failed(let piece) = expected, case .failed(let reason) = outcome else {
      #expect(outcome == expected)
      return
    }
    #expect(reason.contains(piece) && !reason.contains("\n"), "\(reason)")
  }

  /// What the command is given, in a folder whose name the shell would take apart.
  @Test func theFilesOfATrial() throws {
    let state = try Self.folder("it's $a \"state\"")
    let template = try CommandTemplate(
      #"echo "out {base_lr} {seed}"; echo err >&2; cat; cp {schedule_file} {trial_dir}/seen;"#
        + #" echo '{"loss": 2, "status": "ok"}' > {trial_dir}/result.json"#)
    let command = try ExternalCommand(template, steps: 4, state: state)
    #expect(try command.outcome(of: try Self.trial(3)) == .loss(2))
    let trials = state + "/trials"
    let folder = try #require(
      FileManager.default.contentsOfDirectory(atPath: trials).map { trials + "/" + $0 }.first)
    func text(_ name: String) throws -> String {
      try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
    }
    #expect(
      try text("seen") == """
        step,multiplier,lr
        1,1.0,0.1
        2,0.75,0.07500000000000001
        3,0.5,0.05
        4,0.25,0.025

        """)
    #expect(try text("stdout.log") == "out 0.1 3\n" && text("stderr.log") == "err\n")
    #expect(try text("exit") == "0\n")
  }

  @Test func aTimeLimitEndsAllOfATrial() throws {
    let state = try Self.folder()
    let command = try Self.command(
      "trap '' TERM; sleep 60 & echo $! > $d/child; wait; sleep 60", state: state, limit: 1)
    let start = ContinuousClock.now
    let outcome = try command.outcome(of: try Self.trial())
    #expect(outcome == .failed("it took longer than 1 s"))
    #expect(start.duration(to: .now) < .seconds(10))
    let folder = try #require(
      FileManager.default.contentsOfDirectory(atPath: state + "/trials").first)
    let text = try String(contentsOfFile: "\(state)/trials/\(folder)/child", encoding: .utf8)
    let child = try #require(pid_t(text.dropLast()))
    // It may be a zombie for a while, which nobody has asked for its exit code.
    let process = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
    #expect(process?.contains(") Z ") ?? true, "\(process ?? "")")
  }

  /// A result is not thrown away, a failure is tried again.
  @Test func finishedTrialsAreNotRunAgain() throws {
    let state = try Self.folder()
    let script = #"""
      echo x >> $d/count; if [ -e $d/../../fails ]; then exit 1; fi;
      """#
    let command = try Self.command(
      script.replacing("\n", with: " ") + #"echo '{"loss": 2, "status": "ok"}' > $d/result.json"#,
      state: state)
    try Data().write(to: URL(fileURLWithPath: state + "/fails"))
    #expect(try command.outcome(of: try Self.trial()) == .failed("exit code 1"))
    #expect(try command.outcome(of: try Self.trial()) == .failed("exit code 1"))
    try FileManager.default.removeItem(atPath: state + "/fails")
    for _ in 0..<3 { #expect(try command.outcome(of: try Self.trial()) == .loss(2)) }
    let folder = try #require(
      FileManager.default.contentsOfDirectory(atPath: state + "/trials").first)
    let count = try String(contentsOfFile: "\(state)/trials/\(folder)/count", encoding: .utf8)
    #expect(count == "x\nx\nx\n")
  }

  @Test func foldersThatCannotBeWritten() throws {
    let template = try CommandTemplate("train {base_lr} {schedule_file}")
    let nowhere = #expect(throws: InputError.self) {
      try ExternalCommand(template, steps: 4, state: "/no/such/folder")
    }
    #expect(nowhere?.description.contains("No such file") == true)
    let file = try TemporaryFile("")
    #expect(throws: InputError.self) {
      try ExternalCommand(template, steps: 4, state: file.path)
    }
    // Trials that cannot be run at all stop the search; they are no failures of its shapes.
    let state = try Self.folder()
    let command = try ExternalCommand(template, steps: 4, state: state)
    try FileManager.default.removeItem(atPath: state + "/trials")
    try Data().write(to: URL(fileURLWithPath: state + "/trials"))
    let trials = [try Self.trial()]
    let stopped = #expect(throws: InputError.self) {
      try TrialRunner(command, jobs: 2).outcomes(of: trials)
    }
    #expect(stopped?.description.contains("give a folder that can be written") == true)
  }

  /// A process that still trains in the folder is waited for, as long as a trial may take.
  @Test func whatAKilledSearchHasLeft() throws {
    let state = try Self.folder()
    let script = #"echo '{"loss": 2, "status": "ok"}' > $d/result.json"#
    let command = try Self.command(script, state: state, limit: 1)
    #expect(try command.outcome(of: try Self.trial()) == .loss(2))
    let trials = state + "/trials"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: trials).first)
    let lock = open("\(trials)/\(name)/lock", O_RDWR | O_CLOEXEC)
    #expect(flock(lock, LOCK_EX) == 0)
    guard case .failed(let reason) = try command.outcome(of: try Self.trial()) else {
      Issue.record("it did not wait")
      return
    }
    #expect(reason.contains("still trains in"))
    close(lock)
    #expect(try command.outcome(of: try Self.trial()) == .loss(2))
  }

  @Test func manyTrialsAtOnce() throws {
    let command = try Self.command(
      #"sleep 0.2; printf '{"loss": %s, "status": "ok"}' {seed} > $d/result.json"#,
      state: try Self.folder())
    let trials = try (0..<16).map { try Self.trial($0) }
    let start = ContinuousClock.now
    let outcomes = try TrialRunner(command, jobs: 16).outcomes(of: trials)
    #expect(outcomes == (0..<16).map { .loss(Double($0)) })
    #expect(start.duration(to: .now) < .seconds(3))
  }
}
