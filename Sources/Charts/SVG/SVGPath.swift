enum SVGPath {
  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "M" + pair(x1, y1) + "L" + pair(x2, y2)
  }

  /// A zero-length stroke, whose round ends make a dot.
  static func dot(_ x: Double, _ y: Double) -> String { "M" + pair(x, y) + "h0" }

  /// A vertical bar with short ends.
  static func bar(at x: Double, from upper: Double, to lower: Double) -> String {
    line(x, upper, x, lower) + line(x - 4, upper, x + 4, upper) + line(x - 4, lower, x + 4, lower)
  }

  /// A polyline, without redundant points.
  static func chain(_ points: [(x: Double, y: Double)]) -> String {
    var data = ""
    for (index, point) in withoutStraightRuns(points).enumerated() {
      data += index == 0 ? "M" : "L"
      data += pair(point.x, point.y)
    }
    return data
  }

  /// A path element; empty without data.
  static func element(_ kind: String, _ data: String) -> String {
    data.isEmpty ? "" : "<path class=\"\(kind)\" d=\"\(data)\"/>\n"
  }

  private static func pair(_ x: Double, _ y: Double) -> String {
    SVGText.coordinate(x) + " " + SVGText.coordinate(y)
  }
}

/// Removes points of a polyline that lie on a straight line within the rounding of coordinates.
///
/// From the last kept point, a fan of directions passes all points since; if the next point lies outside,
/// the one before it is kept. Both ends stay, as do points that do not go from left to right.
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
