/// The monotone piecewise cubic interpolant of Fritsch and Butland (1984), scipy's `PchipInterpolator`.
public struct MonotoneSpline: Sendable {
  /// The cubics between neighbouring knots.
  public let pieces: [CubicPiece]

  /// Creates the spline through values at two or more strictly ascending positions.
  public init(positions: [Double], values: [Double]) {
    precondition(positions.count >= 2 && positions.count == values.count, "one value per position")
    let widths = zip(positions, positions.dropFirst()).map { $1 - $0 }
    precondition(widths.allSatisfy { $0 > 0 }, "positions ascend")
    let chords = widths.indices.map { (values[$0 + 1] - values[$0]) / widths[$0] }
    let slopes = Self.slopes(widths: widths, chords: chords)
    pieces = widths.indices.map { index in
      CubicPiece(
        from: (positions[index], values[index], slopes[index]),
        to: (positions[index + 1], values[index + 1], slopes[index + 1]))
    }
  }

  private static func slopes(widths: [Double], chords: [Double]) -> [Double] {
    let last = widths.count - 1
    guard last > 0 else { return [chords[0], chords[0]] }
    let inner = (0..<last).map { index -> Double in
      let (before, after) = (chords[index], chords[index + 1])
      guard before * after > 0 else { return 0 }
      let heavy = 2 * widths[index + 1] + widths[index]
      let light = widths[index + 1] + 2 * widths[index]
      return (heavy + light) / (heavy / before + light / after)
    }
    let first = endSlope(widths[0], widths[1], chords[0], chords[1])
    let end = endSlope(widths[last], widths[last - 1], chords[last], chords[last - 1])
    return [first] + inner + [end]
  }

  /// The end slope from the nearest two chords, the nearer first, limited to keep the end piece monotone.
  private static func endSlope(
    _ width: Double, _ nextWidth: Double, _ chord: Double, _ nextChord: Double
  ) -> Double {
    let slope = ((2 * width + nextWidth) * chord - width * nextChord) / (width + nextWidth)
    if slope * chord <= 0 { return 0 }
    if chord * nextChord < 0, abs(slope) > 3 * abs(chord) { return 3 * chord }
    return slope
  }
}

/// A cubic on an interval, given by values and slopes at both ends.
public struct CubicPiece: Equatable, Sendable {
  /// The ends of the interval.
  public let lower: Double, upper: Double

  /// The values at the ends.
  public let lowerValue: Double, upperValue: Double

  /// The slopes at the ends.
  public let lowerSlope: Double, upperSlope: Double

  init(
    from start: (position: Double, value: Double, slope: Double),
    to end: (position: Double, value: Double, slope: Double)
  ) {
    (lower, lowerValue, lowerSlope) = start
    (upper, upperValue, upperSlope) = end
  }

  /// Returns the value at a position in the interval, clamped to the range of its end values.
  ///
  /// The distances to both ends are one subtraction each, so that a piece that falls to zero keeps its
  /// digits there.
  public func value(at position: Double) -> Double {
    let width = upper - lower
    let done = (position - lower) / width
    let left = (upper - position) / width
    let fromLower = left * left * ((1 + 2 * done) * lowerValue + done * width * lowerSlope)
    let fromUpper = done * done * ((1 + 2 * left) * upperValue - left * width * upperSlope)
    let value = fromLower + fromUpper
    return min(max(value, min(lowerValue, upperValue)), max(lowerValue, upperValue))
  }
}
