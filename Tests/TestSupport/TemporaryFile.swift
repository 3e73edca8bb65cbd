import Foundation

/// A file that lasts until the tests end.
public struct TemporaryFile: Sendable {
  /// The file's path.
  public let path: String

  /// One folder for all, removed when the process exits.
  private static let folder: URL = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "lrbound-tests-\(ProcessInfo.processInfo.processIdentifier)")
    atexit {
      try? FileManager.default.removeItem(at: TemporaryFile.folder)
    }
    return folder
  }()

  /// Writes a file.
  ///
  /// - Parameters:
  ///   - contents: its bytes.
  ///   - name: its name.
  /// - Throws: whatever the file system says.
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
  /// - Throws: whatever the file system says.
  public init(_ text: String, name: String = "file.csv") throws {
    try self.init(Array(text.utf8), name: name)
  }
}
