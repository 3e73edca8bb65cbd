import Glibc
import Numerics
import TestSupport
import Testing

@Suite struct GaussRuleTests {
  @Test(arguments: [1, 2, 5, 16])
  func exactForPolynomials(_ count: Int) {
    let points = (9...100).map { 1 / Double($0) }
    let rule = GaussRule(points: points, count: count)
    #expect(rule.nodes.count == count && rule.weights.allSatisfy { $0 > 0 })
    for degree in 0..<2 * count {
      // Powers of a number between −1 and 1 over the points.
      func power(_ x: Double) -> Double { pow((x - 0.06) / 0.06, Double(degree)) }
      let expected = points.reduce(0) { $0 + power($1) }
      let sum = zip(rule.nodes, rule.weights).reduce(0) { $0 + power($1.0) * $1.1 }
      #expect(abs(sum - expected) < 1e-12 * Double(points.count), "degree \(degree)")
    }
  }

  @Test func smoothFunctions() {
    let points = (9...100).map { 1 / Double($0) }
    let rule = GaussRule(points: points, count: 16)
    for rate in [10.0, 50, 150] {
      let expected = points.reduce(0) { $0 + exp(-rate * $1) }
      let sum = zip(rule.nodes, rule.weights).reduce(0) { $0 + exp(-rate * $1.0) * $1.1 }
      #expect(abs(sum - expected) < 1e-13 * Double(points.count))
    }
  }

  /// Sums of powers up to twice the number of points, over ranges little longer than that and very long.
  @Test(arguments: [(1...11, 10), (20...60, 8), (1000...1_000_000, 10), (5...7, 2)])
  func sumsPolynomialsExactly(_ range: ClosedRange<Int>, _ points: Int) {
    let rule = GaussRule(over: range, count: points)
    #expect(rule.nodes.count == points && rule.weights.allSatisfy { $0 > 0 })
    let end = Double(range.upperBound)
    for degree in 0..<2 * points {
      let found = zip(rule.nodes, rule.weights).reduce(0) {
        $0 + $1.1 * pow($1.0 / end, Double(degree))
      }
      var exact = CompensatedSum()
      for index in range { exact.add(pow(Double(index) / end, Double(degree))) }
      #expect(relativeError(found, exact.value) < 1e-13, "degree \(degree)")
    }
  }
}
