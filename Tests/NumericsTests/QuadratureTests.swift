import Glibc
import Numerics
import TestSupport
import Testing

@Suite struct QuadratureTests {
  /// Sums of powers up to twice the number of points, over ranges little longer than that and very long.
  @Test(arguments: [(1...11, 10), (20...60, 8), (1000...1_000_000, 10), (5...7, 2)])
  func sumsPolynomialsExactly(_ range: ClosedRange<Int>, _ points: Int) {
    let rule = gramQuadrature(over: range, points: points)
    #expect(rule.count == points && rule.allSatisfy { $0.weight > 0 })
    let end = Double(range.upperBound)
    for degree in 0..<2 * points {
      let found = rule.reduce(0) { $0 + $1.weight * pow($1.point / end, Double(degree)) }
      var exact = CompensatedSum()
      for index in range { exact.add(pow(Double(index) / end, Double(degree))) }
      #expect(relativeError(found, exact.value) < 1e-13, "degree \(degree)")
    }
  }

  @Test func hurwitzZetaValues() {
    let pi = Double.pi
    #expect(relativeError(hurwitzZeta(2), pi * pi / 6) < 1e-15)
    #expect(relativeError(hurwitzZeta(4), pow(pi, 4) / 90) < 1e-15)
    #expect(relativeError(hurwitzZeta(1.5), 2.612375348685488) < 1e-15)
    #expect(relativeError(hurwitzZeta(1.001), 1000.5772884760117) < 1e-13)
    #expect(relativeError(hurwitzZeta(100), 1) < 1e-15)
    for start in [2.0, 17.5, 1e6] {
      let shifted = hurwitzZeta(2.5, from: start + 1) + pow(start, -2.5)
      #expect(relativeError(hurwitzZeta(2.5, from: start), shifted) < 1e-14)
    }
  }
}
