import Glibc
import Schedules
import Support

/// Files of the state folder of a search.
enum StateFile {
  private static let hint = "free space, or give a folder that can be written"

  static var systemMessage: String { String(cString: strerror(errno)) }

  /// Makes a folder where there is none; its parent must exist.
  static func makeFolder(_ path: String) throws(TrialLogError) {
    if mkdir(path, 0o777) != 0, errno != EEXIST {
      throw TrialLogError(path: path, problem: systemMessage, hint: hint)
    }
  }

  /// The absolute path of a folder that exists.
  static func absolutePath(_ path: String) throws(TrialLogError) -> String {
    guard let resolved = realpath(path, nil) else {
      throw TrialLogError(path: path, problem: systemMessage, hint: "give another folder")
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Writes a file, whole or not at all: what stood there before stays until all is written.
  static func write(_ text: String, to path: String) throws(TrialLogError) {
    let part = path + ".part"
    let descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      throw TrialLogError(path: path, problem: systemMessage, hint: hint)
    }
    let failure = writeWhole(text, to: descriptor)
    // A network's file system may tell of a full disk only here.
    let closing = close(descriptor) == 0 ? 0 : errno
    guard failure == 0, closing == 0, rename(part, path) == 0 else {
      let code = failure != 0 ? failure : closing != 0 ? closing : errno
      unlink(part)
      throw TrialLogError(
        path: path, problem: String(cString: strerror(code)), hint: hint)
    }
  }

  /// The contents of a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - most: how many bytes to read at most.
  ///   - fromEnd: whether those are the last ones.
  /// - Returns: the bytes; nil where there is no such file or it cannot be read.
  static func read(_ path: String, most: Int = 1 << 24, fromEnd: Bool = false) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let size = Int(status.st_size)
    let first = fromEnd ? max(0, size - most) : 0
    var bytes = [UInt8](repeating: 0, count: min(size, most))
    var filled = 0
    while filled < bytes.count {
      let room = bytes.count - filled
      let count = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { pread(descriptor, $0 + filled, room, off_t(first + filled)) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// Whether there is such a file or folder.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
