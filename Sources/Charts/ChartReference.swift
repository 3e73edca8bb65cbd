/// A line across the whole picture, to read a series against; its name stands in the legend.
public struct ChartReference: Sendable {
  /// Where the line lies.
  public enum Place: Sendable {
    /// From bottom to top, at a value of the x axis.
    case vertical(Double)

    /// From left to right, at a value of the y axis.
    case horizontal(Double)
  }

  /// What the line marks.
  public var name: String

  /// Where it lies.
  public var place: Place

  /// A reference line.
  ///
  /// - Parameters:
  ///   - name: what it marks.
  ///   - place: where it lies.
  public init(_ name: String, at place: Place) {
    self.name = name
    self.place = place
  }
}
