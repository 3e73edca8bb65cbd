import Numerics
import TestSupport
import Testing

@Suite struct MonotoneSplineTests {
  private func value(_ spline: MonotoneSpline, _ x: Double) -> Double {
    (spline.pieces.last { $0.lower <= x } ?? spline.pieces[0]).value(at: x)
  }

  /// Values of scipy's PchipInterpolator: rising, an extremum, ends whose slope is limited.
  @Test(arguments: [
    (0.0, 0.0), (0.25, 0.007216494845360824), (0.5, 0.027577319587628865), (1.0, 0.1),
    (1.2, 0.2678655975563191), (1.9, 2.0050309278350515), (2.4, 2.964168003054602), (2.5, 3.0),
    (2.7, 2.97907358339984), (3.0, 2.9), (3.3, 2.7130541575219476), (5.0, -0.6986831604150052),
    (6.9, -3.988002955407026), (7.0, -4.0), (7.1, -3.762305000000002), (7.5, 0.856875),
    (7.9, 8.219255000000008), (8.0, 10.0),
  ])
  func agreesWithScipy(_ x: Double, _ expected: Double) {
    let spline = MonotoneSpline(
      positions: [0, 1, 2.5, 3, 7, 8], values: [0, 0.1, 3, 2.9, -4, 10])
    #expect(abs(value(spline, x) - expected) <= 2e-15 * max(1, abs(expected)))
  }

  @Test func isMonotoneWhereTheKnotsAre() {
    var generator = SplitMix64(seed: 3)
    for _ in 0..<200 {
      let widths = (0..<6).map { _ in generator.nextUnit() + 1e-3 }
      let rises = (0..<6).map { _ in generator.nextUnit() * generator.nextUnit() }
      let positions = widths.reduce(into: [0.0]) { $0.append(($0.last ?? 0) + $1) }
      let values = rises.reduce(into: [0.0]) { $0.append(($0.last ?? 0) + $1) }
      let spline = MonotoneSpline(positions: positions, values: values)
      for (piece, value) in zip(spline.pieces, values) { #expect(piece.lowerValue == value) }
      var last = 0.0
      for index in 0...300 {
        let here = value(spline, positions[6] * Double(index) / 300)
        #expect(here >= last - 1e-15)
        last = here
      }
    }
  }

  @Test func twoKnotsAreALine() {
    let spline = MonotoneSpline(positions: [1, 3], values: [5, 1])
    #expect(value(spline, 1.5) == 4 && value(spline, 3) == 1)
  }

  /// A long piece that ends on zero keeps its digits: near the end it is half its slope's share.
  @Test func digitsAtAZeroEnd() {
    let piece = MonotoneSpline(positions: [0, 1e9], values: [1, 0]).pieces[0]
    #expect(relativeError(piece.value(at: 1e9 - 1), 1e-9) < 1e-15)
  }
}
