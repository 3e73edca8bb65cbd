import Glibc

/// Runs the same work on several threads of this process at once.
///
/// Threads of their own, because a trial may wait for another process for hours, which a shared pool of one
/// thread a core is not for.
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

  /// Calls `work` on one more thread, which ends with the process at the latest.
  ///
  /// - Returns: whether the system gave a thread.
  static func startOne(_ work: @escaping @Sendable () -> Void) -> Bool {
    guard let thread = start(work) else { return false }
    pthread_detach(thread)
    return true
  }

  private static func start(_ work: @escaping @Sendable () -> Void) -> pthread_t? {
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
