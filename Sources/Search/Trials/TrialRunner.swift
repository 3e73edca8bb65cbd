import Support
import Synchronization

/// Runs a workload's trials on threads of this process and logs their outcomes.
///
/// Outcomes are in the order of the trials, whatever the number of threads and the log's contents.
public struct TrialRunner: Sendable {
  private let workload: any Workload

  /// The number of trials running at once.
  public let jobs: Int

  private let log: TrialLog?

  /// Creates a runner; without a log, outcomes stay in memory.
  public init(_ workload: any Workload, jobs: Int, log: TrialLog? = nil) {
    precondition(jobs > 0, "at least one trial runs at a time")
    self.workload = workload
    self.jobs = jobs
    self.log = log
  }

  /// Runs the trials that are not in the log and returns one outcome per trial.
  ///
  /// `isFirst` runs a few trials before the rest, so that a broken command fails early. `progress` is called
  /// about ten times a second, by one thread at a time, with the numbers of trials done and of those just run.
  /// Throws `InputError` if the log cannot be written, trials cannot run, or the first few all fail; no trial
  /// starts after that.
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
    precondition(trials.allSatisfy { $0.schedule.steps == workload.steps }, "all schedules fit")
    var outcomes = trials.map { log?.outcome(of: $0) }
    let waiting = outcomes.indices.filter { outcomes[$0] == nil }
    let state = RunState(done: trials.count - waiting.count, progress: progress)
    outcomes.withUnsafeMutableBufferPointer { buffer in
      // Each entry is written by the one thread that drew its index, and read after all threads have ended.
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

  /// The next trial, drawn once; nil if there is none or the run has stopped.
  func draw(from waiting: [Int]) -> Int? {
    let position = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return position < waiting.count ? waiting[position] : nil
  }

  func stop(_ error: InputError) {
    stopped.withLock { $0 = $0 ?? error }
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
