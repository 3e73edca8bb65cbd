import Glibc
import Numerics
import Schedules
import Search
import TestSupport
import Testing
import Tuning

@Suite struct LinearRegressionOptimumTests {
  static let reference = ShapeSearchReference.shared

  @Test func fourSteps() throws {
    let problem = try LinearRegression(
      eigenvalues: [0.4, 0.3, 0.2, 0.1], start: [1, 1, 1, 1], batch: 2)
    let four = LinearRegressionRecursion(problem, steps: 4).localOptimum()
    #expect(relativeError(four.loss, Self.reference.number("B.T4_opt_loss")) < 1e-14)
    for (rate, expected) in zip(four.learningRates, Self.reference.numbers("B.T4_opt_eta")) {
      #expect(relativeError(rate, expected) < 1e-6)
    }
    let one = LinearRegressionRecursion(problem, steps: 1).localOptimum()
    #expect(relativeError(one.learningRates[0], Self.reference.number("B.T1_opt_eta")) < 1e-14)
    #expect(relativeError(one.loss, Self.reference.number("B.T1_opt_loss")) < 1e-14)
  }

  /// The gradient of the loss, by central differences, against the fixture; the optimum's is zero.
  @Test func gradient() throws {
    let problem = try LinearRegression(
      eigenvalues: [0.4, 0.3, 0.2, 0.1], start: [1, 1, 1, 1], batch: 2)
    let recursion = LinearRegressionRecursion(problem, steps: 4)
    func slopes(_ rates: [Double]) -> [Double] {
      rates.indices.map { index in
        var (up, down) = (rates, rates)
        up[index] += 1e-3
        down[index] -= 1e-3
        // Exact up to rounding: the loss is a quadratic in each learning rate.
        return (recursion.loss(of: up) - recursion.loss(of: down)) / 2e-3
      }
    }
    let listed = Self.reference.numbers("B.lead_grad")
    for (slope, expected) in zip(slopes([0.5, 2, 1.25, 0.75]), listed) {
      #expect(abs(slope - expected) < 1e-12)
    }
    let optimum = recursion.localOptimum()
    #expect(slopes(optimum.learningRates).allSatisfy { abs($0) < 1e-7 })
  }

  @Test(arguments: [("MAIN", 0.057606315147272553), ("ALIGN", 0.0011973701582894073)])
  func hundredSteps(_ name: String, _ loss: Double) throws {
    let recursion = try ShapeSearchTests.problem(name)
    let optimum = recursion.localOptimum()
    #expect(optimum.isConverged && relativeError(optimum.loss, loss) < 1e-12)
    let listed = Self.reference.numbers("C.\(name).opt_eta")
    for (rate, expected) in zip(optimum.learningRates, listed) {
      #expect(relativeError(rate, expected) < 1e-4)
    }
    if name == "ALIGN" {
      for (rate, mirrored) in zip(optimum.learningRates, optimum.learningRates.reversed()) {
        #expect(relativeError(rate, mirrored) < 1e-4)
      }
    }
  }

  /// The least loss of all is no more than what brute force finds, from 40 random starts; where it cannot be
  /// told from a local optimum it is not given.
  @Test(arguments: [
    (5, LinearRegression.Start.isotropic, 0.0, true), (5, .aligned, 0, true),
    (10, .isotropic, 0, true), (30, .isotropic, 0, false), (90, .aligned, 0, false),
    (100, .isotropic, 0, true), (5, .aligned, 0.3, false), (5, .isotropic, 0.01, false),
  ])
  func leastOfAll(
    _ batch: Int, _ start: LinearRegression.Start, _ decay: Double, _ isKnown: Bool
  ) throws {
    let problem = try LinearRegression.harmonic(batch: batch, start: start, weightDecay: decay)
    let recursion = LinearRegressionRecursion(problem, steps: 5)
    let truth = KnownOptimum(of: recursion)
    #expect((truth != nil) == isKnown)
    guard let truth else { return }
    var random = SplitMix64(seed: 7)
    for _ in 0..<40 {
      let factors = (0..<5).map { _ in exp(8 * random.nextUnit() - 4) }
      let found = recursion.localOptimum(from: factors)
      #expect(found.loss > truth.loss * (1 - 1e-12))
    }
  }

  /// The nearest multiple of a cosine after a warmup of ten steps; a member of a family finds itself.
  @Test func projections() throws {
    let target = Self.reference.numbers("C.MAIN.opt_eta")
    let cosine = try #require(ShapeCandidate(.cosine, index: 0, coordinates: [0.1], steps: 100))
    let nearest = FamilyProjection.nearest(cosine, to: target)
    let rate = Self.reference.number("F.l2_best_base_cos_to_opt(MAIN)")
    #expect(relativeError(nearest.baseLearningRate, rate) < 1e-13)
    let distance = Self.reference.number("F.l2_loss_cos_to_opt(MAIN)")
    #expect(relativeError(nearest.distance, distance) < 1e-12)
    let own = ShapeFamily.generalisedREX.spec(at: [0.1, 0.3])
    let values = try own.schedule(steps: 50).multipliers.map { 3 * $0 }
    let found = try #require(FamilyProjection(of: .generalisedREX, onto: values, draws: 50))
    #expect(found.distance < 1e-12 && abs(found.baseLearningRate - 3) < 1e-5)
  }
}
