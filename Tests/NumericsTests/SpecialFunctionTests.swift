import Glibc
import Numerics
import TestSupport
import Testing

@Suite struct SpecialFunctionTests {
  /// Values from mpmath at 30 digits.
  @Test(arguments: [
    (1.0, -0.577215664901532861), (0.5, -1.96351002602142348), (10.0, 2.25175258906672111),
    (1e-3, -1000.57557193181027965), (15.5, 2.70823524259036543), (1e7, 16.1180956009583190),
  ])
  func digammaValues(_ x: Double, _ expected: Double) {
    #expect(abs(digamma(x) - expected) <= 4e-16 * max(1, abs(expected)))
  }

  @Test(arguments: [0.25, 1.5, 7.0, 15.999, 16.0, 33.3])
  func digammaRecurrence(_ x: Double) {
    #expect(abs(digamma(x + 1) - digamma(x) - 1 / x) <= 1e-15 * max(1, 1 / x))
  }

  @Test(arguments: [0, 1, 2, 10, 64, 65, 100, 1000, 100_000])
  func harmonicNumbers(_ count: Int) {
    var sum = CompensatedSum()
    for k in stride(from: count, to: 0, by: -1) { sum.add(1 / Double(k)) }
    #expect(abs(harmonicNumber(count) - sum.value) <= 4e-16 * max(1, sum.value))
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
