/// What a picture shows, whichever way it is drawn: axes, series and reference lines.
///
/// ``svg`` and ``terminalText(_:)`` draw it. Values that are not finite, or beyond 1e±300, are gaps.
/// A logarithmic axis cannot show what is not positive; the picture leaves it out and says how many points
/// are missing.
public struct Chart: Sendable {
  /// What the picture shows, in one line.
  public var title: String

  /// The axis from left to right.
  public var x: ChartAxis

  /// The axis from bottom to top.
  public var y: ChartAxis

  /// The series to draw, the first undermost; bands lie below everything else.
  ///
  /// Without any, the picture says that it is empty.
  public var series: [ChartSeries]

  /// Lines across the whole picture.
  public var references: [ChartReference]

  /// A chart of series over two axes.
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
  /// The background is transparent; colours can be read on light and on dark ones, and follow the
  /// viewer's preference where it has one. The legend stands above the plot. The same chart always makes
  /// the same bytes; coordinates have two decimals.
  ///
  /// - Complexity: O(points) time; the text is no longer than the picture is wide.
  public var svg: String { SVGPicture(of: self).text }

  /// Draws the chart as lines of characters for a terminal, none wider than the style's columns.
  ///
  /// Lines are made of braille dots; where there are several series, letters along them refer to the
  /// legend below, so that no colour is needed. In ASCII each series has its own character.
  ///
  /// - Complexity: O(points).
  public func terminalText(_ style: TerminalStyle = .init()) -> String {
    TerminalPicture(of: self, style: style).text
  }
}

/// One axis of a chart: what it shows, in which unit, and how values lie along it.
public struct ChartAxis: Sendable {
  /// How values lie along an axis.
  public enum Spacing: Sendable {
    /// Equal differences are equally far apart.
    case linear

    /// Equal ratios are equally far apart; only positive values can be shown.
    case logarithmic
  }

  /// What the axis shows.
  public var label: String

  /// The unit of its values; nil for pure numbers.
  public var unit: String?

  /// How values lie along it.
  public var spacing: Spacing

  /// The value at the lower end, below which all is cut off; nil to follow the data.
  public var lowest: Double?

  /// The value at the upper end, above which all is cut off; nil to follow the data.
  public var highest: Double?

  /// An axis with a label.
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

  /// The label with the unit and the power of ten that the tick labels leave out.
  func caption(powerOfTen: Int) -> String {
    let power = powerOfTen == 0 ? nil : "×10" + superscript(powerOfTen)
    let notes = [unit, power].compactMap { $0 }
    return notes.isEmpty ? label : "\(label) (\(notes.joined(separator: ", ")))"
  }
}

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
  public init(_ name: String, at place: Place) {
    self.name = name
    self.place = place
  }
}
