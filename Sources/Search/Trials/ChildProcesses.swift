import Glibc
import Synchronization

/// The programs that this process has started and that still run, each with its children in a process group of
/// its own, so that all of them can be ended.
public final class ChildProcesses: Sendable {
  /// How a program ended.
  enum Ending: Equatable, Sendable {
    /// By itself.
    case exited(code: Int32)

    /// By a signal.
    case killed(signal: Int32)

    /// Because its time was over.
    case timedOut

    /// It could not be started, and why.
    case notStarted(String)
  }

  private struct State {
    var running: Set<pid_t> = []
    var isStopped = false
  }

  /// Those of this process.
  public static let shared = ChildProcesses()

  /// How long a program has between the request to end and its end.
  private static let grace = Duration.seconds(5)

  private let state = Mutex(State())

  private init() {
    // Under a parent that ignores it, the exit codes of children would be lost.
    signal(SIGCHLD, SIG_DFL)
  }

  /// Runs a program to its end, its input and output thrown away; does not return once all programs have been stopped.
  ///
  /// - Parameters:
  ///   - arguments: the program's absolute path and its arguments.
  ///   - timeLimit: when to end it.
  /// - Returns: how it ended.
  func run(_ arguments: [String], timeLimit: Duration?) -> Ending {
    let started: Result<pid_t, StartFailure> = state.withLock { state in
      if state.isStopped { return .success(0) }
      let result = Self.start(arguments)
      if case .success(let child) = result { state.running.insert(child) }
      return result
    }
    switch started {
    case .failure(let failure): return .notStarted(failure.message)
    case .success(0): Self.waitForTheEnd()
    case .success(let child):
      let ending = wait(for: child, timeLimit: timeLimit)
      let isStopped = state.withLock { state in
        state.running.remove(child)
        return state.isStopped
      }
      if isStopped { Self.waitForTheEnd() }
      return ending
    }
  }

  /// Ends all programs, and starts none any more.
  public func stopAll() {
    let children = state.withLock { state in
      state.isStopped = true
      return state.running
    }
    for child in children { kill(-child, SIGTERM) }
    let start = ContinuousClock.now
    while children.contains(where: { kill(-$0, 0) == 0 }), start.duration(to: .now) < Self.grace {
      usleep(20_000)
    }
    for child in children { kill(-child, SIGKILL) }
  }

  private struct StartFailure: Error {
    let message: String
  }

  /// Starts a program as the leader of a process group, with the usual signals.
  private static func start(_ arguments: [String]) -> Result<pid_t, StartFailure> {
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
    var child = pid_t()
    let code = posix_spawn(&child, arguments[0], &actions, &attributes, texts + [nil], environ)
    guard code == 0 else {
      return .failure(
        StartFailure(message: "\(arguments[0]): \(String(cString: strerror(code)))"))
    }
    return .success(child)
  }

  private func wait(for child: pid_t, timeLimit: Duration?) -> Ending {
    let start = ContinuousClock.now
    var asked: ContinuousClock.Instant?
    while true {
      var status: Int32 = 0
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child {
        if let asked {
          Self.endGroup(child, asked: asked)
          return .timedOut
        }
        let signal = status & 0x7F
        return signal == 0 ? .exited(code: (status >> 8) & 0xFF) : .killed(signal: signal)
      }
      if ended < 0, errno != EINTR { return .notStarted(StateFile.systemMessage) }
      let elapsed = start.duration(to: .now)
      if let asked {
        if asked.duration(to: .now) > Self.grace { kill(-child, SIGKILL) }
      } else if let timeLimit, elapsed > timeLimit {
        asked = .now
        kill(-child, SIGTERM)
      }
      // Short programs are looked at often, long ones twenty times a second.
      let pause = min(.milliseconds(50), max(.milliseconds(1), elapsed / 10))
      usleep(useconds_t(pause / .microseconds(1)))
    }
  }

  /// Waits until the rest of a process group that was asked to end has done so, and kills it when its time is
  /// over.
  ///
  /// What is killed has a second to go; a zombie that nobody asks for its exit code stays.
  private static func endGroup(_ group: pid_t, asked: ContinuousClock.Instant) {
    while kill(-group, 0) == 0, asked.duration(to: .now) < grace + .seconds(1) {
      if asked.duration(to: .now) > grace { kill(-group, SIGKILL) }
      usleep(20_000)
    }
  }

  /// Holds this thread until the process ends.
  private static func waitForTheEnd() -> Never {
    while true { pause() }
  }
}
