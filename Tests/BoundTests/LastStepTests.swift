import Bound
import Schedules
import TestSupport
import Testing

@Suite struct LastStepTests {
  /// Trailing zeros move nothing: however many there are, the bound is that of one dummy step in their place.
  @Test func trailingZeros() throws {
    let values = [1, 0.75, 0.5, 0.25]
    let padded = try BoundTerms.lastIterate(of: Schedule(values: values + [0, 0, 1e-200]))
    #expect(padded.trimmedSteps == 3 && padded.steps == 5)
    let once = try BoundTerms.lastIterate(of: Schedule(values: values + [0]))
    #expect(once.stepSum == padded.stepSum && once.noiseSum == padded.noiseSum)
    let dummy = try #require(padded.chosenLastMultiplier)
    // Any value of the last step gives the same, if it is minimised over.
    let free = try BoundTerms.lastIterateMinimisingLastStep(of: Schedule(values: values + [0.1]))
    #expect(free.chosenLastMultiplier == dummy && free.noiseSum == padded.noiseSum)
    for factor in [0.999, 1.001] where dummy * factor <= 1 {
      let other = try BoundTerms.lastIterate(of: Schedule(values: values + [dummy * factor]))
      #expect(try other.optimalBound() > padded.optimalBound())
    }
    let average = try BoundTerms.averageIterate(of: Schedule(values: [1, 0.5, 0]))
    #expect(average.trimmedSteps == 1 && average.noiseSum == 1.25 / 1.5)
  }

  /// A large step at the end throws x_T far out, whether zeros follow or not: f = |x| from a distance of 1, 100
  /// steps of 0.01, one of 1 and one of 0 at γ = 2.
  @Test func aLargeLastStep() throws {
    let values = [Double](repeating: 0.01, count: 100) + [1, 0]
    let schedule = try Schedule(values: values)
    var worst = 0.0
    for place in 0...1000 {
      var x = Double(place) / 1000
      for value in values { x -= 2 * value * (x < 0 ? -1 : 1) }
      worst = max(worst, abs(x))
    }
    #expect(worst > 1.9)
    let distance = 1.0
    #expect(try BoundTerms.lastIterate(of: schedule).bound(at: 2, distance: distance) >= worst)
    let curve = try BoundCurve(of: schedule)
    #expect(try curve.terms(at: 102).bound(at: 2) >= worst)
    #expect(try curve.terms(at: 101).bound(at: 2) < 1.2)
    let at = try #require(try BoundTerms.lastIterate(of: schedule, at: 102))
    #expect(try at.bound(at: 2) >= worst)
    let tight = try BoundTerms.lastIterateMinimisingLastStep(of: schedule, baseLearningRate: 2)
    #expect(try tight.bound(at: 2) >= worst && tight.bound(at: 2) <= at.bound(at: 2))
  }

  /// Zeros inside a run and at its end: the curve, the bound at a step, the whole bound and the gradient agree.
  @Test func zerosEverywhere() throws {
    let values = [0, 1, 0, 0, 0.5, 0.7, 0, 0.2, 0, 0]
    let norms = try GradientNorms.perStep([1, 2, 1, 3, 1, 2, 5, 1, 2, 0.5])
    let schedule = try Schedule(values: values)
    let curve = try BoundCurve(of: schedule, gradientNorms: norms)
    #expect(curve.firstStep == 2 && curve.noiseSums.count == 9)
    for step in 2...10 {
      let here = try #require(
        try BoundTerms.lastIterate(of: schedule, at: step, gradientNorms: norms))
      let listed = curve.terms(at: step)
      #expect(relativeError(here.stepSum, listed.stepSum) < 1e-13, "step \(step)")
      #expect(relativeError(here.noiseSum, listed.noiseSum) < 1e-12, "step \(step)")
    }
    let whole = try BoundTerms.lastIterate(of: schedule, gradientNorms: norms)
    #expect(whole.noiseSum == curve.noiseSums[8] && whole.stepSum == curve.stepSums[8])
    let gradient = try BoundGradient(of: schedule, gradientNorms: norms)
    #expect(relativeError(gradient.terms.noiseSum, whole.noiseSum) < 1e-14)
    let degree = zip(gradient.noiseSlopes, values.prefix(8) + [whole.chosenLastMultiplier ?? 0])
    #expect(relativeError(degree.reduce(0) { $0 + $1.0 * $1.1 }, whole.noiseSum) < 1e-13)
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
    let terms = try BoundTerms.lastIterateMinimisingLastStep(of: schedule)
    let last = try #require(terms.chosenLastMultiplier)
    // (x + 1/x)/(1 + x) is least where x² − 2x − 1 = 0.
    #expect(relativeError(last, 1 + 2.0.squareRoot()) < 1e-13)
    #expect(relativeError(terms.noiseSum, last + 1 / last) < 1e-12)
  }

  @Test(arguments: ["constant", "linear", "cosine", "wsd20", "invsqrt"])
  func theDummyOnlyTightens(_ text: String) throws {
    let schedule = try ScheduleSpec(text).schedule(steps: 500)
    let given = try BoundTerms.lastIterate(of: schedule)
    let tuned = try BoundTerms.lastIterateMinimisingLastStep(of: schedule)
    #expect(try tuned.optimalBound() <= given.optimalBound())
    #expect(try #require(tuned.chosenLastMultiplier) > 0)
    for gamma in [0.001, 0.05] {
      let fixed = try BoundTerms.lastIterateMinimisingLastStep(
        of: schedule, baseLearningRate: gamma)
      #expect(try fixed.bound(at: gamma) <= given.bound(at: gamma))
      #expect(try fixed.bound(at: gamma) <= tuned.bound(at: gamma) * (1 + 1e-12))
    }
  }
}
