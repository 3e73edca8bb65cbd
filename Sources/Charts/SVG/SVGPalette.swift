/// The colours of an SVG picture, which has no background of its own.
///
/// All of them can be read on white and on near-black, since a viewer need not say which it has. Where
/// it does, the ink of texts and axes follows.
enum SVGPalette {
  /// The colours of series, in their order.
  static let series: [String] = [
    "#2f80d0", "#d9660f", "#2a9654", "#cf4b8b", "#8f68d8", "#8a8413", "#14919f", "#d6483f",
  ]

  /// Texts and axes on an unknown background, on a light and on a dark one.
  static let ink = (unknown: "#7a8089", light: "#3d444d", dark: "#c3cad3")

  /// The dashes of a series: none for the first of each colour.
  static func dashes(of index: Int) -> String? {
    let patterns: [String] = ["7 4", "2 4", "10 3 2 3"]
    let round = index / series.count
    return round == 0 ? nil : patterns[(round - 1) % patterns.count]
  }

  /// The dashes of a reference line.
  static func referenceDashes(of index: Int) -> String {
    let patterns: [String] = ["5 4", "1.5 3.5", "9 3 1.5 3"]
    return patterns[index % patterns.count]
  }

  /// The colour of a series.
  static func colour(of index: Int) -> String { series[index % series.count] }
}
