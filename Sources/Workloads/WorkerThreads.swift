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
    var threads: [pthread_t] = []
    for _ in 1..<max(1, count) {
      let box = Unmanaged.passRetained(Work(work))
      var thread = pthread_t()
      let failure = pthread_create(
        &thread, nil,
        { argument in
          if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
          return nil
        }, box.toOpaque())
      // Where the system gives no more threads, the others do the work.
      if failure == 0 { threads.append(thread) } else { box.release() }
    }
    work()
    for thread in threads { pthread_join(thread, nil) }
  }
}
