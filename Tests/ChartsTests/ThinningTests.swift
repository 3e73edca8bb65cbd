import TestSupport
import Testing

@testable import Charts

@Suite struct ThinningTests {
  static let axis = ChartAxis("")

  static func placed(_ series: ChartSeries, columns: Int = 100) -> PlacedChart {
    PlacedChart(
      Chart(title: "", x: axis, y: axis, series: [series]), columns: columns, rows: 50,
      mostTicks: (6, 6))
  }

  static func chains(_ series: ChartSeries, columns: Int = 100) -> [[PlacedPoint]] {
    guard case .lines(let chains) = placed(series, columns: columns).series[0] else { return [] }
    return chains
  }

  /// The least and greatest height that a line has within each column, by following every segment.
  static func heights(_ chain: [PlacedPoint], columns: Int) -> [ClosedRange<Double>?] {
    var heights = [ClosedRange<Double>?](repeating: nil, count: columns)
    func cover(_ column: Int, _ first: Double, _ second: Double) {
      let (low, high) = (min(first, second), max(first, second))
      let before = heights[column] ?? low...high
      heights[column] = min(low, before.lowerBound)...max(high, before.upperBound)
    }
    for (start, end) in zip(chain, chain.dropFirst()) {
      func up(_ across: Double) -> Double {
        start.up + (across - start.across) / (end.across - start.across) * (end.up - start.up)
      }
      let first = min(columns - 1, Int(start.across * Double(columns)))
      let last = min(columns - 1, Int(end.across * Double(columns)))
      for column in first...last {
        let left = max(start.across, Double(column) / Double(columns))
        let right = min(end.across, Double(column + 1) / Double(columns))
        if end.across > start.across {
          cover(column, column == first ? start.up : up(left), column == last ? end.up : up(right))
        } else {
          cover(column, start.up, end.up)
        }
      }
    }
    return heights
  }

  /// The thinned line covers the same pixels as the whole one.
  @Test(arguments: [50, 1000, 30_000], [7, 100])
  func coversTheSame(_ count: Int, _ columns: Int) {
    var generator = SplitMix64(seed: UInt64(count + columns))
    var level = 0.0
    let values = (0..<count).map { _ in
      level += Double.random(in: -1...1, using: &generator)
      return level
    }
    let series = ChartSeries("", x: .evenly(first: 1, spacing: 1), .line(values))
    let x = AxisScale(Self.axis, covering: 1...Double(count), margin: 0.02)
    let y = AxisScale(Self.axis, covering: values.min()!...values.max()!, margin: 0.05)
    let whole = values.enumerated().map {
      PlacedPoint(across: x.position(Double($0.offset + 1)), up: y.position($0.element))
    }
    let thinned = Self.chains(series, columns: columns)
    #expect(thinned.count == 1 && thinned[0].count <= min(count, 4 * columns))
    let (expected, found) = (
      Self.heights(whole, columns: columns), Self.heights(thinned[0], columns: columns)
    )
    for (expected, found) in zip(expected, found) {
      #expect((expected == nil) == (found == nil))
      guard let expected, let found else { continue }
      #expect(abs(expected.lowerBound - found.lowerBound) < 1e-9)
      #expect(abs(expected.upperBound - found.upperBound) < 1e-9)
    }
  }

  /// One peak among a million steps survives, whether the values are held or streamed.
  @Test(arguments: sampled([0, 1, 123_456, 999_998, 999_999]))
  func peaksSurvive(_ peak: Int) {
    let count = 1_000_000
    func value(_ index: Int) -> Double { index == peak ? 1 : 0 }
    let held = ChartSeries("", x: .evenly(first: 1, spacing: 1), .line((0..<count).map(value)))
    let streamed = ChartSeries(line: "", count: count) { $0.map(value) }
    #expect(streamed.count <= 4 * ChartSeries.lineCells)
    let places = [held, streamed].map { series in
      Self.chains(series, columns: 600)[0].max { $0.up < $1.up }
    }
    #expect(places[0] == places[1])
  }

