import Foundation
import Glibc

/// A file that lasts until the tests end.
public struct TemporaryFile: Sendable {
  /// The file's path.
  public let path: String

  /// One folder for all files of the process.
  ///
  /// A shell removes it once this process has ended, however it ended: it waits for the end of a pipe that
  /// only this process holds open.
  private static let folder: URL = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "lrbound-tests-\(ProcessInfo.processInfo.processIdentifier)")
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return folder }
    // Tests' own child processes must not hold it open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    // The test runner waits for the end of its tests' output.
    for descriptor in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
    }
    // In its own process group, so that an interrupt from the terminal doesn't reach it.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let command: [String] = ["sh", "-c", "read -r line; rm -rf \"$1\"", "sh", folder.path]
    let words = command.map { strdup($0) }
    defer { for word in words { free(word) } }
    var child = pid_t()
    posix_spawn(&child, "/bin/sh", &actions, &attributes, words + [nil], environ)
    close(ends[0])
    return folder
  }()

  /// Writes a file.
  ///
  /// - Parameters:
  ///   - contents: its bytes.
  ///   - name: its name.
  /// - Throws: the file system's error.
  public init(_ contents: [UInt8], name: String = "file.csv") throws {
    let folder = Self.folder.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent(name).path
    try Data(contents).write(to: URL(fileURLWithPath: path))
  }

  /// Writes a text file.
  ///
  /// - Parameters:
  ///   - text: its text.
  ///   - name: its name.
  /// - Throws: the file system's error.
  public init(_ text: String, name: String = "file.csv") throws {
    try self.init(Array(text.utf8), name: name)
  }
}
