/// The rows of a legend, which stand above the plot so that they never cover data.
struct SVGLegend {
  /// What an entry's sample looks like.
  private enum Sample {
    case series(index: Int, ChartSeries.Mark)
    case reference(index: Int)
  }

  /// A sample and its name, and where they stand.
  private struct Entry {
    let sample: Sample
    let name: String
    let left: Double
    let row: Int
  }

  private let entries: [Entry]

  /// The width of a sample, and of it with the gap to its name.
  private static let sampleWidth = 22.0
  private static let nameStart = 30.0

  /// The gap between two entries.
  private static let gap = 14.0

  static let rowHeight = 20.0

  /// How many rows there are.
  var rows: Int { (entries.last?.row ?? -1) + 1 }

  /// The legend of a chart within a width.
  init(of chart: Chart, width: Double) {
    let samples =
      chart.series.enumerated().map { index, series in
        (sample: Sample.series(index: index, series.mark), name: series.name)
      }
      + chart.references.enumerated().map { index, reference in
        (sample: .reference(index: index), name: reference.name)
      }
    var entries: [Entry] = []
    var (left, row) = (0.0, 0)
    for (sample, full) in samples where !full.isEmpty {
      let name = clipped(full, most: 60)
      let needed = Self.nameStart + SVGText.width(name, fontSize: SVGStyle.fontSize)
      if left > 0, left + needed > width { (left, row) = (0, row + 1) }
      entries.append(Entry(sample: sample, name: name, left: left, row: row))
      left += needed + Self.gap
    }
    self.entries = entries
  }

  /// The legend's elements; `top` is the middle of its first row.
  func text(left: Double, top: Double) -> String {
    entries.map { entry in
      let (x, y) = (left + entry.left, top + Double(entry.row) * Self.rowHeight)
      return sample(entry.sample, x, y)
        + SVGText.element(entry.name, x: x + Self.nameStart, y: y + 4.5, kind: "ink")
    }.joined()
  }

  private func sample(_ sample: Sample, _ x: Double, _ y: Double) -> String {
    let (middle, end) = (x + Self.sampleWidth / 2, x + Self.sampleWidth)
    switch sample {
    case .reference(let index):
      return SVGPath.element("rule r\(index)", SVGPath.line(x, y, end, y))
    case .series(let index, .line), .series(let index, .steps):
      return SVGPath.element("s\(index) line", SVGPath.line(x, y, end, y))
    case .series(let index, .points):
      return SVGPath.element("s\(index) dot", SVGPath.dot(middle, y))
    case .series(let index, .intervals):
      return SVGPath.element("s\(index) bar", SVGPath.bar(at: middle, from: y - 6, to: y + 6))
    case .series(let index, .band):
      let corners = [(x: x, y: y - 6), (end, y - 6), (end, y + 6), (x, y + 6)]
      return SVGPath.element("s\(index) area", SVGPath.chain(corners) + "Z")
    }
  }
}
