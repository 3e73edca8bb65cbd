/// The first, least, greatest and last point of a line in a column, which cover the same pixels as all of
/// its points.
struct ColumnExtremes {
  private struct Point {
    var order: Int
    var x: Double
    var y: Double
  }

  private var count = 0
  private var first = Point(order: 0, x: 0, y: 0)
  private var least = Point(order: 0, x: 0, y: 0)
  private var greatest = Point(order: 0, x: 0, y: 0)
  private var last = Point(order: 0, x: 0, y: 0)

  /// Adds the next point of the line; NaNs among numbers are ignored.
  mutating func add(_ x: Double, _ y: Double) {
    let point = Point(order: count, x: x, y: y)
    if count == 0 {
      (first, least, greatest) = (point, point, point)
    } else {
      if y < least.y || least.y.isNaN { least = point }
      if y > greatest.y || greatest.y.isNaN { greatest = point }
    }
    last = point
    count += 1
  }

  mutating func add(_ values: [Double], x abscissa: (Int) -> Double) {
    guard !values.isEmpty else { return }
    var (least, greatest) = (0, 0)
    for index in values.indices {
      if values[index] < values[least] || values[least].isNaN { least = index }
      if values[index] > values[greatest] || values[greatest].isNaN { greatest = index }
    }
    for index in [0, min(least, greatest), max(least, greatest), values.count - 1] {
      add(abscissa(index), values[index])
    }
  }

  /// One to four points, in order.
  var points: [(x: Double, y: Double)] {
    guard count > 0 else { return [] }
    var kept = [first]
    for point in least.order < greatest.order ? [least, greatest, last] : [greatest, least, last]
    where point.order > kept[kept.count - 1].order { kept.append(point) }
    return kept.map { ($0.x, $0.y) }
  }
}
