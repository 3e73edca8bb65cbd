import Numerics
import TestSupport
import Testing

@Suite struct SampleMedianTests {
  @Test func medians() {
    #expect(SampleMedian([3, 1, 2])?.value == 2)
    #expect(SampleMedian([4, 1, 2, 3])?.value == 2.5)
    #expect(SampleMedian([1, .infinity, .infinity])?.value == .infinity)
    #expect(SampleMedian([1, 2, .infinity])?.value == 2)
    #expect(SampleMedian([]) == nil && SampleMedian([1, .nan]) == nil)
    #expect(SampleMedian([5])?.error(.normal) == nil)
    #expect(SampleMedian([1, 2, .infinity])?.error(.normal) == nil)
    #expect(SampleMedian([2, 2, 2])?.error(.bootstrap) == 0)
  }

  @Test func errorsOfTwenty() throws {
    let median = try #require(SampleMedian((1...20).map(Double.init)))
    // √(π/2)·√35/√20, and ½ ∓ 0.3036807309541526 of twenty.
    let normal = (Double.pi / 2 * 35 / 20).squareRoot()
    #expect(relativeError(try #require(median.error(.normal)), normal) < 1e-14)
    let interval = try #require(median.dkwInterval())
    #expect(interval == (4, 17))
    #expect(median.error(.dkw) == 6.5)
    #expect(try #require(SampleMedian([1, 2, 3])).error(.dkw) == nil)
    let bootstrap = try #require(median.error(.bootstrap))
    #expect(bootstrap > 2 && bootstrap < 6)
  }

  /// Each estimate covers the true median of a normal distribution about as often as it should.
  @Test func coverage() throws {
    var generator = SplitMix64(seed: 4)
    var within = [0, 0, 0]
    for _ in 0..<60 {
      let sample = (0..<15).map { _ in generator.nextNormal() }
      let median = try #require(SampleMedian(sample))
      for (index, estimate) in SampleMedian.ErrorEstimate.allCases.enumerated() {
        // The standard error is half of what 95 % takes.
        let factor = estimate == .normal ? 1.96 : 1
        let error = try #require(median.error(estimate))
        if abs(median.value) <= factor * error { within[index] += 1 }
      }
    }
    #expect(within.allSatisfy { $0 >= 50 }, "\(within)")
  }

  /// Values of mpmath at 30 digits.
  @Test(arguments: [
    (0.5, 0.0), (0.975, 1.95996398454005423), (1e-10, -6.36134090240406247),
    (0.8413447460685429, 1.0),
  ])
  func normalQuantiles(_ probability: Double, _ expected: Double) {
    #expect(abs(normalQuantile(probability) - expected) < 1e-12)
    #expect(abs(normalProbability(expected) - probability) < 1e-14)
  }

  @Test func theSimplexFindsMinima() {
    let bowl = minimum(near: [0.9, 0.1], in: [0...1, 0...1]) { point in
      let (x, y) = (point[0] - 0.3, point[1] - 0.6)
      return 1 + x * x + 10 * (y + x) * (y + x)
    }
    #expect(abs(bowl.point[0] - 0.3) < 1e-6 && abs(bowl.point[1] - 0.6) < 1e-6)
    let corner = minimum(near: [0.5, 0.5], in: [0...1, 0...1]) { 3 + $0[0] - $0[1] }
    #expect(corner.value < 2 + 1e-6)
    let holes = minimum(near: [0.5], in: [0...1]) { $0[0] < 0.4 ? .nan : $0[0] }
    #expect(holes.value >= 0.4 && holes.value < 0.41)
  }
}
