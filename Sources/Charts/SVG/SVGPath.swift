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
