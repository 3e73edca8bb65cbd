/// A legend above the plot, where it never covers data.
struct SVGLegend {
  private struct Entry {
    let content: LegendEntry
    let name: String
    let left: Double
    let row: Int
  }

  private let entries: [Entry]

  /// The width of a sample, without and with the gap to its name.
  private static let sampleWidth = 22.0
  private static let nameStart = 30.0

  private static let gap = 14.0

  static let rowHeight = 20.0

  var rows: Int { (entries.last?.row ?? -1) + 1 }

  init(of chart: Chart, width: Double) {
    var entries: [Entry] = []
    var (left, row) = (0.0, 0)
    for content in chart.legend {
      let name = clipped(content.name, most: 60)
      let needed = Self.nameStart + SVGText.width(name, fontSize: SVGStyle.fontSize)
      if left > 0, left + needed > width { (left, row) = (0, row + 1) }
      entries.append(Entry(content: content, name: name, left: left, row: row))
      left += needed + Self.gap
    }
    self.entries = entries
  }

  /// The legend's elements; `top` is the middle of the first row.
  func text(left: Double, top: Double) -> String {
    entries.map { entry in
      let (x, y) = (left + entry.left, top + Double(entry.row) * Self.rowHeight)
      return sample(of: entry.content, x, y)
        + SVGText.element(entry.name, x: x + Self.nameStart, y: y + 4.5, kind: "ink")
    }.joined()
  }

  private func sample(of entry: LegendEntry, _ x: Double, _ y: Double) -> String {
    let (middle, end) = (x + Self.sampleWidth / 2, x + Self.sampleWidth)
    let series = "s\(entry.index)"
    switch entry.sample {
    case .reference:
      return SVGPath.element("rule r\(entry.index)", SVGPath.line(x, y, end, y))
    case .series(.line), .series(.steps):
      return SVGPath.element("\(series) line", SVGPath.line(x, y, end, y))
    case .series(.estimates):
      return SVGPath.element("\(series) stem", SVGPath.line(middle, y - 7, middle, y + 7))
        + SVGPath.element("\(series) dot", SVGPath.dot(middle, y))
    case .series(.points): return SVGPath.element("\(series) dot", SVGPath.dot(middle, y))
    case .series(.intervals):
      return SVGPath.element("\(series) bar", SVGPath.bar(at: middle, from: y - 6, to: y + 6))
    case .series(.band):
      let corners = [(x: x, y: y - 6), (end, y - 6), (end, y + 6), (x, y + 6)]
      return SVGPath.element("\(series) area", SVGPath.chain(corners) + "Z")
    }
  }
}
