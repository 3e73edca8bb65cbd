import Foundation
import Glibc

/// One run of the `lrbound` that was built beside the tests.
public struct CommandRun: Sendable {
  /// The exit code; 128 and the signal's number where one ended it.
  public let code: Int32

  /// What it wrote to standard output.
  public let output: String

  /// What it wrote to standard error.
  public let errors: String

  /// The command's path.
  public static var executable: String {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("lrbound").path
  }

  /// Runs the command to its end.
  ///
  /// - Parameters:
  ///   - arguments: its arguments.
  ///   - input: what it reads from standard input.
  ///   - environment: variables that it has besides the test's own, or instead of them.
  /// - Throws: whatever the file system says.
  public init(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws
  {
    let stdin = try TemporaryFile(input, name: "stdin")
    let stdout = try TemporaryFile("", name: "stdout")
    let stderr = try TemporaryFile("", name: "stderr")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, stdin.path, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, stdout.path, O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, stderr.path, O_WRONLY, 0)
    let texts = ([Self.executable] + arguments).map { strdup($0) }
    defer { for text in texts { free(text) } }
    let merged = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let variables = merged.map { strdup("\($0)=\($1)") }
    defer { for variable in variables { free(variable) } }
    var child = pid_t()
    let failure = posix_spawn(
      &child, Self.executable, &actions, nil, texts + [nil], variables + [nil])
    guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EIO) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    code = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
    output = try String(contentsOfFile: stdout.path, encoding: .utf8)
    errors = try String(contentsOfFile: stderr.path, encoding: .utf8)
  }

  /// The JSON object that it wrote.
  ///
  /// - Returns: its members.
  /// - Throws: where the output is not one JSON object.
  public func json() throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(output.utf8))
    guard let members = object as? [String: Any] else { throw CocoaError(.coderReadCorrupt) }
    return members
  }
}
