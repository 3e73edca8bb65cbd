/// Where the points of a series lie from left to right.
public enum Abscissae: Sendable {
  /// One value a point.
  case values([Double])

  /// Values at equal distances, which take no memory: the steps of a run, say.
  case evenly(first: Double, spacing: Double)

  /// The value of a point.
  ///
  /// - Parameter index: the point's 0-based index.
  /// - Complexity: O(1).
  subscript(index: Int) -> Double {
    switch self {
    case .values(let values): return values[index]
    case .evenly(let first, let spacing): return first + spacing * Double(index)
    }
  }
}
