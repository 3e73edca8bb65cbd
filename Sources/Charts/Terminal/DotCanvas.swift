/// A grid of characters on which dots are set: 2 × 4 per braille character, or one per ASCII character.
struct DotCanvas {
  struct Cell {
    var dots: UInt8 = 0

    /// A character shown instead of dots.
    var character: Character?

    /// Its series; nil for reference lines.
    var series: Int?

    var isBlank: Bool { character == nil && dots == 0 }

    var shown: Character {
      if let character { return character }
      return dots == 0 ? " " : Character(Unicode.Scalar(0x2800 + UInt32(dots)) ?? " ")
    }
  }

  let columns: Int
  let rows: Int

  let isASCII: Bool

  private(set) var cells: [[Cell]]

  init(columns: Int, rows: Int, isASCII: Bool) {
    self.columns = columns
    self.rows = rows
    self.isASCII = isASCII
    cells = Array(repeating: Array(repeating: Cell(), count: columns), count: rows)
  }

  /// The number of dots across and down.
  var width: Int { isASCII ? columns : 2 * columns }
  var height: Int { isASCII ? rows : 4 * rows }

  /// The dot at a point of the picture, counted from the left and the top.
  func dot(_ point: PlacedPoint) -> (x: Int, y: Int) {
    let x = Int((point.across * Double(width)).rounded(.down))
    let y = Int(((1 - point.up) * Double(height)).rounded(.down))
    return (min(max(x, 0), width - 1), min(max(y, 0), height - 1))
  }

  /// The character at a point of the picture.
  func cell(_ point: PlacedPoint) -> (column: Int, row: Int) {
    let (x, y) = dot(point)
    return isASCII ? (x, y) : (x / 2, y / 4)
  }

  /// Sets a dot, replacing any character; in ASCII sets `symbol`.
  mutating func set(x: Int, y: Int, symbol: Character, series: Int?) {
    if isASCII {
      cells[y][x] = Cell(character: symbol, series: series)
      return
    }
    // A braille character's eight dots, by column from the top.
    let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    cells[y / 4][x / 2].dots |= bits[x % 2][y % 4]
    cells[y / 4][x / 2].character = nil
    cells[y / 4][x / 2].series = series
  }

  mutating func put(_ character: Character, column: Int, row: Int, series: Int?) {
    cells[row][column].character = character
    cells[row][column].series = series
  }

  /// Draws a straight line (after Bresenham).
  mutating func line(
    from start: PlacedPoint, to end: PlacedPoint, symbol: Character, series: Int?
  ) {
    var (x, y) = dot(start)
    let target = dot(end)
    let (across, down) = (abs(target.x - x), abs(target.y - y))
    let (stepX, stepY) = (x < target.x ? 1 : -1, y < target.y ? 1 : -1)
    var error = across - down
    while true {
      set(x: x, y: y, symbol: symbol, series: series)
      if x == target.x, y == target.y { return }
      let doubled = 2 * error
      if doubled > -down {
        error -= down
        x += stepX
      }
      if doubled < across {
        error += across
        y += stepY
      }
    }
  }
}

extension DotCanvas {
  /// Draws a reference line, one character per column or row.
  mutating func draw(from start: PlacedPoint, to end: PlacedPoint, sign: Character) {
    let (first, last) = (cell(start), cell(end))
    let count = max(abs(last.column - first.column), abs(last.row - first.row), 1)
    for step in 0...count {
      func between(_ first: Int, _ last: Int) -> Int {
        first + Int((Double(step * (last - first)) / Double(count)).rounded())
      }
      put(
        sign, column: between(first.column, last.column), row: between(first.row, last.row),
        series: nil)
    }
  }

  /// Draws a series, without the letters along its lines.
  mutating func draw(_ series: PlacedSeries, index: Int, signs: TerminalSigns) {
    let symbol = signs.symbol(of: index)
    switch series {
    case .lines(let chains):
      for chain in chains where chain.count > 1 {
        for (start, end) in zip(chain, chain.dropFirst()) {
          line(from: start, to: end, symbol: symbol, series: index)
        }
      }
      for chain in chains where chain.count == 1 {
        put(signs.dot(of: index), at: chain[0], series: index)
      }
    case .dots(let points), .estimates(let points, _):
      for point in points { put(signs.dot(of: index), at: point, series: index) }
    case .intervals(let spans):
      for span in spans {
        line(
          from: PlacedPoint(across: span.across, up: span.lower),
          to: PlacedPoint(across: span.across, up: span.upper), symbol: symbol, series: index)
      }
    case .bands(let bands):
      for spans in bands { fill(spans, series: index) }
    }
  }

  /// Puts letters along a line, leaving room for those of other lines.
  mutating func label(_ series: PlacedSeries, index: Int, signs: TerminalSigns) {
    guard let letter = signs.letter(of: index), case .lines(let chains) = series else { return }
    let places = 4 * signs.seriesCount
    for place in stride(from: index, to: places, by: signs.seriesCount) {
      let across = (Double(place) + 0.5) / Double(places)
      if let point = Self.point(on: chains, at: across) { put(letter, at: point, series: index) }
    }
  }

  private mutating func put(_ character: Character, at point: PlacedPoint, series: Int) {
    let (column, row) = cell(point)
    put(character, column: column, row: row, series: series)
  }

  private static func point(on chains: [[PlacedPoint]], at across: Double) -> PlacedPoint? {
    for chain in chains {
      for (start, end) in zip(chain, chain.dropFirst())
      where start.across <= across && across < end.across {
        let part = (across - start.across) / (end.across - start.across)
        return PlacedPoint(across: across, up: start.up + part * (end.up - start.up))
      }
    }
    return nil
  }

  /// Sets every fourth dot between the edges of a band.
  private mutating func fill(_ spans: [PlacedSeries.Span], series: Int) {
    for (start, end) in zip(spans, spans.dropFirst() + spans.suffix(1)) {
      let first = dot(PlacedPoint(across: start.across, up: 0)).x
      let last = dot(PlacedPoint(across: end.across, up: 0)).x
      for x in first...max(first, last) {
        let part = last > first ? Double(x - first) / Double(last - first) : 0
        let lower = start.lower + part * (end.lower - start.lower)
        let upper = start.upper + part * (end.upper - start.upper)
        let top = dot(PlacedPoint(across: 0, up: upper)).y
        let bottom = dot(PlacedPoint(across: 0, up: lower)).y
        for y in top...max(top, bottom) where isASCII || (x + 2 * y) % 4 == 0 {
          set(x: x, y: y, symbol: ":", series: series)
        }
      }
    }
  }
}
