import Glibc
import Schedules

/// Trials of a training command that run on a cluster which shares a file system with this machine.
///
/// They are written into their folders, run there by someone else, and read back from their folders: nobody is
/// asked how a job ended, because a job that is over has either left a result or not. Slurm's accounting is
/// often switched off, and forgets.
public struct SlurmTrials: Sendable {
  private let command: ExternalCommand
  private let log: TrialLog
  private let retriesFailed: Bool

  /// Trials of a command.
  ///
  /// - Parameters:
  ///   - command: the command; its time limit is kept by the tasks.
  ///   - log: the log of its state folder.
  ///   - retriesFailed: whether failed trials count as missing.
  public init(_ command: ExternalCommand, log: TrialLog, retriesFailed: Bool = false) {
    self.command = command
    self.log = log
    self.retriesFailed = retriesFailed
  }

  /// What came of trials, from the log or else from their folders; results found there go into the log.
  ///
  /// - Parameter trials: of the command's number of steps.
  /// - Returns: one outcome a trial.
  /// - Throws: ``PendingTrials`` where some have none yet, ``TrialLogError`` where the log cannot be written.
  /// - Complexity: O(trials).
  public func outcomes(of trials: [Trial]) throws -> [TrialOutcome] {
    var outcomes: [TrialOutcome] = []
    var pending = PendingTrials(total: trials.count)
    for trial in trials {
      let outcome = try log.outcome(of: trial) ?? harvested(trial)
      switch outcome {
      case .failed where retriesFailed: pending.add(trial, in: command.folder(of: trial))
      case nil: pending.add(trial, in: command.folder(of: trial))
      case let outcome?:
        outcomes.append(outcome)
        pending.add(outcome)
      }
    }
    guard pending.missing.isEmpty else { throw pending }
    return outcomes
  }

  /// What a trial's folder says, written into the log if it is a result.
  private func harvested(_ trial: Trial) throws(TrialLogError) -> TrialOutcome? {
    let outcome = command.folder(of: trial).outcome
    if let outcome, outcome.isResult { try log.append(outcome, of: trial) }
    return outcome
  }

  /// Writes the folders of trials, the batch scripts that run them, and `submit.sh`, which hands those to Slurm.
  ///
  /// - Parameters:
  ///   - pending: the trials.
  ///   - slurm: how they are handed over.
  /// - Returns: the paths of the batch scripts.
  /// - Throws: ``TrialLogError``.
  /// - Complexity: O(trials · T).
  public func emit(_ pending: PendingTrials, slurm: SlurmArray) throws(TrialLogError) -> [String] {
    guard !command.state.contains(where: { "\"\\\n\r".contains($0) }) else {
      throw TrialLogError(
        path: command.state, problem: "sbatch does not take quotes or backslashes in a path",
        hint: "give another folder")
    }
    for trial in pending.missing {
      let folder = command.folder(of: trial)
      try command.prepare(trial)
      // A failed trial has ended, and would be passed over.
      if folder.outcome != nil { try folder.clear() }
    }
    let folder = try newArrayFolder()
    let names = pending.missing.map { TrialFolder.name(of: $0) + "\n" }
    try StateFile.write(names.joined(), to: folder + "/trials.txt")
    let texts = slurm.scripts(
      count: names.count, state: command.state, folder: folder,
      timeLimitSeconds: command.timeLimitSeconds)
    var scripts: [String] = []
    for (index, text) in texts.enumerated() {
      scripts.append("\(folder)/submit-\(index + 1).sbatch")
      try StateFile.write(text, to: scripts[index])
    }
    let calls = scripts.map { "sbatch \"$@\" \(shellQuoted($0)) || exit\n" }
    try StateFile.write(
      "# Hands the trials to Slurm; arguments go to sbatch.\n" + calls.joined(),
      to: command.state + "/submit.sh")
    return scripts
  }

  /// Ends trials without a result as failed, so that the search goes on without them.
  ///
  /// - Parameter pending: the trials.
  /// - Throws: ``TrialLogError``.
  /// - Complexity: O(trials · T).
  public func giveUp(_ pending: PendingTrials) throws(TrialLogError) {
    for trial in pending.missing {
      try command.prepare(trial)
      try command.folder(of: trial).giveUp("it was given up without a result")
    }
  }

  /// A folder for the next batch scripts.
  private func newArrayFolder() throws(TrialLogError) -> String {
    let parent = command.state + "/arrays"
    try StateFile.makeFolder(parent)
    var number = 1
    while StateFile.exists("\(parent)/\(number)") { number += 1 }
    try StateFile.makeFolder("\(parent)/\(number)")
    return "\(parent)/\(number)"
  }
}

/// Trials of one round of a search that have no outcome yet, and how the others of the round ended.
public struct PendingTrials: Error, Sendable {
  /// The number of trials of the round.
  public let total: Int

  /// The trials without an outcome, in their order.
  public private(set) var missing: [Trial] = []

  /// The folders of those that were written before.
  public private(set) var emitted: [String] = []

  /// How many of the missing were begun: they run now, or were killed.
  public private(set) var begun = 0

  /// How many trials ended with a loss or diverged.
  public private(set) var done = 0

  /// How many diverged.
  public private(set) var diverged = 0

  /// How many failed.
  public private(set) var failed = 0

  /// Why the first of them failed.
  public private(set) var reason: String?

  init(total: Int) { self.total = total }

  mutating func add(_ trial: Trial, in folder: TrialFolder) {
    missing.append(trial)
    if folder.isPrepared { emitted.append(folder.path) }
    if folder.wasBegun { begun += 1 }
  }

  mutating func add(_ outcome: TrialOutcome) {
    switch outcome {
    case .loss: done += 1
    case .diverged:
      done += 1
      diverged += 1
    case .failed(let why):
      failed += 1
      reason = reason ?? why
    }
  }
}
