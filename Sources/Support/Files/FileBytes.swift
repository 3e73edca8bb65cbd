import Glibc

private let mostFileBytes = 1 << 31

/// Reads a whole file, or standard input for `-`, without its byte-order mark.
///
/// Fails for directories, sockets, devices, more than 2 GiB, and compressed or binary formats. Pass `isNamed:
/// false` for a path that the user did not name: a pipe inside a folder of runs may have no writer.
package func readBytes(_ path: String, isNamed: Bool = true) throws(InputError) -> [UInt8] {
  func failure(_ problem: String) -> InputError {
    InputError(
      path: path, problem: problem,
      hint: "give a readable file, or - for standard input")
  }
  func systemFailure() -> InputError {
    failure(errno == ENOENT ? "there is no such file" : String(cString: strerror(errno)))
  }
  var status = stat()
  // Checked before opening: opening a pipe waits for its writer.
  guard (path == "-" ? fstat(STDIN_FILENO, &status) : stat(path, &status)) == 0 else {
    throw systemFailure()
  }
  switch status.st_mode & S_IFMT {
  case S_IFDIR: throw failure("it is a directory")
  case S_IFSOCK: throw failure("it is a socket")
  case S_IFBLK: throw failure("it is a device")
  case S_IFCHR where !isNamed: throw failure("it is a device")
  case S_IFIFO where !isNamed: throw failure("it is a pipe")
  default: break
  }
  let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw systemFailure() }
  defer { if path != "-" { close(descriptor) } }
  // Of the character devices only the null device is useful, as an empty file.
  let isEndless = status.st_mode & S_IFMT == S_IFCHR && isatty(descriptor) == 0
  let tooLarge = InputError(
    path: path, problem: "it holds more than 2 GiB", hint: "split it and give a smaller file")
  guard status.st_size <= mostFileBytes else { throw tooLarge }

  var bytes = [UInt8](repeating: 0, count: max(1 << 16, Int(status.st_size) + 1))
  var filled = 0
  while true {
    if filled == bytes.count {
      let more = min(bytes.count, mostFileBytes + 1 - bytes.count)
      bytes.append(contentsOf: repeatElement(0, count: more))
    }
    let room = bytes.count - filled
    let start = filled
    let count = bytes.withUnsafeMutableBytes { buffer in
      buffer.baseAddress.map { read(descriptor, $0 + start, room) } ?? 0
    }
    if count < 0 {
      if errno == EINTR { continue }
      throw systemFailure()
    }
    if count == 0 { break }
    if isEndless { throw failure("it is a device") }
    filled += count
    guard filled <= mostFileBytes else { throw tooLarge }
  }
  bytes.removeLast(bytes.count - filled)
  if let (kind, hint) = foreignKind(of: bytes) {
    throw InputError(path: path, problem: "it is \(kind)", hint: hint)
  }
  if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
  return bytes
}

/// Recognises an unsupported file format and returns how to convert it.
private func foreignKind(of bytes: [UInt8]) -> (kind: String, hint: String)? {
  let kinds: [(magic: [UInt8], kind: String, hint: String)] = [
    ([0x1F, 0x8B], "compressed by gzip", "unpack it first (gunzip)"),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd", "unpack it first (unzstd)"),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "compressed by xz", "unpack it first (unxz)"),
    (Array("BZh91AY&SY".utf8), "compressed by bzip2", "unpack it first (bunzip2)"),
    ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive", "unpack it first (unzip)"),
    (Array("PAR1".utf8), "a Parquet file", "export it to CSV"),
    (Array("SQLite format 3\0".utf8), "an SQLite database", "export the run's metrics to CSV"),
  ]
  if let found = kinds.first(where: { bytes.starts(with: $0.magic) }) {
    return (found.kind, found.hint)
  }
  guard isUTF16(bytes) else { return nil }
  return ("text in UTF-16", "convert it first (iconv -f UTF-16 -t UTF-8)")
}

/// Detects UTF-16 by its byte-order mark, or by zeros in every second of the first bytes.
private func isUTF16(_ bytes: [UInt8]) -> Bool {
  if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return true }
  let first = bytes.prefix(32)
  guard first.count >= 4 else { return false }
  return [0, 1].contains { zero in
    first.indices.allSatisfy { (first[$0] == 0) == ($0 % 2 == zero) }
  }
}
