import Glibc

/// Dedicated threads, because a trial may block for hours and would hold up the shared pool.
enum WorkerThreads {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Calls `work` on `count` threads, including this one, and waits for all of them.
  static func run(_ count: Int, _ work: @escaping @Sendable () -> Void) {
    // If the system refuses more threads, the others do the work.
    let threads = (1..<max(1, count)).compactMap { _ in start(work) }
    work()
    for thread in threads { pthread_join(thread, nil) }
  }

  static func start(_ work: @escaping @Sendable () -> Void) -> pthread_t? {
    let box = Unmanaged.passRetained(Work(work))
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, box.toOpaque())
    if failure == 0 { return thread }
    box.release()
    return nil
  }
}

/// Stops child processes when this process is interrupted by SIGINT, SIGHUP or SIGTERM.
public enum InterruptWatch {
  /// Starts watching; call it before starting other threads, which would not block the signals.
  ///
  /// `body` runs on another thread with the signal's number after all programs have stopped, and ends the
  /// process. Signals that are ignored, as under `nohup`, stay ignored.
  public static func begin(_ body: @escaping @Sendable (Int32) -> Never) {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(signal) { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let thread = WorkerThreads.start { [signals] in
      var signals = signals
      var received: Int32 = 0
      while sigwait(&signals, &received) != 0 {}
      ChildProcesses.shared.stopAll()
      body(received)
    }
    // Without a thread the signals keep their default action.
    if thread == nil { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
