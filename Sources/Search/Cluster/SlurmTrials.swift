import Glibc
import Schedules
import Support

/// Trials of a training command that run on a cluster which shares a file system with this machine.
///
/// They are written into their folders, run there by the cluster, and read back from their folders. The
/// cluster is never asked how a job ended, because a job that is over has either left a result or not;
/// Slurm's accounting is often switched off, and forgets.
public struct SlurmTrials: Sendable {
  private let command: ExternalCommand
  private let log: TrialLog
  private let retriesFailed: Bool

  /// Trials of a command.
  ///
  /// - Parameters:
  ///   - command: the command; its time limit is enforced by the tasks.
  ///   - log: the log of its state folder.
  ///   - retriesFailed: whether failed trials count as missing.
  public init(_ command: ExternalCommand, log: TrialLog, retriesFailed: Bool = false) {
    self.command = command
    self.log = log
    self.retriesFailed = retriesFailed
  }

  /// Reads the outcomes of a round of trials from the log or else from their folders; results found there go
  /// into the log.
  ///
  /// - Throws: `InputError` where the log cannot be written.
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

  /// Writes the folders of a round's missing trials, the batch scripts that run them, and `submit.sh`, which
  /// hands those to Slurm.
  ///
  /// - Returns: the paths of the batch scripts.
  /// - Throws: `InputError` where they cannot be written.
  /// - Complexity: O(trials · T).
  public func emit(_ round: SlurmRound, slurm: SlurmArray) throws(InputError) -> [String] {
    guard !command.state.contains(where: { "\"\\\n\r".contains($0) }) else {
      throw InputError(
        path: command.state, problem: "sbatch does not take quotes or backslashes in a path",
        hint: "give another folder")
    }
    for trial in round.missing {
      let folder = command.folder(of: trial)
      try command.prepare(trial)
      // A failed trial has ended, and would be skipped.
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
      "# Hands the trials to Slurm; arguments go to sbatch.\n" + calls.joined(),
      to: command.state + "/submit.sh")
    return scripts
  }

  /// Marks a round's missing trials as failed, so that the search goes on without them.
  ///
  /// - Throws: `InputError` where their folders cannot be written.
  /// - Complexity: O(trials · T).
  public func giveUp(_ round: SlurmRound) throws(InputError) {
    for trial in round.missing {
      try command.prepare(trial)
      try command.folder(of: trial).giveUp("it was given up without a result")
    }
  }

  /// A folder for the next batch scripts.
  private func newArrayFolder() throws(InputError) -> String {
    let parent = command.state + "/arrays"
    try StateFolder.make(parent)
    var number = 1
    while StateFolder.exists("\(parent)/\(number)") { number += 1 }
    try StateFolder.make("\(parent)/\(number)")
    return "\(parent)/\(number)"
  }
}

/// A round of a search's trials on a cluster: the outcomes so far, and the trials without one.
public struct SlurmRound: Sendable {
  /// The number of trials of the round.
  public let total: Int

  /// How the trials with an outcome ended.
  public private(set) var tally = TrialTally()

  /// The trials without an outcome, in their order.
  public private(set) var missing: [Trial] = []

  /// The folders of the missing trials that were written before.
  public private(set) var emitted: [String] = []

  /// How many of the missing trials were begun: they run now, or were killed.
  public private(set) var begun = 0

  private var known: [TrialOutcome] = []

  fileprivate init(trials: [Trial]) { total = trials.count }

  /// One outcome a trial; nil while any is missing.
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

/// How trials are handed to Slurm: as job arrays, several trials a task where there are many.
public struct SlurmArray: Equatable, Sendable {
  /// The number of trials that one task runs, one after the other.
  public let trialsPerTask: Int

  /// The most tasks of one array; Slurm's own limit, MaxArraySize, is 1001 unless configured otherwise, and
  /// one more than the last index.
  public let tasksPerArray: Int

  /// The most tasks of an array that run at once; nil for no limit.
  public let tasksAtOnce: Int?

  /// Further options for sbatch, such as `--time=2:00:00`, one a line of the script.
  public let options: [String]

  /// Creates a way to hand trials over; all counts are at least 1.
  ///
  /// - Throws: `InputError` for an option that does not begin with a hyphen or has more than a line.
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

  /// The batch scripts, one an array, for the trials that `folder/trials.txt` lists.
  ///
  /// The tasks' logs go into that folder, too. Both paths are absolute.
  func scripts(count: Int, state: String, folder: String, timeLimitSeconds: Int?) -> [String] {
    let tasks = (count + trialsPerTask - 1) / trialsPerTask
    return stride(from: 0, to: tasks, by: tasksPerArray).map { firstTask in
      let last = min(tasksPerArray, tasks - firstTask) - 1
      let limit = tasksAtOnce.map { "%\($0)" } ?? ""
      // In a file name % begins a pattern.
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
        # What became of the trials is in their folders.
        exit 0

        """
    }
  }
}
