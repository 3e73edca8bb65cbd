/// A series in the coordinates of the picture, thinned to what its columns can show.
enum PlacedSeries {
  /// Chains of straight lines; one point alone is a dot.
  case lines([[PlacedPoint]])

  /// Dots.
  case dots([PlacedPoint])

  /// Areas between a lower and an upper chain with the same abscissae.
  case bands([[Span]])

  /// Upright bars.
  case intervals([Span])

  /// A lower and an upper place at one abscissa.
  struct Span: Equatable {
    var across: Double
    var lower: Double
    var upper: Double
  }

  /// Whether it lies below lines and dots.
  var isArea: Bool {
    if case .bands = self { return true }
    return false
  }

  /// Places a series.
  ///
  /// - Parameters:
  ///   - series: the series.
  ///   - x: the scale from left to right.
  ///   - y: the scale from bottom to top.
  ///   - columns: how many columns of pixels the picture has.
  ///   - rows: how many rows.
  /// - Complexity: O(points) time, O(columns) memory for what runs from left to right, O(columns·rows)
  ///   for dots and bars.
  init(_ series: ChartSeries, x: AxisScale, y: AxisScale, columns: Int, rows: Int) {
    switch series.mark {
    case .line(let values):
      let runs = Self.thinned(values, series.abscissae, x: x, y: y, columns: columns)
      self = .lines(runs.flatMap { PlacedPoint.clipped($0) })
    case .steps(let values):
      let runs = Self.thinned(values, series.abscissae, x: x, y: y, columns: columns)
      self = .lines(runs.flatMap { PlacedPoint.clipped(Self.staircase($0)) })
    case .band(let lower, let upper):
      let runs = Self.thinned(
        lower: lower, upper: upper, series.abscissae, x: x, y: y, columns: columns)
      self = .bands(runs.map(Self.clipped).filter { !$0.isEmpty })
    case .points(let values):
      let spans = Self.distinct(
        lower: values, upper: values, series.abscissae, x: x, y: y, columns: columns, rows: rows)
      self = .dots(spans.map { PlacedPoint(across: $0.across, up: $0.lower) }.filter(\.isInside))
    case .intervals(let lower, let upper):
      let spans = Self.distinct(
        lower: lower, upper: upper, series.abscissae, x: x, y: y, columns: columns, rows: rows)
      self = .intervals(Self.clipped(spans))
    }
  }

  /// The column that a place falls into; one for all places to the left, and one for those to the right.
  private static func cell(_ position: Double, of count: Int) -> Int {
    Int((min(max(position, -1), 2) * Double(count)).rounded(.down))
  }

  /// A line's runs between gaps, with the first, least, greatest and last point of each column.
  ///
  /// A gap within a column cannot be seen, and does not break the line.
  private static func thinned(
    _ values: [Double], _ abscissae: Abscissae, x: AxisScale, y: AxisScale, columns: Int
  ) -> [[PlacedPoint]] {
    var runs: [[PlacedPoint]] = []
    var run: [PlacedPoint] = []
    var extremes = ColumnExtremes()
    var column = Int.min
    var isAfterGap = false
    func place(_ point: (x: Double, y: Double)) -> PlacedPoint {
      PlacedPoint(across: x.position(point.x), up: y.position(point.y))
    }
    for index in values.indices {
      let (abscissa, value) = (abscissae[index], values[index])
      guard AxisScale.canShow(abscissa, on: x.spacing), AxisScale.canShow(value, on: y.spacing)
      else {
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

  /// The corners of a staircase.
  private static func staircase(_ points: [PlacedPoint]) -> [PlacedPoint] {
    guard let first = points.first else { return [] }
    return zip(points, points.dropFirst()).reduce(into: [first]) { corners, pair in
      corners.append(PlacedPoint(across: pair.1.across, up: pair.0.up))
      corners.append(pair.1)
    }
  }

  /// A band's runs between gaps, with the least and the greatest value of each column in its middle; a
  /// run begins and ends where its points do.
  private static func thinned(
    lower: [Double], upper: [Double], _ abscissae: Abscissae, x: AxisScale, y: AxisScale,
    columns: Int
  ) -> [[Span]] {
    var runs: [[Span]] = []
    var run: [Span] = []
    var held: (first: Double, last: Double, lower: Double, upper: Double)?
    var column = Int.min
    var isAfterGap = false
    func flush(endsRun: Bool) {
      guard let cell = held else { return }
      held = nil
      let (first, last) = (x.position(cell.first), x.position(cell.last))
      var span = Span(
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
      guard AxisScale.canShow(abscissa, on: x.spacing), AxisScale.canShow(low, on: y.spacing),
        AxisScale.canShow(high, on: y.spacing)
      else {
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

  /// Dots and bars, of those that fall on the same pixels one.
  private static func distinct(
    lower: [Double], upper: [Double], _ abscissae: Abscissae, x: AxisScale, y: AxisScale,
    columns: Int, rows: Int
  ) -> [Span] {
    var seen: Set<Int> = []
    var spans: [Span] = []
    for index in lower.indices {
      let abscissa = abscissae[index]
      let (low, high) = (min(lower[index], upper[index]), max(lower[index], upper[index]))
      guard AxisScale.canShow(abscissa, on: x.spacing), AxisScale.canShow(low, on: y.spacing),
        AxisScale.canShow(high, on: y.spacing)
      else { continue }
      let span = Span(across: x.position(abscissa), lower: y.position(low), upper: y.position(high))
      // A cell's number lies between −count and 2·count.
      let ends = cell(span.lower, of: rows) * 4 * rows + cell(span.upper, of: rows)
      let pixels = cell(span.across, of: columns) * 16 * rows * rows + ends
      if seen.insert(pixels).inserted { spans.append(span) }
    }
    return spans
  }

  /// What of some spans lies in the picture.
  private static func clipped(_ spans: [Span]) -> [Span] {
    spans.compactMap { span in
      guard (0...1).contains(span.across), span.upper >= 0, span.lower <= 1 else { return nil }
      return Span(across: span.across, lower: max(0, span.lower), upper: min(1, span.upper))
    }
  }
}
