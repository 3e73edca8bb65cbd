import Glibc
import Support

/// A training command as a workload: each trial runs it once, in a separate folder.
///
/// A trial whose folder holds a result is not run again, so runs left over from a killed search count.
public struct ExternalCommand: Workload {
  /// The command's template.
  public let template: CommandTemplate

  /// T.
  public let steps: Int

  /// The absolute path of the state folder.
  public let state: String

  /// The time limit of a trial in seconds; nil for none.
  public let timeLimitSeconds: Int?

  /// The absolute path of the command's working folder.
  public let workingFolder: String

  private let graceSeconds: Double

  /// Creates a workload whose trials run as processes on this machine, for T ≥ 1 steps.
  ///
  /// The state folder is created, but not its parent. A trial that exceeds its time limit is killed after
  /// `graceSeconds`. Without a working folder, commands run in the current one. Throws `InputError` if the
  /// state folder cannot be written.
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

  private var scriptFile: String { state + "/run-trial.sh" }

  /// The command with its number of steps.
  public var identity: String { "command steps=\(steps) \(template.text)" }

  /// Whether the command uses the seed.
  public var isRandom: Bool { template.uses(.seed) }

  /// Runs the command, or returns the outcome of an earlier run.
  ///
  /// The outcome is that of `result.json`; failed if the command exits with a code other than 0, is killed,
  /// times out or leaves no result. Throws `InputError` if the trial's folder cannot be written.
  public func outcome(of trial: Trial) throws(InputError) -> TrialOutcome {
    let folder = self.folder(of: trial)
    try prepare(trial)
    guard waitWhileRunning(folder) else {
      return .failed("a process left by an earlier search still trains in \(folder.path)")
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

  func folder(of trial: Trial) -> TrialFolder { TrialFolder(of: trial, in: state) }

  func prepare(_ trial: Trial) throws(InputError) {
    try folder(of: trial).prepare(trial, template: template, workingFolder: workingFolder)
  }

  /// Waits for a process left by a killed search to finish, at most for the time limit; false if it has not.
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
