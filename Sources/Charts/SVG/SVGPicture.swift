/// A chart as an SVG picture of fixed width; the legend's rows add to the height.
struct SVGPicture {
  private static let width = 760.0
  private static let plotHeight = 330.0

  /// The margins around the plot and its tick labels.
  private static let besideLabels = 40.0
  private static let right = 32.0
  private static let below = 56.0

  private static let noteHeight = 20.0

  private static let titleLine = 24.0
  private static let legendTop = 44.0

  private let chart: Chart
  private let placed: PlacedChart
  private let legend: SVGLegend

  /// The plot's left and top edges and its width.
  private let left: Double
  private let top: Double
  private let plotWidth: Double

  init(of chart: Chart) {
    self.chart = chart
    // The tick labels' width decides the plot's width, which is slightly less than the picture's.
    placed = PlacedChart(
      chart, columns: Int(Self.width), rows: Int(Self.plotHeight), mostTicks: (x: 7, y: 8))
    let labels = placed.yTicks.labelled.map {
      SVGText.width($0.text, fontSize: SVGStyle.fontSize)
    }
    left = Self.besideLabels + (labels.max() ?? 0)
    plotWidth = Self.width - left - Self.right
    legend = SVGLegend(of: chart, width: plotWidth)
    top = Self.legendTop + Double(legend.rows) * SVGLegend.rowHeight
  }

  private var bottom: Double { top + Self.plotHeight }
  private var end: Double { left + plotWidth }

  var text: String {
    let (width, height) = (
      SVGText.coordinate(Self.width),
      SVGText.coordinate(bottom + Self.below + (placed.note == nil ? 0 : Self.noteHeight))
    )
    let title = SVGText.escaped(chart.title)
    let heading = clipped(
      chart.title,
      most: SVGText.characters(in: Self.width - 24, fontSize: SVGStyle.titleSize))
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" class="chart" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img" aria-label="\(title)">
      <title>\(title)</title>
      \(SVGStyle.sheet(series: chart.series.count, references: chart.references.count))

      """
    svg += SVGText.element(heading, x: 12, y: Self.titleLine, kind: "ink heading")
    svg += legend.text(left: left, top: Self.legendTop)
    svg += axes
    for (index, series) in placed.series.enumerated() {
      if series.isArea { svg += marks(series, index) }
      if case .estimates(_, let ranges) = series { svg += stems(ranges, index) }
    }
    for (index, ends) in placed.references.enumerated() {
      guard let ends else { continue }
      svg += SVGPath.element("rule r\(index)", SVGPath.chain([place(ends.start), place(ends.end)]))
    }
    for (index, series) in placed.series.enumerated() where !series.isArea {
      svg += marks(series, index)
    }
    if placed.isEmpty {
      svg += SVGText.element(
        "no data", x: left + plotWidth / 2, y: top + Self.plotHeight / 2, kind: "ink centre")
    }
    return svg + "</svg>\n"
  }

  // MARK: - Axes

  private var axes: String {
    let (xTicks, yTicks) = (placed.xTicks, placed.yTicks)
    let faint =
      xTicks.minor.map { SVGPath.line(x($0), top, x($0), bottom) }
      + yTicks.minor.map { SVGPath.line(left, y($0), end, y($0)) }
    let grid =
      xTicks.labelled.map { SVGPath.line(x($0.position), top, x($0.position), bottom + 5) }
      + yTicks.labelled.map { SVGPath.line(left - 5, y($0.position), end, y($0.position)) }
    var svg = SVGPath.element("rule faint", faint.joined())
    svg += SVGPath.element("rule grid", grid.joined())
    svg += SVGPath.element("rule", SVGPath.chain([(left, top), (left, bottom), (end, bottom)]))
    for tick in labelsWithRoom {
      svg += SVGText.element(tick.text, x: x(tick.position), y: bottom + 19, kind: "ink centre")
    }
    for tick in yTicks.labelled {
      svg += SVGText.element(tick.text, x: left - 9, y: y(tick.position) + 4.5, kind: "ink end")
    }
    svg += SVGText.element(
      caption(chart.x, xTicks, within: plotWidth), x: left + plotWidth / 2, y: bottom + 42,
      kind: "ink centre")
    svg += SVGText.upwards(
      caption(chart.y, yTicks, within: Self.plotHeight), x: 18, y: top + Self.plotHeight / 2,
      kind: "ink centre")
    guard let note = placed.note else { return svg }
    return svg
      + SVGText.element(
        note, x: end, y: bottom + 42 + Self.noteHeight, kind: "ink end")
  }

  /// The x ticks whose labels do not overlap.
  private var labelsWithRoom: [AxisTicks.Tick] {
    var taken = -Double.infinity
    return placed.xTicks.labelled.filter { tick in
      let half = SVGText.width(tick.text, fontSize: SVGStyle.fontSize) / 2
      guard x(tick.position) - half > taken else { return false }
      taken = x(tick.position) + half
      return true
    }
  }

  private func caption(_ axis: ChartAxis, _ ticks: AxisTicks, within width: Double) -> String {
    clipped(
      axis.caption(powerOfTen: ticks.powerOfTen),
      most: SVGText.characters(in: width, fontSize: SVGStyle.fontSize))
  }

  // MARK: - Marks

  private func marks(_ series: PlacedSeries, _ index: Int) -> String {
    func path(_ kind: String, _ pieces: [String]) -> String {
      SVGPath.element("s\(index) \(kind)", pieces.joined())
    }
    switch series {
    case .lines(let chains):
      return path("line", chains.filter { $0.count > 1 }.map { SVGPath.chain($0.map(place)) })
        + path("dot", chains.filter { $0.count == 1 }.map { dot($0[0]) })
    case .dots(let points), .estimates(let points, _): return path("dot", points.map(dot))
    case .intervals(let spans):
      return path(
        "bar", spans.map { SVGPath.bar(at: x($0.across), from: y($0.upper), to: y($0.lower)) })
    case .bands(let bands):
      return path(
        "area",
        bands.map { spans in
          let edge =
            spans.map { (x: x($0.across), y: y($0.upper)) }
            + spans.reversed().map { (x: x($0.across), y: y($0.lower)) }
          return SVGPath.chain(edge) + "Z"
        })
    }
  }

  /// The ranges behind dots.
  private func stems(_ ranges: [PlacedSeries.Span], _ index: Int) -> String {
    let lines = ranges.map { SVGPath.line(x($0.across), y($0.upper), x($0.across), y($0.lower)) }
    return SVGPath.element("s\(index) stem", lines.joined())
  }

  private func dot(_ point: PlacedPoint) -> String {
    SVGPath.dot(x(point.across), y(point.up))
  }

  // MARK: - Places

  private func x(_ across: Double) -> Double { left + across * plotWidth }
  private func y(_ up: Double) -> Double { bottom - up * Self.plotHeight }
  private func place(_ point: PlacedPoint) -> (x: Double, y: Double) {
    (x(point.across), y(point.up))
  }
}
