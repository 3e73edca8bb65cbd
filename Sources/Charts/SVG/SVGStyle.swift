/// The style sheet of an SVG picture.
enum SVGStyle {
  static let fontSize = 13.0
  static let titleSize = 16.0

  /// The rules for a number of series and reference lines; the class of the root keeps them to this picture where it stands
  /// inside a page.
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
    // What a mark says of filling and stroking comes after its colour.
    let rules = colours + [common] + dashes + schemes
    return "<style>\n\(rules.joined(separator: "\n"))\n</style>"
  }
}
