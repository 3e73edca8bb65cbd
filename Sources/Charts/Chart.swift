/// What a picture is to show, whichever way it is drawn: axes, series and reference lines.
///
/// ``svg`` and ``terminalText(_:)`` draw it. Values that are not finite, or beyond 1e±300, are gaps.
/// What is not positive cannot be shown on a logarithmic axis; it is left out, and the picture says how
/// many points that are.
public struct Chart: Sendable {
  /// What the picture shows, in one line.
  public var title: String

  /// The axis from left to right.
  public var x: ChartAxis

  /// The axis from bottom to top.
  public var y: ChartAxis

  /// What is drawn, the first undermost; bands lie below everything else.
  public var series: [ChartSeries]

  /// Lines across the whole picture.
  public var references: [ChartReference]

  /// A chart.
  ///
  /// - Parameters:
  ///   - title: what the picture shows, in one line.
  ///   - x: the axis from left to right.
  ///   - y: the axis from bottom to top.
  ///   - series: what is drawn; none makes an empty picture that says so.
  ///   - references: lines across the whole picture.
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
}
