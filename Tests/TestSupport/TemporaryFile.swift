import Foundation

/// A file in a folder of its own that vanishes with this object.
public final class TemporaryFile: Sendable {
  /// The file's path.
  public let path: String
  private let folder: URL

  /// Writes a file.
  ///
  /// - Parameters:
  ///   - contents: its bytes.
  ///   - name: its name.
  /// - Throws: whatever the file system says.
  public init(_ contents: [UInt8], name: String = "file.csv") throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
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
  public convenience init(_ text: String, name: String = "file.csv") throws {
    try self.init(Array(text.utf8), name: name)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }
}
