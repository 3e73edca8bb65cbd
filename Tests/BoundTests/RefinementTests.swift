import Bound
import Glibc
import Schedules
import Support
import TestSupport
import Testing

@Suite struct RefinementTests {
  /// Equal norms give linear decay over T − 1 steps, then 0, to the bit.
  @Test(arguments: [2, 3, 100, 1001], [1.0, 3.7])
  func equalNorms(_ count: Int, _ value: Double) throws {
    for norm in RefinedSchedule.Norm.allCases {
      let norms = [Double](repeating: value, count: count)
      let refined = try RefinedSchedule(norms: RefinedSchedule.filtered(norms), norm: norm)
      let linear = (1...count).map { Double(count - $0) / Double(count - 1) }
      #expect(refined.schedule.multipliers == linear)
      #expect(refined.guaranteeRatioToLinear == 1)
    }
  }

  /// The synthetic norms of the note on 2310.07831: piecewise linear, smoothed by a Gaussian.
  @Test(arguments: sampled([(1.0, 0.1351, 0.6444), (2.0, 0.1211, 0.7430), (0.7, 0.1506, 0.5688)]))
  func syntheticNorms(_ last: Double, _ peak: Double, _ ratio: Double) throws {
    let n = 2000
    let knots = [(0.0, 15.0), (0.003, 6), (0.02, 4), (0.03, 2), (0.1, 1), (1, last)]
    let raw = (0..<n).map { index -> Double in
      let x = Double(index) / Double(n - 1)
      let right = max(1, knots.firstIndex { $0.0 >= x } ?? knots.count - 1)
      let (x0, y0) = knots[right - 1]
      let (x1, y1) = knots[right]
      return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    }
    let sigma = 40.0
    let reach = Int(4 * sigma + 0.5)
    let kernel = (-reach...reach).map { exp(-0.5 * pow(Double($0) / sigma, 2)) }
    let total = kernel.reduce(0, +)
    let smooth = (0..<n).map { index in
      zip(-reach...reach, kernel).reduce(0.0) { sum, entry in
        sum + entry.1 * raw[min(max(index + entry.0, 0), n - 1)]
      } / total
    }
    let refined = try RefinedSchedule(norms: smooth)
    let peakIndex = try #require(refined.schedule.multipliers.firstIndex(of: 1))
    #expect(abs(Double(peakIndex) / Double(n - 1) - peak) < 5.1e-5)
    #expect(abs(refined.guaranteeRatioToLinear - ratio) < 5.1e-5)
    #expect(refined.schedule.last == 0)
  }

  @Test func refusesWhatIsNoNorm() {
    let few = #expect(throws: InputError.self) { try RefinedSchedule(norms: [1]) }
    #expect(few?.description == "too few gradient norms (1); give two or more")
    let zero = #expect(throws: InputError.self) { try RefinedSchedule(norms: [1, 0, 2]) }
    #expect(zero?.problem == "gradient norm 2 is 0")
    #expect(throws: InputError.self) { try RefinedSchedule(norms: [1, .nan]) }
    #expect(throws: InputError.self) { try RefinedSchedule(norms: [1e-200, 1e200]) }
  }

  /// The guarantee never exceeds that of linear decay.
  @Test func guaranteeIsNeverWorse() throws {
    var generator = SplitMix64(seed: 8)
    for _ in 0..<50 {
      let norms = (0..<64).map { _ in Double.random(in: 0.1...10, using: &generator) }
      for norm in RefinedSchedule.Norm.allCases {
        let refined = try RefinedSchedule(norms: norms, norm: norm)
        #expect(refined.guaranteeRatioToLinear <= 1 && refined.guaranteeRatioToLinear > 0)
      }
    }
  }
}
