import Glibc

/// The whole contents of a file, or of standard input for `-`.
///
/// - Parameter path: the path.
/// - Returns: the bytes.
/// - Throws: ``InputError`` where the file is missing, a directory or unreadable.
/// - Complexity: O(size).
func readBytes(_ path: String) throws(InputError) -> [UInt8] {
  func failure(_ problem: String) -> InputError {
    InputError(
      path: path, problem: problem,
      remedy: "give a readable file, or - for standard input")
  }
  let descriptor: Int32
  var expected = 1 << 16
  if path == "-" {
    descriptor = STDIN_FILENO
  } else {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw failure(errno == ENOENT ? "there is no such file" : String(cString: strerror(errno)))
    }
    var status = stat()
    if fstat(descriptor, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR {
        close(descriptor)
        throw failure("it is a directory")
      }
      expected = max(expected, Int(status.st_size) + 1)
    }
  }
  defer { if path != "-" { close(descriptor) } }

  var bytes = [UInt8](repeating: 0, count: expected)
  var filled = 0
  while true {
    if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
    let room = bytes.count - filled
    let start = filled
    let count = bytes.withUnsafeMutableBytes { buffer in
      buffer.baseAddress.map { read(descriptor, $0 + start, room) } ?? 0
    }
    if count < 0 {
      if errno == EINTR { continue }
      throw failure(String(cString: strerror(errno)))
    }
    if count == 0 { break }
    filled += count
  }
  bytes.removeLast(bytes.count - filled)
  return bytes
}
