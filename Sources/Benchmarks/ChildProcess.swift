import Glibc

/// Runs a program to its end with its output thrown away.
///
/// Foundation's `Process` looks at its children every 50 ms, which is longer than what is measured.
///
/// - Returns: whether it ended with exit code 0.
func runQuietly(_ path: String, _ arguments: [String]) -> Bool {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
  let texts = ([path] + arguments).map { strdup($0) }
  defer { for text in texts { free(text) } }
  var child = pid_t()
  guard posix_spawn(&child, path, &actions, nil, texts + [nil], environ) == 0 else { return false }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0 && errno == EINTR {}
  return status == 0
}
