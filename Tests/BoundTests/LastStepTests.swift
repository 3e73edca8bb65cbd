import Bound
import Schedules
import TestSupport
import Testing

@Suite struct LastStepTests {
  @Test func trailingZerosAreTrimmedAndCounted() throws {
    let plain = try BoundTerms.lastIterate(of: Schedule(values: [1, 0.75, 0.5, 0.25]))
    let padded = try BoundTerms.lastIterate(
      of: Schedule(values: [1, 0.75, 0.5, 0.25, 0, 0, 1e-200]))
    #expect(padded.trimmedSteps == 3 && padded.steps == 4)
    #expect(padded.stepSum == plain.stepSum && padded.noiseSum == plain.noiseSum)
    let average = try BoundTerms.averageIterate(of: Schedule(values: [1, 0.5, 0]))
    #expect(average.trimmedSteps == 1 && average.noiseSum == 1.25 / 1.5)
  }

  @Test(arguments: [[1.0], [0, 1], [1, 0], [1, 0, 1e-90], [1, 1e-99]])
  func extremesStayFinite(_ values: [Double]) throws {
    let terms = try BoundTerms.lastIterate(of: Schedule(values: values))
    let gamma = try terms.optimalBaseLearningRate()
    #expect(gamma > 0 && gamma.isFinite)
    #expect(try terms.optimalBound().isFinite && terms.bound(at: 1e50).isFinite)
  }

  /// The best dummy for two steps of 1: V = x + 1/x at S = 1 + x, so d/dx (V/S) = 0.
  @Test func bestDummyOfTwoSteps() throws {
    let schedule = try Schedule(values: [1, 1])
    let (terms, last) = try BoundTerms.lastIterateMinimisingLastStep(of: schedule)
    // (x + 1/x)/(1 + x) is least where x² − 2x − 1 = 0.
    #expect(relativeError(last, 1 + 2.0.squareRoot()) < 1e-7)
    #expect(relativeError(terms.noiseSum, last + 1 / last) < 1e-12)
  }

  @Test(arguments: ["constant", "linear", "cosine", "wsd20", "invsqrt"])
  func theDummyOnlyTightens(_ text: String) throws {
    let schedule = try ScheduleSpec(text).realise(steps: 500)
    let given = try BoundTerms.lastIterate(of: schedule)
    let tuned = try BoundTerms.lastIterateMinimisingLastStep(of: schedule)
    #expect(try tuned.terms.optimalBound() <= given.optimalBound())
    #expect(tuned.lastMultiplier > 0)
    for gamma in [0.001, 0.05] {
      let fixed = try BoundTerms.lastIterateMinimisingLastStep(
        of: schedule, baseLearningRate: gamma)
      #expect(try fixed.terms.bound(at: gamma) <= given.bound(at: gamma))
      #expect(try fixed.terms.bound(at: gamma) <= tuned.terms.bound(at: gamma) * (1 + 1e-12))
    }
  }
}
