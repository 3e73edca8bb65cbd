enum SVGStyle {
  static let fontSize = 13.0
  static let titleSize = 16.0

  /// The rules for a number of series and reference lines; the root's class confines them to this picture.
  static func sheet(series: Int, references: Int) -> String {
    let common = """
      .chart text{font:\(Int(fontSize))px system-ui,"DejaVu Sans",sans-serif}
      .chart .heading{font-size:\(Int(titleSize))px;font-weight:600}
      .chart .ink{fill:\(SVGPalette.ink.unknown)}
      .chart .rule{stroke:\(SVGPalette.ink.unknown);fill:none}
      .chart .grid{stroke-opacity:.22}
      .chart .faint{stroke-opacity:.1}
      .chart .centre{text-anchor:middle}
      .chart .end{text-anchor:end}
      .chart .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
      .chart .bar{fill:none;stroke-width:2}
      .chart .stem{fill:none;stroke-width:1.5;stroke-opacity:.25}
      .chart .dot{fill:none;stroke-width:6;stroke-linecap:round}
      .chart .area{fill-opacity:.2;stroke:none}
      """
    let colours = (0..<series).map { index in
      let colour = SVGPalette.colour(of: index)
      let dashes = SVGPalette.dashes(of: index).map {
        "\n.chart .line.s\(index){stroke-dasharray:\($0)}"
      }
      return ".chart .s\(index){stroke:\(colour);fill:\(colour)}" + (dashes ?? "")
    }
    let dashes = (0..<references).map {
      ".chart .r\($0){stroke-dasharray:\(SVGPalette.referenceDashes(of: $0))}"
    }
    let schemes = [("light", SVGPalette.ink.light), ("dark", SVGPalette.ink.dark)].map {
      "@media (prefers-color-scheme:\($0)){.chart .ink{fill:\($1)}.chart .rule{stroke:\($1)}}"
    }
    // A mark's fill and stroke rules override its colour.
    let rules = colours + [common] + dashes + schemes
    return "<style>\n\(rules.joined(separator: "\n"))\n</style>"
  }
}

/// The colours of an SVG picture, legible on white and near-black, since the background is transparent.
enum SVGPalette {
  static let series: [String] = [
    "#2f80d0", "#d9660f", "#2a9654", "#cf4b8b", "#8f68d8", "#8a8413", "#14919f", "#d6483f",
  ]

  /// The ink of texts and axes on an unknown, a light and a dark background.
  static let ink = (unknown: "#7a8089", light: "#3d444d", dark: "#c3cad3")

  /// The dashes of a series; none for the first use of each colour.
  static func dashes(of index: Int) -> String? {
    let patterns: [String] = ["7 4", "2 4", "10 3 2 3"]
    let round = index / series.count
    return round == 0 ? nil : patterns[(round - 1) % patterns.count]
  }

  static func referenceDashes(of index: Int) -> String {
    let patterns: [String] = ["5 4", "1.5 3.5", "9 3 1.5 3"]
    return patterns[index % patterns.count]
  }

  static func colour(of index: Int) -> String { series[index % series.count] }
}
