/// The size and characters of a chart in a terminal.
public struct TerminalStyle: Sendable {
  /// The width of the picture in characters, clamped to ``columnRange``.
  public var columns: Int

  /// The height of the plot in lines, without title, labels and legend, clamped to ``rowRange``.
  public var rows: Int

  /// Whether to use ASCII characters instead of braille dots.
  public var isASCII: Bool

  /// Whether to also distinguish series by colour.
  public var isColoured: Bool

  /// The supported widths.
  public static let columnRange = 40...240

  /// The supported heights.
  public static let rowRange = 4...100

  /// Creates a style, by default with braille dots and without colours.
  public init(columns: Int = 80, rows: Int = 18, isASCII: Bool = false, isColoured: Bool = false) {
    self.columns = columns
    self.rows = rows
    self.isASCII = isASCII
    self.isColoured = isColoured
  }
}

struct TerminalPicture {
  private let chart: Chart
  private let signs: TerminalSigns
  private let placed: PlacedChart

  /// The width of the picture, of the labels beside the plot, and of the plot.
  private let columns: Int
  private let labelColumns: Int
  private let plotColumns: Int
  private let rows: Int

  init(of chart: Chart, style: TerminalStyle) {
    func within(_ value: Int, _ range: ClosedRange<Int>) -> Int {
      min(max(value, range.lowerBound), range.upperBound)
    }
    self.chart = chart
    let signs = TerminalSigns(style: style, seriesCount: chart.series.count)
    self.signs = signs
    columns = within(style.columns, TerminalStyle.columnRange)
    rows = within(style.rows, TerminalStyle.rowRange)
    placed = PlacedChart(
      chart, columns: 2 * columns, rows: 4 * rows,
      mostTicks: (x: max(2, columns / 14), y: max(2, rows / 3)))
    labelColumns = placed.yTicks.labelled.map { signs.shown($0.text).count }.max() ?? 0
    plotColumns = max(10, columns - labelColumns - 2)
  }

  var text: String {
    let caption = signs.shown(
      chart.x.caption(powerOfTen: placed.xTicks.powerOfTen), most: columns)
    var lines = [
      signs.shown(chart.title, most: columns), "",
      signs.shown(chart.y.caption(powerOfTen: placed.yTicks.powerOfTen), most: columns),
    ]
    lines += plot + floor
    lines.append(blanks(labelColumns + 2 + (plotColumns - caption.count) / 2) + caption)
    let legend = legend
    if !legend.isEmpty { lines += [""] + legend }
    if let note = placed.note { lines.append(signs.shown(note, most: columns)) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

  // MARK: - Plot

  private var canvas: DotCanvas {
    var canvas = DotCanvas(columns: plotColumns, rows: rows, isASCII: signs.style.isASCII)
    let series = Array(placed.series.enumerated())
    for (index, series) in series where series.isArea {
      canvas.draw(series, index: index, signs: signs)
    }
    for (index, ends) in placed.references.enumerated() {
      let sign = signs.reference(chart.references[index].place, index: index)
      if let ends { canvas.draw(from: ends.start, to: ends.end, sign: sign) }
    }
    for (index, series) in series where !series.isArea {
      canvas.draw(series, index: index, signs: signs)
    }
    for (index, series) in series { canvas.label(series, index: index, signs: signs) }
    return canvas
  }

  private var plot: [String] {
    let canvas = canvas
    var labels = [String](repeating: "", count: rows)
    for tick in placed.yTicks.labelled {
      labels[canvas.cell(PlacedPoint(across: 0, up: tick.position)).row] = signs.shown(tick.text)
    }
    let message = "no data"
    return (0..<rows).map { row in
      let label = labels[row]
      let bar = signs.axis(isLabelled: !label.isEmpty)
      let margin = "\(blanks(labelColumns - label.count))\(label) \(bar)"
      guard placed.isEmpty, row == rows / 2 else { return margin + line(canvas.cells[row]) }
      return margin + blanks((plotColumns - message.count) / 2) + message
    }
  }

  /// One line of the plot, coloured run by run.
  private func line(_ cells: [DotCanvas.Cell]) -> String {
    let used = (cells.lastIndex { !$0.isBlank } ?? -1) + 1
    var parts: [(text: String, series: Int?)] = []
    for cell in cells[..<used] {
      if let last = parts.last, last.series == cell.series || cell.isBlank {
        parts[parts.count - 1].text.append(cell.shown)
      } else {
        parts.append((String(cell.shown), cell.series))
      }
    }
    return parts.map { signs.coloured($0.text, series: $0.series) }.joined()
  }

  /// The x axis and as many of its labels as do not overlap.
  private var floor: [String] {
    let canvas = DotCanvas(columns: plotColumns, rows: 1, isASCII: signs.style.isASCII)
    let pieces = signs.floor
    var axis = [Character](repeating: pieces.line, count: plotColumns)
    var labels = ""
    for tick in placed.xTicks.labelled {
      let column = canvas.cell(PlacedPoint(across: tick.position, up: 0)).column
      axis[column] = pieces.tick
      let text = signs.shown(tick.text)
      let start = min(labelColumns + 2 + column - text.count / 2, columns - text.count)
      guard labels.isEmpty || start > labels.count else { continue }
      labels += blanks(start - labels.count) + text
    }
    return [blanks(labelColumns + 1) + String(pieces.corner) + String(axis), labels]
  }

  // MARK: - Legend

  private var legend: [String] {
    var lines: [String] = []
    var width = 0
    for entry in chart.legend {
      let (sample, series): (String, Int?) =
        switch entry.sample {
        case .series(let mark): (signs.sample(of: mark, index: entry.index), entry.index)
        case .reference(let place): (String(signs.reference(place, index: entry.index)), nil)
        }
      let name = signs.shown(entry.name, most: columns - sample.count - 1)
      let needed = sample.count + 1 + name.count
      let text = "\(signs.coloured(sample, series: series)) \(name)"
      if lines.isEmpty || width + 3 + needed > columns {
        lines.append(text)
        width = needed
      } else {
        lines[lines.count - 1] += blanks(3) + text
        width += 3 + needed
      }
    }
    return lines
  }
}
