import Bound
import Glibc
import Schedules
import TestSupport
import Testing

@Suite struct RobustnessTests {
  /// After 2503.09411: exponent over ρ = 64…1024, and R at 2, 4, 8, 64, for T = 10⁵.
  static let table: [(String, Double?, [Double])] = [
    ("linear", 0.3344, [1.1906, 1.5001, 1.8901, 3.7822]),
    ("poly:power=2", 0.2001, [1.1258, 1.2932, 1.4855, 2.2518]),
    ("poly:power=3", 0.1429, [1.0928, 1.2066, 1.3322, 1.7931]),
    ("cosine", 0.2014, [1.1851, 1.4181, 1.6609, 2.5657]),
    ("wsd20", 0.3351, [1.2500, 1.8390, 2.3988, 4.8018]),
    ("wsd20:decay=1-sqrt", 0.3288, [1.2499, 1.7922, 2.1884, 4.0155]),
    ("cosine:min=0.1", nil, [1.2365, 1.7219, 2.5295, 11.8869]),
    ("constant", nil, [1.2500, 2.1221, 3.8206, 20.3944]),
  ]

  @Test(arguments: sampled(table))
  func discreteTable(_ text: String, _ exponent: Double?, _ ratios: [Double]) throws {
    let bound = try RestartBound(of: ScheduleSpec(text).schedule(steps: 100_000))
    #expect((bound.exponent == nil) == (exponent == nil))
    if let exponent {
      #expect(abs(try #require(bound.exponent) - exponent) < 5.1e-5)
    }
    for (factor, ratio) in zip([2.0, 4, 8, 64], ratios) {
      #expect(abs(bound.ratio(at: factor) - ratio) < 5.1e-5, "\(bound.ratio(at: factor))")
    }
  }

  /// An exponent is one whatever the length of the run; where it would not be, none is given.
  @Test(arguments: [1000, 30_000])
  func exponentsDoNotDependOnTheRun(_ steps: Int) throws {
    func exponent(_ text: String) throws -> Double? {
      try RestartBound(of: ScheduleSpec(text).schedule(steps: steps)).exponent
    }
    for text in ["constant", "cosine:min=0.1", "cosine:min=0.01", "invsqrt"] {
      #expect(try exponent(text) == nil, "\(text)")
    }
    #expect(try RestartBound(of: ScheduleSpec("linear").schedule(steps: 10)).exponent == nil)
    #expect(abs(try #require(try exponent("linear")) - 1.0 / 3) < 0.03)
    #expect(abs(try #require(try exponent("poly:power=2")) - 0.2) < 0.01)
    #expect(abs(try #require(try exponent("cosine")) - 0.2) < 0.01)
  }

  @Test(arguments: [1.0, 2, 3], [1.5, 4.0, 32])
  func polynomialFormula(_ power: Double, _ factor: Double) throws {
    let spec = try ScheduleSpec("poly:power=\(power)")
    let discrete = try RestartBound(of: spec.schedule(steps: 100_000)).ratio(at: factor)
    // min_{s≤1} ½(s^{−(p+1)}/ρ + ρ·s^p), s being the fraction of the run that is left.
    let stationary = pow((power + 1) / (power * factor * factor), 1 / (2 * power + 1))
    let left = min(1, stationary)
    let limit = (pow(left, -(power + 1)) / factor + factor * pow(left, power)) / 2
    #expect(relativeError(discrete, limit) < 1e-3)
  }

  /// A learning rate that is too low always costs (ρ + 1/ρ)/2, and one that is right nothing.
  @Test(arguments: ["linear", "constant", "cosine"], [0.01, 0.5, 1])
  func tooLow(_ text: String, _ factor: Double) throws {
    let bound = try RestartBound(of: ScheduleSpec(text).schedule(steps: 1000))
    #expect(relativeError(bound.ratio(at: factor), (factor + 1 / factor) / 2) < 1e-14)
  }

  @Test func shortestRun() throws {
    let bound = try RestartBound(of: ScheduleSpec("linear").schedule(steps: 1))
    #expect(bound.ratio(at: 2) == 1.25 && bound.exponent == nil)
  }
}
