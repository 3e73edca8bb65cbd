extension DotCanvas {
  /// A reference line across the whole canvas.
  mutating func draw(_ place: ChartReference.Place, index: Int, signs: TerminalSigns) {
    let sign = signs.reference(place, index: index)
    switch place {
    case .vertical(let position):
      let column = cell(PlacedPoint(across: position, up: 0)).column
      for row in 0..<rows { put(sign, column: column, row: row, series: nil) }
    case .horizontal(let position):
      let row = cell(PlacedPoint(across: 0, up: position)).row
      for column in 0..<columns { put(sign, column: column, row: row, series: nil) }
    }
  }

  /// A series, without the letters along its lines.
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
    case .dots(let points):
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

  /// Letters along a line, between which those of other lines find room.
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

  /// The point of a line at an abscissa.
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

  /// Every fourth dot between the edges of a band.
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
