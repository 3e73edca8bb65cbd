import Glibc
import Numerics
import TestSupport
import Testing

@Suite struct DiscreteGaussRuleTests {
  @Test(arguments: [1, 2, 5, 16])
  func exactForPolynomials(_ count: Int) {
    let points = (9...100).map { 1 / Double($0) }
    let rule = DiscreteGaussRule(points: points, count: count)
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
    let rule = DiscreteGaussRule(points: points, count: 16)
    for rate in [10.0, 50, 150] {
      let expected = points.reduce(0) { $0 + exp(-rate * $1) }
      let sum = zip(rule.nodes, rule.weights).reduce(0) { $0 + exp(-rate * $1.0) * $1.1 }
      #expect(abs(sum - expected) < 1e-13 * Double(points.count))
    }
  }
}
