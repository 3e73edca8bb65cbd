import Glibc
import Synchronization

/// The running child processes, each the leader of a process group so that its children end with it.
final class ChildProcesses: Sendable {
  enum Ending: Equatable, Sendable {
    case exited(code: Int32)
    case killed(signal: Int32)
    case timedOut

    /// The program could not be started, with the reason.
    case notStarted(String)
  }

  private struct State {
    var running: Set<pid_t> = []
    var isStopped = false
  }

  static let shared = ChildProcesses()

  private let state = Mutex(State())

  private init() {
    // If a parent ignores SIGCHLD, the children's exit codes are lost.
    signal(SIGCHLD, SIG_DFL)
  }

  /// Runs a program, given by its absolute path and arguments, without input or output.
  ///
  /// At the time limit it is asked to end, and killed after `grace`. Does not return once all programs have
  /// been stopped.
  func run(_ arguments: [String], timeLimit: Duration?, grace: Duration) -> Ending {
    var child = pid_t()
    let code = state.withLock { state in
      if state.isStopped { return Int32(0) }
      let code = Self.start(arguments, &child)
      if code == 0 { state.running.insert(child) }
      return code
    }
    if code != 0 { return .notStarted("\(arguments[0]): \(String(cString: strerror(code)))") }
    let ending = child == 0 ? nil : wait(for: child, timeLimit: timeLimit, grace: grace)
    let isStopped = state.withLock { state in
      state.running.remove(child)
      return state.isStopped
    }
    guard !isStopped, let ending else {
      while true { pause() }
    }
    return ending
  }

  /// Stops all programs within five seconds and prevents new ones.
  func stopAll() {
    let children = state.withLock { state in
      state.isStopped = true
      return state.running
    }
    for child in children { kill(-child, SIGTERM) }
    let start = ContinuousClock.now
    while children.contains(where: { kill(-$0, 0) == 0 }), start.duration(to: .now) < .seconds(5) {
      usleep(20_000)
    }
    for child in children { kill(-child, SIGKILL) }
  }

  /// Starts a program as a process-group leader with default signals; returns 0 or an error code.
  private static func start(_ arguments: [String], _ child: inout pid_t) -> Int32 {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, STDIN_FILENO, STDERR_FILENO)
    let texts = arguments.map { strdup($0) }
    defer { for text in texts { free(text) } }
    return posix_spawn(&child, arguments[0], &actions, &attributes, texts + [nil], environ)
  }

  /// Waits for a program, and stops its group at the time limit.
  private func wait(for child: pid_t, timeLimit: Duration?, grace: Duration) -> Ending {
    let start = ContinuousClock.now
    var asked: ContinuousClock.Instant?
    var status: Int32 = 0
    var hasEnded = false
    while true {
      if !hasEnded {
        let ended = waitpid(child, &status, WNOHANG)
        if ended < 0, errno != EINTR { return .notStarted(StateFolder.systemMessage) }
        hasEnded = ended == child
      }
      let elapsed = start.duration(to: .now)
      if let asked {
        let waited = asked.duration(to: .now)
        // Wait for the rest of the group too, but at most a second after the kill: an unreaped zombie stays.
        if hasEnded, kill(-child, 0) != 0 || waited > grace + .seconds(1) { return .timedOut }
        if waited > grace { kill(-child, SIGKILL) }
      } else if hasEnded {
        let signal = status & 0x7F
        return signal == 0 ? .exited(code: (status >> 8) & 0xFF) : .killed(signal: signal)
      } else if let timeLimit, elapsed > timeLimit {
        asked = .now
        kill(-child, SIGTERM)
      }
      // Poll short programs often, long ones twenty times a second.
      let pause = min(.milliseconds(50), max(.milliseconds(1), elapsed / 10))
      usleep(useconds_t(pause / .microseconds(1)))
    }
  }
}
