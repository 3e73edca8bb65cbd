import Glibc
import Support

/// A training command as a workload: each trial is one run of it, in its own folder.
///
/// A trial whose folder has a result is not run again, so that what a search left running when it was killed
/// is not lost.
public struct ExternalCommand: Workload {
  /// The command.
  public let template: CommandTemplate

  /// T.
  public let steps: Int

  /// The absolute path of the search's state folder.
  public let state: String

  /// The most seconds that a trial may take; nil for any time.
  public let timeLimitSeconds: Int?

  /// The absolute path of the folder that the command runs in.
  public let workingFolder: String

  private let graceSeconds: Double

  /// A command whose trials run as processes of this machine.
  ///
  /// - Parameters:
  ///   - template: the command.
  ///   - steps: T, at least 1.
  ///   - state: the folder that keeps the search; created if needed, but not its parent.
  ///   - timeLimitSeconds: how long a trial may take, at least 1; nil for any time.
  ///   - graceSeconds: how long one that took too long has to end before it is killed.
  ///   - workingFolder: where the command runs; nil for the present working folder.
  /// - Throws: `InputError` where the folder cannot be written.
  public init(
    _ template: CommandTemplate, steps: Int, state: String, timeLimitSeconds: Int? = nil,
    graceSeconds: Double = 5, workingFolder: String? = nil
  ) throws(InputError) {
    precondition(steps > 0 && timeLimitSeconds ?? 1 > 0, "a run has steps and time")
    try StateFolder.make(state)
    self.state = try StateFolder.absolutePath(state)
    self.workingFolder = try StateFolder.absolutePath(workingFolder ?? ".")
    self.template = template
    self.steps = steps
    self.timeLimitSeconds = timeLimitSeconds
    self.graceSeconds = graceSeconds
    try StateFolder.make(TrialFolder.parent(in: self.state))
    let script = String(decoding: PackageResources.run_trial_sh, as: UTF8.self)
    try StateFolder.write(script, to: scriptFile)
  }

  /// The script that runs one trial, here and on a cluster.
  private var scriptFile: String { state + "/run-trial.sh" }

  /// What is trained.
  public var identity: String { "command steps=\(steps) \(template.text)" }

  /// Whether the command is given the seed.
  public var isRandom: Bool { template.uses(.seed) }

  /// Trains once, or reads the outcome of an earlier trial.
  ///
  /// - Returns: what `result.json` says; failed where the command ended with another exit code than 0, was
  ///   killed, took too long, or left no result.
  /// - Throws: `InputError` where the trial's folder cannot be written.
  /// - Complexity: one run of the command.
  public func outcome(of trial: Trial) throws(InputError) -> TrialOutcome {
    let folder = self.folder(of: trial)
    try prepare(trial)
    guard waitWhileRunning(folder) else {
      return .failed("a process that an earlier search has left still trains in \(folder.path)")
    }
    if let outcome = folder.outcome, outcome.isResult { return outcome }
    try folder.clear()
    let ending = ChildProcesses.shared.run(
      ["/bin/bash", scriptFile, folder.path], timeLimit: timeLimitSeconds.map { .seconds($0) },
      grace: .seconds(graceSeconds))
    switch ending {
    case .timedOut: return .failed("it took longer than \(timeLimitSeconds ?? 0) s")
    case .notStarted(let reason): return .failed(reason)
    case .killed(let signal): return .failed("ended by signal \(signal)")
    case .exited(let code):
      if let outcome = folder.outcome { return outcome }
      return .failed(
        code > 128 ? "ended by signal \(code - 128)" : "it left no exit code in \(folder.path)")
    }
  }

  /// The folder of a trial.
  func folder(of trial: Trial) -> TrialFolder { TrialFolder(of: trial, in: state) }

  /// Writes what a trial needs into its folder.
  func prepare(_ trial: Trial) throws(InputError) {
    try folder(of: trial).prepare(trial, template: template, workingFolder: workingFolder)
  }

  /// Waits, for a trial's time at most, while a process that a killed search has left behind still trains in
  /// the folder; false where it has not ended by then.
  private func waitWhileRunning(_ folder: TrialFolder) -> Bool {
    guard let lock = OpenFile(folder.lockFile, O_RDWR) else { return true }
    let start = ContinuousClock.now
    while flock(lock.descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR {
      if let limit = timeLimitSeconds, start.duration(to: .now) > .seconds(limit) { return false }
      usleep(100_000)
    }
    return true
  }
}
