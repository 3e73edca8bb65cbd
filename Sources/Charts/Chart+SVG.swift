extension Chart {
  /// The chart as an SVG file.
  ///
  /// The background is transparent; colours can be read on light and on dark ones, and follow the
  /// viewer's preference where it has one. The legend stands above the plot. The same chart always makes
  /// the same bytes; coordinates have two decimals.
  ///
  /// - Complexity: O(points) time; the text is no longer than the picture is wide.
  public var svg: String { SVGPicture(of: self).text }
}
