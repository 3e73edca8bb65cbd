import Glibc

/// Threads apart from the shared pool of one a core, because a trial may wait for another process for hours.
enum WorkerThreads {
  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Calls `work` on each of `count` threads, this one among them, and returns when all have ended.
  static func run(_ count: Int, _ work: @escaping @Sendable () -> Void) {
    // Where the system gives no more threads, the others do the work.
    let threads = (1..<max(1, count)).compactMap { _ in start(work) }
    work()
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Calls `work` on one more thread; nil where the system gives none.
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

/// Ends the programs that this process has started when it is interrupted (Ctrl-C, a hang-up, a request to
/// end).
public enum InterruptWatch {
  /// Starts to watch; to be called before any other thread is started, which would not hold the signals back.
  ///
  /// Signals that are ignored, as under `nohup`, stay ignored.
  ///
  /// - Parameter body: called on a separate thread, with the signal's number, when all programs have been
  ///   ended; it ends the process.
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
    // Without a thread the signals do what they usually do.
    if thread == nil { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
