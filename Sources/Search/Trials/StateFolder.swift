import FoundationEssentials
import Glibc
import Support

/// File operations on the folder that holds a search's state.
enum StateFolder {
  static var systemMessage: String { String(cString: strerror(errno)) }

  static func failure(_ path: String, hint: String = "give a folder that can be written")
    -> InputError
  {
    InputError(path: path, problem: systemMessage, hint: hint)
  }

  /// Creates a folder unless it exists; its parent must exist.
  static func make(_ path: String) throws(InputError) {
    if mkdir(path, 0o777) != 0, errno != EEXIST { throw failure(path) }
  }

  static func absolutePath(_ path: String) throws(InputError) -> String {
    guard let resolved = realpath(path, nil) else {
      throw failure(path, hint: "give another folder")
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Writes a file atomically.
  static func write(_ text: String, to path: String) throws(InputError) {
    try replaceFile(path) { (write) throws(InputError) in try write(text) }
  }

  static func read(_ path: String) -> [UInt8]? { try? readBytes(path, isNamed: false) }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

/// An open file, closed with its lock when it is released.
final class OpenFile: Sendable {
  let descriptor: Int32

  /// Opens a file as `open` does; nil with `errno` set on failure.
  init?(_ path: String, _ flags: Int32) {
    let opened = open(path, flags | O_CLOEXEC, 0o666)
    guard opened >= 0 else { return nil }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// The last bytes of a plain file, by default all; nil with `errno` set on failure.
  func bytes(last most: Int = .max) -> [UInt8]? {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    let size = Int(status.st_size)
    let first = max(0, size - most)
    var bytes = [UInt8](repeating: 0, count: size - first)
    var filled = 0
    while filled < bytes.count {
      let count = bytes[filled...].withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, off_t(first + filled))
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return nil }
      if count == 0 { break }
      filled += count
    }
    return Array(bytes.prefix(filled))
  }
}

/// How a cluster search was started, saved so that later rounds need only its folder.
public struct SavedSearch: Codable, Equatable, Sendable {
  /// The command-line arguments.
  public let arguments: [String]

  /// The absolute path of the trials' working folder.
  public let workingFolder: String

  private enum CodingKeys: String, CodingKey {
    case arguments
    case workingFolder = "working_folder"
  }

  /// Creates a record to save.
  public init(arguments: [String], workingFolder: String) {
    self.arguments = arguments
    self.workingFolder = workingFolder
  }

  private static func path(in state: String) -> String { state + "/search.json" }

  /// Reads the record in a state folder; nil if there is none.
  ///
  /// Throws `InputError` if the file is malformed.
  public static func read(from state: String) throws(InputError) -> SavedSearch? {
    let path = path(in: state)
    guard let bytes = StateFolder.read(path) else { return nil }
    guard let search = try? JSONDecoder().decode(SavedSearch.self, from: Data(bytes)) else {
      throw InputError(
        path: path, problem: "it does not hold a search's arguments",
        hint: "give all arguments again")
    }
    return search
  }

  /// Writes the record into an existing state folder; throws `InputError` if it cannot be written.
  public func write(to state: String) throws(InputError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { preconditionFailure("strings are JSON") }
    try StateFolder.write(String(decoding: data, as: UTF8.self) + "\n", to: Self.path(in: state))
  }
}
