import Foundation
import Schedules
import Search
import Support
import TestSupport
import Testing

@Suite struct SlurmTrialsTests {
  /// A loss that is the seed; seed 1 diverges, seed 2 fails until told otherwise, seed 3 kills its task once.
  static let script = #"""
    case {seed} in 1) echo '{"status": "diverged"}' > $d/result.json; exit;; 2) [ -e $d/../../works ] || exit 5;;
     3) [ -e $d/once ] || { touch $d/once; kill -KILL 0; };; esac;
     printf '{"loss": %s, "status": "ok"}' {seed} > $d/result.json
    """#.replacing("\n", with: "")

  /// Runs the tasks of batch scripts as Slurm would, each as the leader of a process group.
  static func runTasks(_ scripts: [String]) throws {
    for script in scripts {
      let text = try String(contentsOfFile: script, encoding: .utf8)
      let match = try #require(text.firstMatch(of: /#SBATCH --array=0-([0-9]+)/))
      for task in 0...(try #require(Int(match.1))) {
        try runInOwnGroup(["/bin/bash", script], environment: "SLURM_ARRAY_TASK_ID=\(task)")
      }
    }
  }

  /// Foundation's Process would hand down the signals that its threads hold back.
  private static func runInOwnGroup(_ arguments: [String], environment: String) throws {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    let texts = arguments.map { strdup($0) }
    let variables = [strdup("PATH=/usr/bin:/bin"), strdup(environment)]
    defer { for text in texts + variables { free(text) } }
    var child = pid_t()
    let code = posix_spawn(
      &child, arguments[0], nil, &attributes, texts + [nil], variables + [nil])
    try #require(code == 0)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
  }

  @Test func theMissingAreWrittenAgain() throws {
    let state = try ExternalCommandTests.folder()
    let command = try ExternalCommandTests.command(Self.script, state: state)
    let log = try TrialLog(folder: state, identity: command.identity)
    let array = SlurmTrials(command, log: log)
    let trials = try (0..<9).map { try ExternalCommandTests.trial($0) }
    let first = try array.round(of: trials)
    #expect(
      first.missing.count == 9 && first.outcomes == nil && first.emitted.isEmpty && first.begun == 0
    )
    let slurm = try SlurmArray(
      trialsPerTask: 2, tasksPerArray: 3, tasksAtOnce: 2, options: ["--time=5"])
    let scripts = try array.emit(first, slurm: slurm)
    #expect(scripts.map { String($0.split(separator: "/").last ?? "") }.count == 2)
    let text = try String(contentsOfFile: scripts[1], encoding: .utf8)
    #expect(text.contains("#SBATCH --array=0-1%2\n") && text.contains("#SBATCH --time=5\n"))
    let submit = try String(contentsOfFile: state + "/submit.sh", encoding: .utf8)
    #expect(submit.components(separatedBy: "sbatch \"$@\" ").count == 3)

    // The third trial takes the second of its task with it: seeds 2 and 3 share one.
    try Self.runTasks(scripts)
    let second = try array.round(of: trials)
    #expect(second.missing.map(\.seed) == [3] && second.emitted.count == 1 && second.begun == 1)
    #expect(second.tally.done == 7 && second.tally.diverged == 1 && second.tally.failed == 1)
    #expect(second.tally.reason == "exit code 5")

    let again = try array.emit(second, slurm: slurm)
    #expect(again.count == 1 && again[0].hasSuffix("arrays/2/submit-1.sbatch"))
    try Self.runTasks(again)
    let outcomes = try #require(try array.round(of: trials).outcomes)
    #expect(outcomes[0] == .loss(0) && outcomes[1] == .diverged && outcomes[3] == .loss(3))
    #expect(outcomes[2] == .failed("exit code 5") && outcomes[8] == .loss(8))

    // Failed trials run again only where that is asked for.
    try Data().write(to: URL(fileURLWithPath: state + "/works"))
    let retrying = SlurmTrials(command, log: log, retriesFailed: true)
    let third = try retrying.round(of: trials)
    #expect(third.missing.map(\.seed) == [2])
    try Self.runTasks(try retrying.emit(third, slurm: slurm))
    #expect(try array.round(of: trials).outcomes?[2] == .loss(2))
  }

  @Test func givenUp() throws {
    let command = try ExternalCommandTests.command(
      Self.script, state: try ExternalCommandTests.folder())
    let log = try TrialLog(folder: command.state, identity: command.identity)
    let array = SlurmTrials(command, log: log)
    let trials = try (0..<2).map { try ExternalCommandTests.trial($0) }
    let pending = try array.round(of: trials)
    let scripts = try array.emit(pending, slurm: try SlurmArray())
    try array.giveUp(pending)
    let outcome = try #require(try array.round(of: trials).outcomes)[0]
    #expect(outcome == .failed("it was given up without a result"))
    // Jobs that begin after all leave them alone.
    try Self.runTasks(scripts)
    #expect(try array.round(of: trials).outcomes?[0] == outcome)
  }

  /// Any number of trials, chunked in any way, are each in one task.
  @Test(arguments: [(1, 1, 1), (10, 3, 2), (12, 3, 4), (12, 5, 1), (7, 7, 1000)])
  func everyTrialIsInOneTask(_ count: Int, _ perTask: Int, _ perArray: Int) throws {
    let state = try ExternalCommandTests.folder("a %b 'c'")
    let command = try ExternalCommandTests.command(
      #"printf '{"loss": 1, "status": "ok"}' > $d/result.json; echo x >> $d/count"#
        .replacing("$d", with: "\"$d\""), state: state)
    let log = try TrialLog(folder: state, identity: command.identity)
    let array = SlurmTrials(command, log: log)
    let trials = try (0..<count).map { try ExternalCommandTests.trial($0) }
    let pending = try array.round(of: trials)
    let scripts = try array.emit(
      pending, slurm: try SlurmArray(trialsPerTask: perTask, tasksPerArray: perArray))
    #expect(scripts.count == ((count + perTask - 1) / perTask + perArray - 1) / perArray)
    #expect(try String(contentsOfFile: scripts[0], encoding: .utf8).contains("/a %%b 'c'/arrays"))
    try Self.runTasks(scripts)
    try Self.runTasks(scripts)
    #expect(try array.round(of: trials).outcomes?.allSatisfy { $0 == .loss(1) } == true)
    for name in try FileManager.default.contentsOfDirectory(atPath: state + "/trials") {
      let runs = try String(contentsOfFile: "\(state)/trials/\(name)/count", encoding: .utf8)
      #expect(runs == "x\n")
    }
  }

  @Test func timeLimitsAreKeptByTheTasks() throws {
    let command = try ExternalCommandTests.command(
      "sleep 30", state: try ExternalCommandTests.folder(), limit: 1)
    let log = try TrialLog(folder: command.state, identity: command.identity)
    let array = SlurmTrials(command, log: log)
    let trials = [try ExternalCommandTests.trial()]
    let pending = try array.round(of: trials)
    try Self.runTasks(try array.emit(pending, slurm: try SlurmArray()))
    #expect(try array.round(of: trials).outcomes == [.failed("it took longer than 1 s")])
  }

  @Test func refusals() throws {
    #expect(throws: InputError.self) { try SlurmArray(options: ["time=5"]) }
    #expect(throws: InputError.self) { try SlurmArray(options: ["--time=5\nrm -r /"]) }
    let command = try ExternalCommandTests.command(
      "true", state: try ExternalCommandTests.folder("a\"b"))
    let log = try TrialLog(folder: command.state, identity: command.identity)
    let array = SlurmTrials(command, log: log)
    let pending = try array.round(of: [try ExternalCommandTests.trial()])
    let error = #expect(throws: InputError.self) {
      try array.emit(pending, slurm: try SlurmArray())
    }
    #expect(error?.description.contains("quotes") == true)
  }
}
