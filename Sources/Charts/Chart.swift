/// A chart, however it is drawn: axes, series and reference lines.
///
/// ``svg`` and ``terminalText(_:)`` draw it. Values that are not finite or beyond 1e±300 are gaps. A
/// logarithmic axis omits values that are not positive, and the picture reports how many.
public struct Chart: Sendable {
  /// The title, in one line.
  public var title: String

  /// The horizontal axis.
  public var x: ChartAxis

  /// The vertical axis.
  public var y: ChartAxis

  /// The series, drawn in order with bands below everything else; without any the picture says "no data".
  public var series: [ChartSeries]

  /// The reference lines.
  public var references: [ChartReference]

  /// Creates a chart.
  public init(
    title: String, x: ChartAxis, y: ChartAxis, series: [ChartSeries],
    references: [ChartReference] = []
  ) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
    self.references = references
  }

  /// The chart as an SVG file.
  ///
  /// The background is transparent; colours are legible on light and dark ones and follow the viewer's
  /// preference. The legend stands above the plot. Equal charts give equal bytes; coordinates have two
  /// decimals. Takes O(points) time; the size depends on the picture's width only.
  public var svg: String { SVGPicture(of: self).text }

  /// Draws the chart as lines of characters for a terminal, none wider than the style's columns.
  ///
  /// Lines are made of braille dots; with several series, letters along them refer to the legend, so that
  /// no colour is needed. In ASCII each series has its own character.
  public func terminalText(_ style: TerminalStyle = .init()) -> String {
    TerminalPicture(of: self, style: style).text
  }
}

/// An axis of a chart: label, unit and spacing.
public struct ChartAxis: Sendable {
  /// How values are spaced along an axis.
  public enum Spacing: Sendable {
    /// Equal differences have equal lengths.
    case linear

    /// Equal ratios have equal lengths; only positive values can be shown.
    case logarithmic
  }

  /// What the axis shows.
  public var label: String

  /// The unit of the values; nil for pure numbers.
  public var unit: String?

  /// How values are spaced.
  public var spacing: Spacing

  /// The lower end, beyond which values are cut off; nil to follow the data.
  public var lowest: Double?

  /// The upper end, beyond which values are cut off; nil to follow the data.
  public var highest: Double?

  /// Creates an axis.
  public init(
    _ label: String, unit: String? = nil, spacing: Spacing = .linear, lowest: Double? = nil,
    highest: Double? = nil
  ) {
    self.label = label
    self.unit = unit
    self.spacing = spacing
    self.lowest = lowest
    self.highest = highest
  }

  /// The label with the unit and the power of ten omitted from the tick labels.
  func caption(powerOfTen: Int) -> String {
    let power = powerOfTen == 0 ? nil : "×10" + superscript(powerOfTen)
    let notes = [unit, power].compactMap { $0 }
    return notes.isEmpty ? label : "\(label) (\(notes.joined(separator: ", ")))"
  }
}

/// A line across the whole picture, named in the legend.
public struct ChartReference: Sendable {
  /// The position of a reference line.
  public enum Place: Sendable {
    /// A vertical line at a value of the x axis.
    case vertical(Double)

    /// A horizontal line at a value of the y axis.
    case horizontal(Double)

    /// The line y = x, on axes of one spacing.
    case diagonal
  }

  /// What the line marks.
  public var name: String

  /// The position.
  public var place: Place

  /// Creates a reference line.
  public init(_ name: String, at place: Place) {
    self.name = name
    self.place = place
  }
}
