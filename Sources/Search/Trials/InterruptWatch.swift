import Glibc

/// Ends what this process has started when it is interrupted (Ctrl-C, a hang-up, a request to end).
public enum InterruptWatch {
  /// Starts to watch; to be called before any other thread is started, which would not have the signals held
  /// back.
  ///
  /// Signals that are ignored, as under `nohup`, stay so.
  ///
  /// - Parameter body: called on a thread of its own, with the signal's number, when all has been ended; it
  ///   ends the process.
  public static func begin(_ body: @escaping @Sendable (Int32) -> Never) {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(signal) { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let watched = signals
    let isWatching = WorkerThreads.startOne {
      var signals = watched
      var received: Int32 = 0
      while sigwait(&signals, &received) != 0 {}
      ChildProcesses.shared.stopAll()
      body(received)
    }
    // Without a thread the signals do what they usually do.
    if !isWatching { pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
  }

  private static func isIgnored(_ signal: Int32) -> Bool {
    var action = sigaction()
    sigaction(signal, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
