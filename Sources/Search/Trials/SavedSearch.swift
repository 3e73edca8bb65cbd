import FoundationEssentials

/// How a search on a cluster was begun, kept in its state folder, so that the rounds after the first need no more
/// than the folder.
public struct SavedSearch: Codable, Equatable, Sendable {
  /// The arguments of the command line.
  public let arguments: [String]

  /// The absolute path of the folder that the trials run in.
  public let workingFolder: String

  private enum CodingKeys: String, CodingKey {
    case arguments
    case workingFolder = "working_folder"
  }

  /// A search.
  ///
  /// - Parameters:
  ///   - arguments: the arguments of the command line.
  ///   - workingFolder: the absolute path of the folder that the trials run in.
  public init(arguments: [String], workingFolder: String) {
    self.arguments = arguments
    self.workingFolder = workingFolder
  }

  private static func path(in state: String) -> String { state + "/search.json" }

  /// Reads what a folder remembers.
  ///
  /// - Parameter state: the state folder.
  /// - Returns: nil where no search was begun.
  /// - Throws: ``TrialLogError`` where the file holds something else.
  /// - Complexity: O(size).
  public static func read(from state: String) throws(TrialLogError) -> SavedSearch? {
    let path = path(in: state)
    guard let bytes = StateFile.read(path) else { return nil }
    guard let search = try? JSONDecoder().decode(SavedSearch.self, from: Data(bytes)) else {
      throw TrialLogError(
        path: path, problem: "it does not hold the arguments of a search",
        hint: "give all of them again")
    }
    return search
  }

  /// Writes the search into its folder.
  ///
  /// - Parameter state: the state folder, which exists.
  /// - Throws: ``TrialLogError``.
  /// - Complexity: O(size).
  public func write(to state: String) throws(TrialLogError) {
    let path = Self.path(in: state)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else {
      throw TrialLogError(path: path, problem: "it cannot be written", hint: "report this")
    }
    try StateFile.write(String(decoding: data, as: UTF8.self) + "\n", to: path)
  }
}
