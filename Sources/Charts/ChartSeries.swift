/// One set of values in a chart, and how it is drawn.
public struct ChartSeries: Sendable {
  /// How values are drawn.
  public enum Mark: Sendable {
    /// Straight lines from point to point.
    case line([Double])

    /// A staircase: a value holds until the next point.
    case steps([Double])

    /// A dot a point.
    case points([Double])

    /// The area between two lines.
    case band(lower: [Double], upper: [Double])

    /// An upright bar a point, from the lower to the upper value.
    case intervals(lower: [Double], upper: [Double])
  }

  /// The name in the legend, which leaves out an empty one.
  public let name: String

  /// Where the points lie from left to right.
  public let abscissae: Abscissae

  /// The values, and how they are drawn.
  public let mark: Mark

  /// A series with as many abscissae as its mark has values, or with a positive spacing.
  ///
  /// Any number of points will do: a picture shows at most the first, least, greatest and last of each
  /// column of pixels. Lines, staircases and bands run from left to right, whatever the order of their
  /// points.
  ///
  /// - Complexity: O(1) where the points are in order, else O(n log n).
  public init(_ name: String, x abscissae: Abscissae, _ mark: Mark) {
    let (lower, upper) = mark.bounds
    precondition(lower.count == upper.count, "a band has as many upper values as lower ones")
    self.name = name
    guard case .values(let values) = abscissae else {
      (self.abscissae, self.mark) = (abscissae, mark)
      return
    }
    precondition(values.count == lower.count, "a series has as many abscissae as values")
    guard mark.runsFromLeftToRight, zip(values, values.dropFirst()).contains(where: { $0 > $1 })
    else {
      (self.abscissae, self.mark) = (abscissae, mark)
      return
    }
    // Of equal abscissae the order is kept.
    let order = values.indices.filter { !values[$0].isNaN }.sorted {
      (values[$0], $0) < (values[$1], $1)
    }
    self.abscissae = .values(order.map { values[$0] })
    self.mark = mark.reordered(order)
  }

  /// A line through more values than should be held at once, at equal distances.
  ///
  /// `values` gives those of a range of 0-based indices, and is called in order. Of each of ``lineCells``
  /// equal stretches the first, least, greatest and last value are kept, so that no peak is lost; fewer
  /// values are kept as they are.
  ///
  /// - Complexity: O(count) time, O(1) memory.
  public init(
    line name: String, count: Int, first: Double = 1, spacing: Double = 1,
    values: (Range<Int>) -> [Double]
  ) {
    guard count > 4 * Self.lineCells else {
      self.init(name, x: .evenly(first: first, spacing: spacing), .line(values(0..<count)))
      return
    }
    var kept: (x: [Double], y: [Double]) = ([], [])
    for cell in 0..<Self.lineCells {
      let range = Self.boundary(cell, of: count)..<Self.boundary(cell + 1, of: count)
      var extremes = ColumnExtremes()
      var start = range.lowerBound
      while start < range.upperBound {
        let end = min(range.upperBound, start + 65_536)
        extremes.add(values(start..<end)) { first + spacing * Double(start + $0) }
        start = end
      }
      for (x, y) in extremes.points {
        kept.x.append(x)
        kept.y.append(y)
      }
    }
    self.init(name, x: .values(kept.x), .line(kept.y))
  }

  /// The number of stretches into which a line that is not held as a whole is cut: several for a pixel.
  public static let lineCells = 4096

  /// Where a stretch starts, without forming the product of two large numbers.
  private static func boundary(_ cell: Int, of count: Int) -> Int {
    count / lineCells * cell + count % lineCells * cell / lineCells
  }

  /// How many points there are.
  var count: Int { mark.bounds.lower.count }
}

extension ChartSeries.Mark {
  /// The least and the greatest value of each point, which are one for all but bands and intervals.
  var bounds: (lower: [Double], upper: [Double]) {
    switch self {
    case .line(let values), .steps(let values), .points(let values): return (values, values)
    case .band(let lower, let upper), .intervals(let lower, let upper): return (lower, upper)
    }
  }

  /// Whether neighbours are joined.
  var runsFromLeftToRight: Bool {
    switch self {
    case .line, .steps, .band: return true
    case .points, .intervals: return false
    }
  }

  func reordered(_ order: [Int]) -> ChartSeries.Mark {
    func pick(_ values: [Double]) -> [Double] { order.map { values[$0] } }
    switch self {
    case .line(let values): return .line(pick(values))
    case .steps(let values): return .steps(pick(values))
    case .points(let values): return .points(pick(values))
    case .band(let lower, let upper): return .band(lower: pick(lower), upper: pick(upper))
    case .intervals(let lower, let upper):
      return .intervals(lower: pick(lower), upper: pick(upper))
    }
  }
}

/// Where the points of a series lie from left to right.
public enum Abscissae: Sendable {
  /// One value a point.
  case values([Double])

  /// Values at equal distances, which take no memory: the steps of a run, say.
  case evenly(first: Double, spacing: Double)

  /// The value of a point with a 0-based index.
  subscript(index: Int) -> Double {
    switch self {
    case .values(let values): return values[index]
    case .evenly(let first, let spacing): return first + spacing * Double(index)
    }
  }
}
