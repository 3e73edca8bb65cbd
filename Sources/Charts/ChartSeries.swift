/// A set of values in a chart, and how it is drawn.
public struct ChartSeries: Sendable {
  /// How values are drawn.
  public enum Mark: Sendable {
    /// Straight lines from point to point.
    case line([Double])

    /// A staircase: a value holds until the next point.
    case steps([Double])

    /// A dot per point.
    case points([Double])

    /// The area between two lines.
    case band(lower: [Double], upper: [Double])

    /// A vertical bar per point, from the lower to the upper value.
    case intervals(lower: [Double], upper: [Double])

    /// A dot per point on a faint vertical line, which shows its range; a terminal shows the dots only.
    case estimates([Double], lower: [Double], upper: [Double])
  }

  /// The name in the legend; an empty name has no entry.
  public let name: String

  /// The horizontal positions of the points.
  public let abscissae: Abscissae

  /// The values, and how they are drawn.
  public let mark: Mark

  /// Creates a series with as many abscissae as values, or with a positive spacing.
  ///
  /// Any number of points will do: a picture shows at most the first, least, greatest and last of each
  /// column of pixels. Lines, staircases and bands are sorted from left to right, in O(n log n) if needed.
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
    // Keeps the order of equal abscissae.
    let order = values.indices.filter { !values[$0].isNaN }.sorted {
      (values[$0], $0) < (values[$1], $1)
    }
    self.abscissae = .values(order.map { values[$0] })
    self.mark = mark.reordered(order)
  }

  /// Creates a line through equidistant values that need not all be held in memory.
  ///
  /// `values` returns those of a range of 0-based indices and is called in order. Each of ``lineCells`` equal
  /// stretches keeps its first, least, greatest and last value, so that no peak is lost; a short line keeps all.
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

  /// The number of stretches of a thinned line: several per pixel.
  public static let lineCells = 4096

  /// The start of a stretch, without forming the product of two large numbers.
  private static func boundary(_ cell: Int, of count: Int) -> Int {
    count / lineCells * cell + count % lineCells * cell / lineCells
  }

  var count: Int { mark.bounds.lower.count }
}

extension ChartSeries.Mark {
  /// The least and greatest value of each point; they differ for bands, intervals and estimates only.
  var bounds: (lower: [Double], upper: [Double]) {
    switch self {
    case .line(let values), .steps(let values), .points(let values): return (values, values)
    case .band(let lower, let upper), .intervals(let lower, let upper),
      .estimates(_, let lower, let upper):
      return (lower, upper)
    }
  }

  /// Whether neighbouring points are joined.
  var runsFromLeftToRight: Bool {
    switch self {
    case .line, .steps, .band: return true
    case .points, .intervals, .estimates: return false
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
    case .estimates(let values, let lower, let upper):
      return .estimates(pick(values), lower: pick(lower), upper: pick(upper))
    }
  }
}

/// The horizontal positions of a series' points.
public enum Abscissae: Sendable {
  /// One value per point.
  case values([Double])

  /// Equidistant values, such as a run's steps, without storage.
  case evenly(first: Double, spacing: Double)

  subscript(index: Int) -> Double {
    switch self {
    case .values(let values): return values[index]
    case .evenly(let first, let spacing): return first + spacing * Double(index)
    }
  }
}
