/// A chart laid out for a picture's columns and rows, ready to draw.
struct PlacedChart {
  let xTicks: AxisTicks
  let yTicks: AxisTicks

  let series: [PlacedSeries]

  /// The ends of the reference lines in the chart's order; nil for those outside the picture.
  let references: [(start: PlacedPoint, end: PlacedPoint)?]

  /// The number of points omitted by a logarithmic axis.
  let leftOut: Int

  let isEmpty: Bool

  init(_ chart: Chart, columns: Int, rows: Int, mostTicks: (x: Int, y: Int)) {
    var survey = Survey(x: chart.x.spacing, y: chart.y.spacing)
    for series in chart.series { survey.look(at: series) }
    isEmpty = survey.isEmpty
    for reference in chart.references { survey.look(at: reference) }
    leftOut = survey.leftOut
    let x = AxisScale(chart.x, covering: survey.x, margin: 0.02)
    let y = AxisScale(chart.y, covering: survey.y, margin: 0.05)
    xTicks = AxisTicks(of: x, most: mostTicks.x)
    yTicks = AxisTicks(of: y, most: mostTicks.y)
    series = chart.series.map { PlacedSeries($0, x: x, y: y, columns: columns, rows: rows) }
    references = chart.references.map { reference in
      func place(_ value: Double, _ scale: AxisScale) -> Double? {
        guard AxisScale.canShow(value, on: scale.spacing) else { return nil }
        let position = scale.position(value)
        return (0...1).contains(position) ? position : nil
      }
      switch reference.place {
      case .vertical(let value):
        return place(value, x).map {
          (PlacedPoint(across: $0, up: 1), PlacedPoint(across: $0, up: 0))
        }
      case .horizontal(let value):
        return place(value, y).map {
          (PlacedPoint(across: 0, up: $0), PlacedPoint(across: 1, up: $0))
        }
      case .diagonal:
        func point(_ coordinate: Double) -> PlacedPoint {
          PlacedPoint(across: x.place(coordinate), up: y.place(coordinate))
        }
        return PlacedPoint.clipped(from: point(x.lower), to: point(x.upper))
      }
    }
  }

  var note: String? {
    guard leftOut > 0 else { return nil }
    return leftOut == 1
      ? "1 point that is not positive is left out"
      : "\(leftOut) points that are not positive are left out"
  }
}

/// A legend entry for a series or a reference line.
struct LegendEntry {
  enum Sample {
    case series(ChartSeries.Mark)
    case reference(ChartReference.Place)
  }

  let name: String
  let sample: Sample

  /// The 0-based index among the series, or among the reference lines.
  let index: Int
}

extension Chart {
  /// The named series, then the named reference lines.
  var legend: [LegendEntry] {
    let entries =
      series.enumerated().map {
        LegendEntry(name: $1.name, sample: .series($1.mark), index: $0)
      }
      + references.enumerated().map {
        LegendEntry(name: $1.name, sample: .reference($1.place), index: $0)
      }
    return entries.filter { !$0.name.isEmpty }
  }
}

private struct Survey {
  private let xSpacing: ChartAxis.Spacing
  private let ySpacing: ChartAxis.Spacing
  private var (left, right) = (Double.infinity, -Double.infinity)
  private var (bottom, top) = (Double.infinity, -Double.infinity)
  private(set) var leftOut = 0

  init(x: ChartAxis.Spacing, y: ChartAxis.Spacing) { (xSpacing, ySpacing) = (x, y) }

  var x: ClosedRange<Double>? { left <= right ? left...right : nil }
  var y: ClosedRange<Double>? { bottom <= top ? bottom...top : nil }
  var isEmpty: Bool { x == nil }

  mutating func look(at series: ChartSeries) {
    let (lower, upper) = series.mark.bounds
    for index in lower.indices {
      let (abscissa, low, high) = (series.abscissae[index], lower[index], upper[index])
      if AxisScale.canShow(abscissa, on: xSpacing), AxisScale.canShow(low, on: ySpacing),
        AxisScale.canShow(high, on: ySpacing)
      {
        if abscissa < left { left = abscissa }
        if abscissa > right { right = abscissa }
        bottom = min(bottom, low, high)
        top = max(top, low, high)
      } else if abscissa.isFinite, low.isFinite, high.isFinite,
        AxisScale.isLeftOut(abscissa, on: xSpacing) || AxisScale.isLeftOut(low, on: ySpacing)
          || AxisScale.isLeftOut(high, on: ySpacing)
      {
        leftOut += 1
      }
    }
  }

  mutating func look(at reference: ChartReference) {
    switch reference.place {
    case .vertical(let value):
      guard AxisScale.canShow(value, on: xSpacing) else { return }
      left = min(left, value)
      right = max(right, value)
    case .horizontal(let value):
      guard AxisScale.canShow(value, on: ySpacing) else { return }
      bottom = min(bottom, value)
      top = max(top, value)
    case .diagonal: break
    }
  }
}
