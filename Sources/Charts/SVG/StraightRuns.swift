/// A chain of lines without the points that may be left out of it, since the line from the one before to
/// the one after passes within the rounding of coordinates, above or below.
///
/// From the last point that was kept a fan of directions is left that passes all points since; it narrows
/// from point to point, and where the next point lies outside, the one before is kept.
///
/// - Parameter points: the points; only where they go from left to right can one be left out.
/// - Returns: some of the points, the first and the last among them.
/// - Complexity: O(points).
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
