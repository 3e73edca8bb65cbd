import Bound
import Glibc
import Schedules
import TestSupport
import Testing

/// Numbers of 2501.18965.
@Suite struct AgreementTests {
  static func gamma(_ text: String, _ steps: Int, average: Bool = false) throws -> Double {
    let schedule = try ScheduleSpec(text).schedule(steps: steps)
    let terms =
      try average ? BoundTerms.averageIterate(of: schedule) : .lastIterate(of: schedule)
    return try terms.optimalBaseLearningRate()
  }

  @Test func ratioOfCosineToWSD() throws {
    let ratios = try stride(from: 200, through: 600, by: 10).map {
      try Self.gamma("cosine", $0) / Self.gamma("wsd20", $0)
    }
    #expect(try #require(ratios.min()) > 1.8975 && #require(ratios.max()) < 1.9075)
    let averages = try stride(from: 200, through: 600, by: 100).map {
      try Self.gamma("cosine", $0, average: true) / Self.gamma("wsd20", $0, average: true)
    }
    #expect(averages.allSatisfy { abs($0 - 1.52) < 0.005 })
  }

  /// γ*(T) = c·T^e by least squares in γ over T = 200, 300 … 600, the grid that gives the stated digits.
  @Test(arguments: [("cosine", 0.9199, -0.4921), ("wsd20", 0.4708, -0.4875)])
  func powerLawFits(_ text: String, _ factor: Double, _ exponent: Double) throws {
    let horizons = Array(stride(from: 200, through: 600, by: 100))
    let gammas = try horizons.map { try Self.gamma(text, $0) }
    // Gauss–Newton on c·e^(e·ln T).
    var (c, e) = (gammas[0] * Double(horizons[0]).squareRoot(), -0.5)
    for _ in 0..<30 {
      var (aa, ab, bb, ar, br) = (0.0, 0.0, 0.0, 0.0, 0.0)
      for (horizon, gamma) in zip(horizons, gammas) {
        let power = pow(Double(horizon), e)
        let (da, db) = (power, c * power * log(Double(horizon)))
        let residual = gamma - c * power
        (aa, ab, bb) = (aa + da * da, ab + da * db, bb + db * db)
        (ar, br) = (ar + da * residual, br + db * residual)
      }
      let determinant = aa * bb - ab * ab
      c += (bb * ar - ab * br) / determinant
      e += (aa * br - ab * ar) / determinant
    }
    #expect(abs(c - factor) < 5.1e-5 && abs(e - exponent) < 5.1e-5, "\(c) \(e)")
  }

  @Test func rankingAtFourHundredSteps() throws {
    let expected: [(String, Double)] = [
      ("linear", 0.10063), ("1-sqrt", 0.10124), ("cosine", 0.10339), ("wsd20", 0.10932),
      ("invsqrt", 0.12226), ("constant", 0.13754),
    ]
    for (text, omega) in expected {
      let terms = try BoundTerms.lastIterate(of: ScheduleSpec(text).schedule(steps: 400))
      #expect(abs(try terms.optimalBound() - omega) < 5.1e-6, "\(text)")
    }
  }

  @Test(arguments: [(102_400, 0.664589), (50_000, 0.664639)])
  func transferOfWSDToLinear(_ steps: Int, _ logarithm: Double) throws {
    let ratio = try Self.gamma("linear", steps) / Self.gamma("wsd20", steps)
    #expect(abs(log(ratio) - logarithm) < 6e-7)
  }

  @Test(arguments: [
    (-0.5, "cosine", 0.371195), (-0.5, "wsd20", 0.306313), (-1, "cosine", 0.773864),
    (-1, "wsd20", 0.773497),
  ])
  func fallingGradientNorms(_ exponent: Double, _ text: String, _ gamma: Double) throws {
    let norms = (1...400).map { pow(Double($0), exponent) }
    let terms = try BoundTerms.lastIterate(
      of: ScheduleSpec(text).schedule(steps: 400), gradientNorms: .perStep(norms))
    #expect(abs(try terms.optimalBaseLearningRate() - gamma) < 6e-7)
  }
}
