import Bound
import Schedules
import TestSupport
import Testing

@Suite struct ClosedFormTests {
  @Test(
    arguments: ["constant", "linear", "wsd20", "wsd100", "wsd:cooldown=1steps", "wsd3"],
    [1, 2, 3, 10, 777, 50_000])
  func equalsTheSums(_ text: String, _ steps: Int) throws {
    let spec = try ScheduleSpec(text)
    let closed = try #require(BoundTerms.closedForm(of: spec, steps: steps))
    let summed = try BoundTerms.lastIterate(of: spec.schedule(steps: steps))
    #expect(relativeError(closed.stepSum, summed.stepSum) < 1e-14)
    #expect(relativeError(closed.noiseSum, summed.noiseSum) < 1e-14)
  }

  @Test(arguments: ["cosine", "linear:min=0.1", "wsd20:warmup=1%", "wsd20:decay=1-sqrt", "invsqrt"])
  func othersHaveNone(_ text: String) throws {
    #expect(BoundTerms.closedForm(of: try ScheduleSpec(text), steps: 100) == nil)
  }

  /// 10⁹ steps in microseconds; linear decay tends to γ*√T = 1.
  @Test func aBillionSteps() throws {
    let terms = try #require(
      BoundTerms.closedForm(of: ScheduleSpec("linear"), steps: 1_000_000_000))
    let gamma = try terms.optimalBaseLearningRate()
    #expect(relativeError(gamma * 1e9.squareRoot(), 1) < 2e-8)
  }

  /// The published upper bound for wsd (2501.18965) lies above the exact value, by about 1.23.
  @Test(arguments: [(400, 80), (10_000, 2000), (10_000, 1000)])
  func publishedBoundForWSD(_ steps: Int, _ cooldown: Int) throws {
    func harmonic(_ n: Int) -> Double { (1...n).reduce(0) { $0 + 1 / Double($1) } }
    let t = Double(steps)
    let t0 = Double(steps + 1 - cooldown)
    let a =
      4 / (t + t0)
      * (2.0 / 3 + (t + 2 * t0) / (3 * (t + t0)) + harmonic(Int(t + t0) - 2)
        - harmonic(Int(t - t0) + 1) - (t - t0) * (t0 - 1) / (3 * (t - t0 + 2) * (t + t0))
        + 1 / ((t - t0) * (t - t0)) + harmonic(Int(t - t0) - 1) / (t - t0 + 1))
    let spec = try ScheduleSpec("wsd:cooldown=\(cooldown)steps")
    let terms = try #require(BoundTerms.closedForm(of: spec, steps: steps))
    let ratio = a.squareRoot() / (try terms.optimalBound())
    #expect(ratio > 1.1 && ratio < 1.35)
  }
}
