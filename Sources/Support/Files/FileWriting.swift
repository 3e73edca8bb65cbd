import Glibc

/// Replaces a file's contents with a text that is handed over in pieces.
///
/// The new text goes to a draft beside the file, which takes the file's place only when all of it has
/// been written: a reader sees the old text or the new one, never a part. Links are followed, the
/// permissions of an existing file are kept, and a pipe or device is written to directly.
///
/// - Parameters:
///   - path: the file.
///   - body: calls its argument with one piece of the text after another.
/// - Throws: ``InputError`` with the system's message, or what `body` throws; an existing file is then
///   untouched and no draft remains.
/// - Complexity: O(size) time.
public func replaceFile(
  _ path: String, _ body: (_ write: (String) throws(InputError) -> Void) throws(InputError) -> Void
) throws(InputError) {
  func failure() -> InputError {
    InputError(
      path: path, problem: "cannot be written (\(String(cString: strerror(errno))))",
      hint: "check the folder and the space, or write elsewhere")
  }
  let target = realpath(path, nil).map { resolved in
    defer { free(resolved) }
    return String(cString: resolved)
  }
  var status = stat()
  let exists = stat(path, &status) == 0
  let isPlain = !exists || status.st_mode & S_IFMT == S_IFREG
  let final = target ?? path
  let draft = isPlain ? "\(final).\(getpid()).draft" : final
  let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
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
  // A network file system may report a full disk only on closing.
  guard close(file) == 0, !isPlain || rename(draft, final) == 0 else {
    let error = failure()
    if isPlain { unlink(draft) }
    throw error
  }
}

/// Replaces a file's contents with a text, whole or not at all.
///
/// - Parameters:
///   - path: the file.
///   - text: the new contents.
/// - Throws: ``InputError`` with the system's message; an existing file is then untouched.
/// - Complexity: O(size) time.
public func replaceFile(_ path: String, with text: String) throws(InputError) {
  try replaceFile(path) { (write: (String) throws(InputError) -> Void) throws(InputError) in
    try write(text)
  }
}

/// Writes all of a text to an open file, retrying short and interrupted writes.
///
/// - Parameters:
///   - text: the text.
///   - descriptor: a file that is open for writing.
/// - Returns: 0, or the `errno` of the write that failed.
/// - Complexity: O(length).
package func writeWhole(_ text: String, to descriptor: Int32) -> Int32 {
  var text = text
  return text.withUTF8 { bytes in
    var start = 0
    while start < bytes.count, let base = bytes.baseAddress {
      let count = write(descriptor, base + start, bytes.count - start)
      if count < 0 {
        if errno == EINTR { continue }
        return errno
      }
      start += count
    }
    return 0
  }
}
