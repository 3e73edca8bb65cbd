import Glibc
import Schedules
import Support

/// Trials of a training command on a cluster that shares a file system with this machine.
///
/// Results are read from the trials' folders. Slurm is not asked how jobs ended: a finished job has left a
/// result or not, and Slurm's accounting is often off or incomplete.
public struct SlurmTrials: Sendable {
  private let command: ExternalCommand
  private let log: TrialLog
  private let retriesFailed: Bool

  /// Creates trials of a command with the log of its state folder; the tasks enforce the command's time limit.
  public init(_ command: ExternalCommand, log: TrialLog, retriesFailed: Bool = false) {
    self.command = command
    self.log = log
    self.retriesFailed = retriesFailed
  }

  /// Reads a round's outcomes from the log or the trials' folders, and logs newly found results.
  ///
  /// Throws `InputError` if the log cannot be written.
  public func round(of trials: [Trial]) throws(InputError) -> SlurmRound {
    var round = SlurmRound(trials: trials)
    for trial in trials {
      let folder = command.folder(of: trial)
      var outcome = log.outcome(of: trial)
      if outcome == nil {
        outcome = folder.outcome
        if let outcome, outcome.isResult { try log.append(outcome, of: trial) }
      }
      if let outcome, outcome.isResult || !retriesFailed {
        round.add(outcome)
      } else {
        round.add(trial, in: folder)
      }
    }
    return round
  }

  /// Writes the folders of missing trials, their batch scripts and `submit.sh`, and returns the scripts' paths.
  ///
  /// Throws `InputError` if they cannot be written. O(trials · T).
  public func emit(_ round: SlurmRound, slurm: SlurmArray) throws(InputError) -> [String] {
    guard !command.state.contains(where: { "\"\\\n\r".contains($0) }) else {
      throw InputError(
        path: command.state, problem: "sbatch does not take quotes or backslashes in a path",
        hint: "give another folder")
    }
    for trial in round.missing {
      let folder = command.folder(of: trial)
      try command.prepare(trial)
      // A failed trial has ended and would be skipped.
      if folder.outcome != nil { try folder.clear() }
    }
    let folder = try newArrayFolder()
    let names = round.missing.map { TrialFolder.name(of: $0) + "\n" }
    try StateFolder.write(names.joined(), to: folder + "/trials.txt")
    let texts = slurm.scripts(
      count: names.count, state: command.state, folder: folder,
      timeLimitSeconds: command.timeLimitSeconds)
    var scripts: [String] = []
    for (index, text) in texts.enumerated() {
      scripts.append("\(folder)/submit-\(index + 1).sbatch")
      try StateFolder.write(text, to: scripts[index])
    }
    let calls = scripts.map { "sbatch \"$@\" \(shellQuoted($0)) || exit\n" }
    try StateFolder.write(
      "# Submits the trials to Slurm; arguments go to sbatch.\n" + calls.joined(),
      to: command.state + "/submit.sh")
    return scripts
  }

  /// Marks missing trials as failed, so that the search can continue without them.
  ///
  /// Throws `InputError` if their folders cannot be written.
  public func giveUp(_ round: SlurmRound) throws(InputError) {
    for trial in round.missing {
      try command.prepare(trial)
      try command.folder(of: trial).giveUp("it was given up without a result")
    }
  }

  private func newArrayFolder() throws(InputError) -> String {
    let parent = command.state + "/arrays"
    try StateFolder.make(parent)
    var number = 1
    while StateFolder.exists("\(parent)/\(number)") { number += 1 }
    try StateFolder.make("\(parent)/\(number)")
    return "\(parent)/\(number)"
  }
}

/// A round of trials on a cluster: outcomes so far and trials without one.
public struct SlurmRound: Sendable {
  /// The number of trials in the round.
  public let total: Int

  /// How the trials with an outcome ended.
  public private(set) var tally = TrialTally()

  /// The trials without an outcome, in order.
  public private(set) var missing: [Trial] = []

  /// The folders of missing trials written in earlier rounds.
  public private(set) var emitted: [String] = []

  /// The number of missing trials that were started: they are running or were killed.
  public private(set) var begun = 0

  private var known: [TrialOutcome] = []

  fileprivate init(trials: [Trial]) { total = trials.count }

  /// One outcome per trial; nil while any is missing.
  public var outcomes: [TrialOutcome]? { missing.isEmpty ? known : nil }

  fileprivate mutating func add(_ trial: Trial, in folder: TrialFolder) {
    missing.append(trial)
    if folder.isPrepared { emitted.append(folder.path) }
    if folder.wasBegun { begun += 1 }
  }

  fileprivate mutating func add(_ outcome: TrialOutcome) {
    known.append(outcome)
    tally.add([outcome])
  }
}

/// How trials are divided into Slurm job arrays.
public struct SlurmArray: Equatable, Sendable {
  /// The number of trials that a task runs in sequence.
  public let trialsPerTask: Int

  /// The maximum tasks per array; at most Slurm's MaxArraySize, by default 1001.
  public let tasksPerArray: Int

  /// The maximum tasks of an array running at once; nil for no limit.
  public let tasksAtOnce: Int?

  /// Further sbatch options, such as `--time=2:00:00`.
  public let options: [String]

  /// Creates a division with counts of at least 1.
  ///
  /// Throws `InputError` for an option that does not begin with a hyphen or contains a line break.
  public init(
    trialsPerTask: Int = 1, tasksPerArray: Int = 1000, tasksAtOnce: Int? = nil,
    options: [String] = []
  ) throws(InputError) {
    precondition(trialsPerTask > 0 && tasksPerArray > 0 && tasksAtOnce ?? 1 > 0, "at least one")
    for option in options where !option.hasPrefix("-") || option.contains(where: \.isNewline) {
      throw InputError(
        problem: "'\(printable(option))' is not an sbatch option",
        hint: "write it as --time=2:00:00")
    }
    self.trialsPerTask = trialsPerTask
    self.tasksPerArray = tasksPerArray
    self.tasksAtOnce = tasksAtOnce
    self.options = options
  }

  /// The batch scripts, one per array, for the trials listed in `folder/trials.txt`; both paths are absolute.
  func scripts(count: Int, state: String, folder: String, timeLimitSeconds: Int?) -> [String] {
    let tasks = (count + trialsPerTask - 1) / trialsPerTask
    return stride(from: 0, to: tasks, by: tasksPerArray).map { firstTask in
      let last = min(tasksPerArray, tasks - firstTask) - 1
      let limit = tasksAtOnce.map { "%\($0)" } ?? ""
      // Slurm expands % in file names.
      let log = folder.split(separator: "%", omittingEmptySubsequences: false)
        .joined(separator: "%%")
      let directives =
        [
          "--job-name=lrbound", "--array=0-\(last)\(limit)", "--output=\"\(log)/task-%A-%a.log\"",
          "--requeue",
        ] + options
      return """
        #!/bin/bash
        \(directives.map { "#SBATCH \($0)" }.joined(separator: "\n"))

        state=\(shellQuoted(state))
        first=$(((SLURM_ARRAY_TASK_ID + \(firstTask)) * \(trialsPerTask) + 1))
        last=$((first + \(trialsPerTask - 1)))
        sed -n "${first},${last}p" \(shellQuoted(folder))/trials.txt | while read -r trial; do
          bash "$state/run-trial.sh" "$state/trials/$trial" \(timeLimitSeconds ?? 0)
        done
        # The trials' outcomes are in their folders.
        exit 0

        """
    }
  }
}
