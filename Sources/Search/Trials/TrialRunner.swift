import Support
import Synchronization

/// Runs trials of a workload on threads of this process, and keeps their outcomes in a log.
///
/// Outcomes stand in the order of the trials. They do not depend on the number of threads, nor on how many
/// of them the log already held.
public struct TrialRunner: Sendable {
  private let workload: any Workload

  /// How many trials run at once.
  public let jobs: Int

  private let log: TrialLog?

  /// Creates a runner of at least one trial at a time; without a log, outcomes stay in memory alone.
  public init(_ workload: any Workload, jobs: Int, log: TrialLog? = nil) {
    precondition(jobs > 0, "at least one trial runs at a time")
    self.workload = workload
    self.jobs = jobs
    self.log = log
  }

  /// Runs the trials whose outcomes are not in the log.
  ///
  /// - Parameters:
  ///   - trials: of the workload's number of steps.
  ///   - isFirst: whether a few of the trials run before the rest, so that a command that cannot work fails
  ///     at once.
  ///   - progress: called some ten times a second, by one thread at a time, with the number of trials done,
  ///     and how many of them were run just now and not found in the log.
  /// - Returns: one outcome a trial.
  /// - Throws: `InputError` where the log cannot be written, trials cannot be run, or the few all failed; no
  ///   trial is begun after that.
  public func outcomes(
    of trials: [Trial], isFirst: Bool = false,
    progress: @escaping @Sendable (Int, Int) -> Void = { _, _ in }
  ) throws(InputError) -> [TrialOutcome] {
    guard isFirst else { return try run(trials, progress: progress) }
    let few = Array(trials.prefix(max(TrialTally.pilotTrials, jobs)))
    let pilot = try run(few, progress: progress)
    if let refusal = TrialTally(pilot).refusal { throw refusal }
    return try pilot
      + run(Array(trials.dropFirst(few.count))) { progress(few.count + $0, $1) }
  }

  private func run(_ trials: [Trial], progress: @escaping @Sendable (Int, Int) -> Void)
    throws(InputError) -> [TrialOutcome]
  {
    precondition(trials.allSatisfy { $0.schedule.steps == workload.steps }, "as many steps")
    var outcomes = trials.map { log?.outcome(of: $0) }
    let waiting = outcomes.indices.filter { outcomes[$0] == nil }
    let state = RunState(done: trials.count - waiting.count, progress: progress)
    outcomes.withUnsafeMutableBufferPointer { buffer in
      // Each entry is written by the one thread that drew its number, and read when all have ended.
      nonisolated(unsafe) let buffer = buffer
      let (workload, log) = (workload, log)
      WorkerThreads.run(min(jobs, waiting.count)) {
        while let index = state.draw(from: waiting) {
          do throws(InputError) {
            let outcome = try workload.outcome(of: trials[index])
            buffer[index] = outcome
            try log?.append(outcome, of: trials[index])
          } catch {
            state.stop(error)
          }
          state.count()
        }
      }
    }
    if let failure = state.failure { throw failure }
    return outcomes.map { $0 ?? .failed("the trial was not run") }
  }
}

/// What the threads of one run share.
private final class RunState: Sendable {
  private let next = Atomic<Int>(0)
  private let done: Atomic<Int>
  private let stopped = Mutex<InputError?>(nil)
  private let lastReport = Mutex(ContinuousClock.now)
  private let known: Int
  private let progress: @Sendable (Int, Int) -> Void

  init(done: Int, progress: @escaping @Sendable (Int, Int) -> Void) {
    self.done = Atomic(done)
    known = done
    self.progress = progress
  }

  var failure: InputError? { stopped.withLock { $0 } }

  /// The next trial, which no other thread has drawn; nil where there is none or the run has stopped.
  func draw(from waiting: [Int]) -> Int? {
    let position = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return position < waiting.count ? waiting[position] : nil
  }

  func stop(_ error: InputError) {
    stopped.withLock { $0 = $0 ?? error }
    // Beyond the last trial.
    next.store(Int.max / 2, ordering: .relaxed)
  }

  func count() {
    let done = done.wrappingAdd(1, ordering: .relaxed).newValue
    _ = lastReport.withLockIfAvailable { last in
      let now = ContinuousClock.now
      if last.duration(to: now) > .milliseconds(100) {
        last = now
        progress(done, done - known)
      }
    }
  }
}
