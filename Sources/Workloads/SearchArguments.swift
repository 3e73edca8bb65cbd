import FoundationEssentials

/// The command line that a search on a cluster was begun with, kept in its state folder, so that the rounds after
/// the first need no more than the folder.
public enum SearchArguments {
  private struct Contents: Codable {
    let arguments: [String]
  }

  private static func path(in state: String) -> String { state + "/search.json" }

  /// Reads the arguments.
  ///
  /// - Parameter state: the state folder.
  /// - Returns: the arguments; nil where no search was begun.
  /// - Throws: ``TrialLogError`` where the file holds something else.
  /// - Complexity: O(size).
  public static func read(from state: String) throws(TrialLogError) -> [String]? {
    let path = path(in: state)
    guard let bytes = StateFile.read(path) else { return nil }
    guard let contents = try? JSONDecoder().decode(Contents.self, from: Data(bytes)) else {
      throw TrialLogError(
        path: path, problem: "it does not hold the arguments of a search",
        remedy: "give all of them again")
    }
    return contents.arguments
  }

  /// Writes the arguments.
  ///
  /// - Parameters:
  ///   - arguments: the arguments.
  ///   - state: the state folder; made if there is none, its parent not.
  /// - Throws: ``TrialLogError``.
  /// - Complexity: O(size).
  public static func write(_ arguments: [String], to state: String) throws(TrialLogError) {
    try StateFile.makeFolder(state)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(Contents(arguments: arguments)) else {
      throw TrialLogError(
        path: path(in: state), problem: "the arguments are not text", remedy: "give others")
    }
    try StateFile.write(String(decoding: data, as: UTF8.self) + "\n", to: path(in: state))
  }
}
