import Foundation

/// The values of an independent numpy program for the families of shapes and the search over them.
public struct ShapeSearchReference: @unchecked Sendable {
  /// The fixture as it stands in Fixtures/shape-search.json.
  public static let shared = ShapeSearchReference()

  private let members: [String: Any]

  private init() {
    let url = Bundle.module.url(
      forResource: "shape-search", withExtension: "json", subdirectory: "Fixtures")
    let data = url.flatMap { try? Data(contentsOf: $0) } ?? Data()
    members = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:]
  }

  /// A number; NaN where there is none of that name, which fails every comparison.
  ///
  /// - Parameter key: its name in the fixture.
  /// - Returns: the number.
  public func number(_ key: String) -> Double { members[key] as? Double ?? .nan }

  /// A list of numbers, empty where there is none of that name.
  ///
  /// - Parameter key: its name in the fixture.
  /// - Returns: the numbers.
  public func numbers(_ key: String) -> [Double] { members[key] as? [Double] ?? [] }

  /// What one family did on one problem.
  ///
  /// - Parameters:
  ///   - problem: `MAIN` or `ALIGN`.
  ///   - family: its short name there.
  /// - Returns: scores and indices by name.
  public func row(_ problem: String, _ family: String) -> [String: Double] {
    let table = members["D.\(problem).table"] as? [String: Any]
    let row = table?[family] as? [String: Any] ?? [:]
    return row.compactMapValues { $0 as? Double }
  }
}
