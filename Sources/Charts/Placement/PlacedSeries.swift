/// A series in picture coordinates, thinned to what the columns can show.
enum PlacedSeries {
  /// Polylines; a single point is a dot.
  case lines([[PlacedPoint]])

  case dots([PlacedPoint])

  /// Areas between a lower and an upper polyline with the same abscissae.
  case bands([[Span]])

  case intervals([Span])

  /// Dots, and the ranges behind them.
  case estimates([PlacedPoint], ranges: [Span])

  struct Span: Equatable {
    var across: Double
    var lower: Double
    var upper: Double
  }

  /// Whether it is drawn below lines and dots.
  var isArea: Bool {
    if case .bands = self { return true }
    return false
  }

  /// Places a series in O(points) time, and O(columns) memory or O(columns·rows) for dots and bars.
  init(_ series: ChartSeries, x: AxisScale, y: AxisScale, columns: Int, rows: Int) {
    let points = ThinnedPoints(of: series, x: x, y: y, columns: columns, rows: rows)
    switch series.mark {
    case .line: self = .lines(points.lines().flatMap { PlacedPoint.clipped($0) })
    case .steps:
      self = .lines(points.lines().flatMap { PlacedPoint.clipped(Self.staircase($0)) })
    case .band: self = .bands(points.bands().map(Self.clipped).filter { !$0.isEmpty })
    case .points: self = .dots(points.dots())
    case .intervals: self = .intervals(Self.clipped(points.distinct()))
    case .estimates(let values, _, _):
      let centres = ChartSeries(series.name, x: series.abscissae, .points(values))
      self = .estimates(
        ThinnedPoints(of: centres, x: x, y: y, columns: columns, rows: rows).dots(),
        ranges: Self.clipped(points.distinct()))
    }
  }

  private static func staircase(_ points: [PlacedPoint]) -> [PlacedPoint] {
    guard let first = points.first else { return [] }
    return zip(points, points.dropFirst()).reduce(into: [first]) { corners, pair in
      corners.append(PlacedPoint(across: pair.1.across, up: pair.0.up))
      corners.append(pair.1)
    }
  }

  private static func clipped(_ spans: [Span]) -> [Span] {
    spans.compactMap { span in
      guard (0...1).contains(span.across), span.upper >= 0, span.lower <= 1 else { return nil }
      return Span(across: span.across, lower: max(0, span.lower), upper: min(1, span.upper))
    }
  }
}

/// Thins the points of a series to what the pixels can show.
private struct ThinnedPoints {
  private let abscissae: Abscissae
  private let lower: [Double]
  private let upper: [Double]
  private let x: AxisScale
  private let y: AxisScale
  private let columns: Int
  private let rows: Int

  init(of series: ChartSeries, x: AxisScale, y: AxisScale, columns: Int, rows: Int) {
    abscissae = series.abscissae
    (lower, upper) = series.mark.bounds
    (self.x, self.y) = (x, y)
    (self.columns, self.rows) = (columns, rows)
  }

  /// The column or row of a position; all positions before the first share one, as do those after the last.
  private func cell(_ position: Double, of count: Int) -> Int {
    Int((min(max(position, -1), 2) * Double(count)).rounded(.down))
  }

  private func canShow(_ abscissa: Double, _ low: Double, _ high: Double) -> Bool {
    AxisScale.canShow(abscissa, on: x.spacing) && AxisScale.canShow(low, on: y.spacing)
      && AxisScale.canShow(high, on: y.spacing)
  }

  /// A line's runs between visible gaps, with the first, least, greatest and last point of each column.
  func lines() -> [[PlacedPoint]] {
    var runs: [[PlacedPoint]] = []
    var run: [PlacedPoint] = []
    var extremes = ColumnExtremes()
    var column = Int.min
    var isAfterGap = false
    func place(_ point: (x: Double, y: Double)) -> PlacedPoint {
      PlacedPoint(across: x.position(point.x), up: y.position(point.y))
    }
    for index in lower.indices {
      let (abscissa, value) = (abscissae[index], lower[index])
      guard canShow(abscissa, value, value) else {
        isAfterGap = true
        continue
      }
      let next = cell(x.position(abscissa), of: columns)
      if next != column {
        run += extremes.points.map(place)
        extremes = ColumnExtremes()
        column = next
        if isAfterGap, !run.isEmpty {
          runs.append(run)
          run = []
        }
      }
      isAfterGap = false
      extremes.add(abscissa, value)
    }
    run += extremes.points.map(place)
    return run.isEmpty ? runs : runs + [run]
  }

  /// A band's runs between gaps, with each column's least and greatest value in its middle; a run begins
  /// and ends at its first and last point.
  func bands() -> [[PlacedSeries.Span]] {
    var runs: [[PlacedSeries.Span]] = []
    var run: [PlacedSeries.Span] = []
    var held: (first: Double, last: Double, lower: Double, upper: Double)?
    var column = Int.min
    var isAfterGap = false
    func flush(endsRun: Bool) {
      guard let cell = held else { return }
      held = nil
      let (first, last) = (x.position(cell.first), x.position(cell.last))
      var span = PlacedSeries.Span(
        across: run.isEmpty ? first : (first + last) / 2, lower: y.position(cell.lower),
        upper: y.position(cell.upper))
      run.append(span)
      guard endsRun else { return }
      if last > span.across {
        span.across = last
        run.append(span)
      }
      runs.append(run)
      run = []
    }
    for index in lower.indices {
      let (abscissa, low, high) = (abscissae[index], lower[index], upper[index])
      guard canShow(abscissa, low, high) else {
        isAfterGap = true
        continue
      }
      let next = cell(x.position(abscissa), of: columns)
      if next != column {
        flush(endsRun: isAfterGap)
        column = next
      }
      isAfterGap = false
      let before = held ?? (abscissa, abscissa, min(low, high), max(low, high))
      held = (before.first, abscissa, min(before.lower, low, high), max(before.upper, low, high))
    }
    flush(endsRun: true)
    return runs
  }

  /// The distinct dots in the picture.
  func dots() -> [PlacedPoint] {
    distinct().map { PlacedPoint(across: $0.across, up: $0.lower) }.filter(\.isInside)
  }

  /// Dots and bars, without those that fall on the same pixels.
  func distinct() -> [PlacedSeries.Span] {
    var seen: Set<Int> = []
    var spans: [PlacedSeries.Span] = []
    for index in lower.indices {
      let abscissa = abscissae[index]
      let (low, high) = (min(lower[index], upper[index]), max(lower[index], upper[index]))
      guard canShow(abscissa, low, high) else { continue }
      let span = PlacedSeries.Span(
        across: x.position(abscissa), lower: y.position(low), upper: y.position(high))
      // Cell numbers lie between −count and 2·count.
      let ends = cell(span.lower, of: rows) * 4 * rows + cell(span.upper, of: rows)
      let pixels = cell(span.across, of: columns) * 16 * rows * rows + ends
      if seen.insert(pixels).inserted { spans.append(span) }
    }
    return spans
  }
}
