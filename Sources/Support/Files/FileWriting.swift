import Glibc

/// Replaces a file's contents with text that `body` writes in pieces.
///
/// A draft beside the file replaces it once complete, so that readers see the old text or the new one,
/// never a mixture. Follows links, keeps permissions, and writes to a pipe or device directly. On an error
/// the file is untouched and the draft removed.
public func replaceFile(
  _ path: String, _ body: (_ write: (String) throws(InputError) -> Void) throws(InputError) -> Void
) throws(InputError) {
  func failure() -> InputError {
    InputError(
      path: path, problem: "cannot be written (\(String(cString: strerror(errno))))",
      hint: "check the folder and the free space, or write elsewhere")
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

/// Replaces a file's contents with a text, or leaves it untouched on an error.
public func replaceFile(_ path: String, with text: String) throws(InputError) {
  try replaceFile(path) { (write: (String) throws(InputError) -> Void) throws(InputError) in
    try write(text)
  }
}

/// Writes a text to an open file, retrying short and interrupted writes; returns 0 or the `errno`.
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
