import Glibc

/// Writes a text file, which is replaced only when all of its new text has been written.
///
/// - Parameters:
///   - path: the file.
///   - body: hands over one piece of the text after another.
/// - Throws: ``InputError`` with what the system says, or what `body` throws; a file that was there is
///   then untouched.
/// - Complexity: O(size) time.
public func replaceFile(
  _ path: String, _ body: (_ write: (String) throws(InputError) -> Void) throws(InputError) -> Void
) throws(InputError) {
  func failure() -> InputError {
    InputError(
      path: path, problem: "cannot be written (\(String(cString: strerror(errno))))",
      hint: "check the folder and the space, or write elsewhere")
  }
  // Through links to the file itself; what is not a plain file (a pipe, a device) is written to.
  let target = realpath(path, nil).map { resolved in
    defer { free(resolved) }
    return String(cString: resolved)
  }
  var status = stat()
  let exists = stat(path, &status) == 0
  let isPlain = !exists || status.st_mode & S_IFMT == S_IFREG
  let final = target ?? path
  let draft = isPlain ? "\(final).\(getpid()).draft" : final
  let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard file >= 0 else { throw failure() }
  if exists, isPlain { fchmod(file, status.st_mode & 0o7777) }
  do {
    try body { (piece: String) throws(InputError) in
      let code = writeWhole(piece, to: file)
      guard code == 0 else {
        errno = code
        throw failure()
      }
    }
  } catch {
    close(file)
    if isPlain { unlink(draft) }
    throw error
  }
  guard close(file) == 0, !isPlain || rename(draft, final) == 0 else {
    let error = failure()
    if isPlain { unlink(draft) }
    throw error
  }
}