  /// A streamed line is the held one, cut into the same stretches in order.
  @Test(arguments: [1, 5, 16_384, 16_385, 100_003])
  func streamedLines(_ count: Int) {
    var asked = 0
    let series = ChartSeries(line: "", count: count, first: 0, spacing: 2) { range in
      #expect(range.lowerBound == asked)
      asked = range.upperBound
      return range.map { Double($0) * 3 }
    }
    #expect(asked == count)
    let (values, _) = series.mark.bounds
    for index in values.indices { #expect(series.abscissae[index] * 1.5 == values[index]) }
    #expect(values.first == 0 && values.last == Double(count - 1) * 3)
  }

  @Test func gapsBreakLines() {
    let values: [Double] = [1, 2, .nan, 3, 4, .infinity, 5, -.infinity, .nan, 6, 7]
    let series = ChartSeries("", x: .evenly(first: 0, spacing: 1), .line(values))
    #expect(Self.chains(series).map(\.count) == [2, 2, 1, 2])
    let stairs = ChartSeries("", x: .evenly(first: 0, spacing: 1), .steps(values))
    #expect(Self.chains(stairs).map(\.count) == [3, 3, 1, 3])
  }

  /// However many gaps there are, the picture stays as small as its columns.
  @Test func manyGaps() {
    let values = (0..<200_000).map { $0 % 2 == 0 ? Double($0) : .nan }
    let series = ChartSeries("", x: .evenly(first: 0, spacing: 1), .line(values))
    let chains = Self.chains(series, columns: 100)
    #expect(chains.count == 1 || chains.count <= 100)
    #expect(chains.map(\.count).reduce(0, +) <= 400)
  }

  /// Lines go from left to right whatever the order of the points; of equal abscissae it is kept.
  @Test func pointsAreSorted() {
    let series = ChartSeries("", x: .values([3, 1, 2, .nan, 2]), .line([30, 10, 20, 0, 21]))
    guard case .line(let values) = series.mark else { return }
    #expect(values == [10, 20, 21, 30])
    let points = ChartSeries("", x: .values([3, 1]), .points([30, 10]))
    guard case .points(let kept) = points.mark else { return }
    #expect(kept == [30, 10])
  }

  @Test func dotsOnTheSamePixelAreOne() {
    let count = 300_000
    let series = ChartSeries(
      "", x: .evenly(first: 0, spacing: 1), .points((0..<count).map { Double($0 % 7) }))
    guard case .dots(let dots) = Self.placed(series).series[0] else { return }
    #expect(dots.count <= 100 * 7)
  }

  /// Of the points that a logarithmic axis has no place for, the picture says how many there are.
  @Test func leftOutPointsAreCounted() {
    let logarithmic = ChartAxis("", spacing: .logarithmic)
    let series = ChartSeries("", x: .values([0, 1, 2, 3, 4]), .points([1, -1, 0, .nan, 5]))
    let chart = Chart(title: "", x: logarithmic, y: logarithmic, series: [series])
    let placed = PlacedChart(chart, columns: 10, rows: 10, mostTicks: (6, 6))
    #expect(placed.leftOut == 3)
    #expect(chart.svg.contains("3 points that are not positive are left out"))
    #expect(chart.terminalText().contains("3 points that are not positive are left out"))
  }

  /// The part of a line in the picture, against walking along it.
  @Test func clipping() {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<3000 {
      let ends = (0..<2).map { _ in
        PlacedPoint(
          across: .random(in: -1...2, using: &generator), up: .random(in: -1...2, using: &generator)
        )
      }
      let inside = (0...2000).map { Double($0) / 2000 }.filter { part in
        PlacedPoint(
          across: ends[0].across + part * (ends[1].across - ends[0].across),
          up: ends[0].up + part * (ends[1].up - ends[0].up)
        ).isInside
      }
      guard let piece = PlacedPoint.clipped(from: ends[0], to: ends[1]) else {
        #expect(inside.isEmpty)
        continue
      }
      #expect(piece.start.isInside && piece.end.isInside)
      guard let first = inside.first, let last = inside.last else { continue }
      let (start, end) = (
        ends[0].across + first * (ends[1].across - ends[0].across),
        ends[0].across + last * (ends[1].across - ends[0].across)
      )
      #expect(abs(piece.start.across - start) < 2e-3 && abs(piece.end.across - end) < 2e-3)
    }
  }

  /// A chain without its straight runs passes every point within the rounding of coordinates.
  @Test(arguments: 0..<20)
  func straightRuns(_ seed: Int) {
    var generator = SplitMix64(seed: UInt64(seed))
    var y = 100.0
    var slope = 0.0
    let points = (0..<400).map { index -> (x: Double, y: Double) in
      if index % 40 == 0 { slope = .random(in: -2...2, using: &generator) }
      y += slope + .random(in: -0.001...0.001, using: &generator)
      // Some upright strokes among them.
      return (Double(index / (index % 7 == 0 ? 2 : 1)), y)
    }.sorted { $0.x < $1.x }
    let kept = withoutStraightRuns(points)
    #expect(kept.count < points.count && kept.first! == points[0] && kept.last! == points[399])
    for point in points {
      let passes = zip(kept, kept.dropFirst()).contains { start, end in
        guard start.x <= point.x, point.x <= end.x else { return false }
        if start.x == end.x {
          return min(start.y, end.y) - 0.0101 <= point.y && point.y <= max(start.y, end.y) + 0.0101
        }
        let part = (point.x - start.x) / (end.x - start.x)
        return abs(start.y + part * (end.y - start.y) - point.y) < 0.0101
      }
      #expect(passes, "\(point)")
    }
  }

  @Test func straightRunsOfFewPoints() {
    let line = (0...1000).map { (x: Double($0), y: 3 * Double($0)) }
    #expect(withoutStraightRuns(line).count == 2)
    #expect(withoutStraightRuns([]).isEmpty)
    #expect(withoutStraightRuns([(1, 1)]).count == 1)
    let upright: [(x: Double, y: Double)] = [(0, 0), (0, 5), (0, 2), (1, 2), (0, 2)]
    #expect(withoutStraightRuns(upright).count == 5)
  }

  /// A band keeps its ends, its peaks and its gaps, however many points it has.
  @Test(arguments: [3, 20, 100_000])
  func bands(_ count: Int) throws {
    var upper = (0..<count).map { 1 + Double($0) / Double(count) }
    let lower = upper.map { $0 - 1 }
    upper[count / 2] = 9
    let x = Abscissae.evenly(first: 0, spacing: 1 / Double(count - 1))
    let placed = Self.placed(ChartSeries("", x: x, .band(lower: lower, upper: upper)))
    guard case .bands(let bands) = placed.series[0] else { return }
    let spans = try #require(bands.first)
    #expect(bands.count == 1 && spans.count <= 102)
    let scale = AxisScale(Self.axis, covering: 0...1, margin: 0.02)
    #expect(spans.first?.across == scale.position(0) && spans.last?.across == scale.position(1))
    let top = AxisScale(Self.axis, covering: 0...9, margin: 0.05).position(9)
    #expect(spans.map(\.upper).max() == top)
    var broken = upper
    for index in count / 3...count / 2 { broken[index] = .nan }
    let parts = Self.placed(ChartSeries("", x: x, .band(lower: lower, upper: broken)))
    guard case .bands(let pieces) = parts.series[0] else { return }
    #expect(pieces.count == 2)
  }
}
