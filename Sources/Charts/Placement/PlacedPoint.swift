/// A point of the picture, in 0…1 from left to right and from bottom to top.
struct PlacedPoint: Equatable {
  var across: Double
  var up: Double

  var isInside: Bool { (0...1).contains(across) && (0...1).contains(up) }

  /// The segment of a straight line inside the picture, if any (after Liang and Barsky).
  static func clipped(
    from start: PlacedPoint, to end: PlacedPoint
  ) -> (start: PlacedPoint, end: PlacedPoint)? {
    if start.isInside, end.isInside { return (start, end) }
    let (across, up) = (end.across - start.across, end.up - start.up)
    // The line is inside for fractions of the way between these.
    var (enters, leaves) = (0.0, 1.0)
    for (distance, room) in [
      (-across, start.across), (across, 1 - start.across), (-up, start.up), (up, 1 - start.up),
    ] {
      if distance == 0 {
        if room < 0 { return nil }
      } else if distance < 0 {
        enters = max(enters, room / distance)
      } else {
        leaves = min(leaves, room / distance)
      }
    }
    guard enters <= leaves else { return nil }
    func at(_ part: Double) -> PlacedPoint {
      PlacedPoint(
        across: min(max(start.across + part * across, 0), 1),
        up: min(max(start.up + part * up, 0), 1))
    }
    return (enters == 0 ? start : at(enters), leaves == 1 ? end : at(leaves))
  }

  /// The pieces of a polyline inside the picture.
  static func clipped(_ chain: [PlacedPoint]) -> [[PlacedPoint]] {
    guard chain.count > 1 else { return chain.filter(\.isInside).map { [$0] } }
    var parts: [[PlacedPoint]] = []
    for (start, end) in zip(chain, chain.dropFirst()) {
      guard let piece = clipped(from: start, to: end) else { continue }
      if parts.last?.last == piece.start, piece.start == start {
        parts[parts.count - 1].append(piece.end)
      } else {
        parts.append([piece.start, piece.end])
      }
    }
    return parts
  }
}
