/// A field of characters on which dots are set: 2 × 4 to a braille character, or one to a plain one.
struct DotCanvas {
  /// What stands in a place of the field.
  struct Cell {
    /// The braille dots that are set.
    var dots: UInt8 = 0

    /// A character that stands there instead of dots.
    var character: Character?

    /// The series that it belongs to; nil for reference lines.
    var series: Int?

    var isBlank: Bool { character == nil && dots == 0 }

    /// The character that is printed.
    var shown: Character {
      if let character { return character }
      return dots == 0 ? " " : Character(Unicode.Scalar(0x2800 + UInt32(dots)) ?? " ")
    }
  }

  let columns: Int
  let rows: Int

  /// Whether dots are whole characters.
  let isASCII: Bool

  private(set) var cells: [[Cell]]

  init(columns: Int, rows: Int, isASCII: Bool) {
    self.columns = columns
    self.rows = rows
    self.isASCII = isASCII
    cells = Array(repeating: Array(repeating: Cell(), count: columns), count: rows)
  }

  /// How many dots there are from left to right and from top to bottom.
  var width: Int { isASCII ? columns : 2 * columns }
  var height: Int { isASCII ? rows : 4 * rows }

  /// The dot of a place in the picture, counted from the left and from the top.
  func dot(_ point: PlacedPoint) -> (x: Int, y: Int) {
    let x = Int((point.across * Double(width)).rounded(.down))
    let y = Int(((1 - point.up) * Double(height)).rounded(.down))
    return (min(max(x, 0), width - 1), min(max(y, 0), height - 1))
  }

  /// The character's place of a place in the picture.
  func cell(_ point: PlacedPoint) -> (column: Int, row: Int) {
    let (x, y) = dot(point)
    return isASCII ? (x, y) : (x / 2, y / 4)
  }

  /// Sets a dot over whatever character stands there; among whole characters, `symbol`.
  mutating func set(x: Int, y: Int, symbol: Character, series: Int?) {
    if isASCII {
      cells[y][x] = Cell(character: symbol, series: series)
      return
    }
    // The eight dots of a braille character, column by column from the top.
    let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
    cells[y / 4][x / 2].dots |= bits[x % 2][y % 4]
    cells[y / 4][x / 2].character = nil
    cells[y / 4][x / 2].series = series
  }

  /// Puts a character over the dots of a place.
  mutating func put(_ character: Character, column: Int, row: Int, series: Int?) {
    cells[row][column].character = character
    cells[row][column].series = series
  }

  /// A straight line between two dots (after Bresenham).
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
