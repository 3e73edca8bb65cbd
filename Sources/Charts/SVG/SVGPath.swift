/// The pieces of a path's data.
enum SVGPath {
  /// A stroke from one point to another.
  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "M" + pair(x1, y1) + "L" + pair(x2, y2)
  }

  /// A stroke of no length, whose round ends make a dot.
  static func dot(_ x: Double, _ y: Double) -> String { "M" + pair(x, y) + "h0" }

  /// An upright bar with short ends.
  static func bar(at x: Double, from upper: Double, to lower: Double) -> String {
    line(x, upper, x, lower) + line(x - 4, upper, x + 4, upper) + line(x - 4, lower, x + 4, lower)
  }

  /// A chain of straight lines, without points that make no difference.
  static func chain(_ points: [(x: Double, y: Double)]) -> String {
    var data = ""
    for (index, point) in withoutStraightRuns(points).enumerated() {
      data += index == 0 ? "M" : "L"
      data += pair(point.x, point.y)
    }
    return data
  }

  /// A path element; nothing where it has no data.
  static func element(_ kind: String, _ data: String) -> String {
    data.isEmpty ? "" : "<path class=\"\(kind)\" d=\"\(data)\"/>\n"
  }

  private static func pair(_ x: Double, _ y: Double) -> String {
    SVGText.coordinate(x) + " " + SVGText.coordinate(y)
  }
}

/// A chain of lines without the points that may be left out of it, since the line from the one before to
/// the one after passes within the rounding of coordinates, above or below.
///
/// From the last point that was kept a fan of directions is left that passes all points since; it narrows
/// from point to point, and where the next point lies outside, the one before is kept. The first and the
/// last point stay, and all where the chain does not go from left to right.
func withoutStraightRuns(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
  guard points.count > 2, var last = points.first else { return points }
  let tolerance = 0.01
  var kept = [last]
  var before = points[1]
  var slopes = fan(from: last, to: before)
  func fan(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double)
  ) -> (least: Double, greatest: Double) {
    let distance = end.x - start.x
    guard distance > 0 else { return (.infinity, -.infinity) }
    return ((end.y - tolerance - start.y) / distance, (end.y + tolerance - start.y) / distance)
  }
  for point in points.dropFirst(2) {
    let slope = (point.y - last.y) / (point.x - last.x)
    if point.x > before.x, slopes.least <= slope, slope <= slopes.greatest {
      let next = fan(from: last, to: point)
      slopes = (max(slopes.least, next.least), min(slopes.greatest, next.greatest))
    } else {
      kept.append(before)
      last = before
      slopes = fan(from: last, to: point)
    }
    before = point
  }
  return kept + [before]
}
