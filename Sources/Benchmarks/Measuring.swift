import Foundation

/// Returns the shortest of several times of a piece of work, in seconds, which other load disturbs least.
func leastSeconds(runs: Int = 5, _ work: () throws -> Void) rethrows -> Double {
  let clock = ContinuousClock()
  var least = Double.infinity
  for _ in 0..<runs {
    let duration = try clock.measure(work).components
    least = min(least, Double(duration.seconds) + Double(duration.attoseconds) * 1e-18)
  }
  return least
}

func text(seconds: Double) -> String {
  if seconds < 1e-3 { return "\((seconds * 1e7).rounded() / 10) µs" }
  if seconds < 1 { return "\((seconds * 1e4).rounded() / 10) ms" }
  return "\((seconds * 100).rounded() / 100) s"
}

func text(ratio: Double) -> String {
  ratio < 20 ? "\((ratio * 10).rounded() / 10)×" : "\(Int(ratio.rounded()))×"
}

/// Runs a program with its output discarded; Foundation's `Process` polls its children only every 50 ms.
func runQuietly(_ path: String, _ arguments: [String]) {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
  let texts = ([path] + arguments).map { strdup($0) }
  defer { for text in texts { free(text) } }
  var child = pid_t()
  guard posix_spawn(&child, path, &actions, nil, texts + [nil], environ) == 0 else { return }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 && errno == EINTR {}
}

/// Runs a Python program and returns its output; nil without Python.
func pythonOutput(_ program: String, _ arguments: [String]) -> Data? {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-c", program] + arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  guard (try? process.run()) != nil else { return nil }
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return data
}

/// Runs a Python program that prints a number of seconds; nil without Python or numpy.
func pythonSeconds(_ program: String, _ arguments: [String]) -> Double? {
  pythonOutput(program, arguments).flatMap {
    Double(String(decoding: $0, as: UTF8.self).filter { !$0.isWhitespace })
  }
}
