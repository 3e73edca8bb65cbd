import TestSupport
import Testing
import TheoryModel

/// The adjoint against differences of the loss.
@Suite struct GradientTests {
  @Test(arguments: Recursion.allCases)
  func agreesWithDifferences(_ recursion: Recursion) throws {
    var generator = SplitMix64(seed: 12)
    let task = try ModelTask(taskExponent: 2, spectrumExponent: 1.7, noise: .variance(0.3))
    let model = try FeatureModel(task: task, features: 40)
    let rates = (0..<37).map { _ in Double.random(in: 0.01...0.4, using: &generator) }
    let batches = (0..<37).map { _ in Double.random(in: 1...5, using: &generator) }
    let gradient = try FinalLossGradient(
      of: model, learningRates: rates, batches: batches, recursion: recursion)
    func loss(_ rates: [Double], _ batches: [Double]) throws -> Double {
      try model.finalLoss(learningRates: rates, batches: batches, recursion: recursion).excess
    }
    #expect(relativeError(gradient.excess, try loss(rates, batches)) < 1e-15)
    for step in stride(from: 0, to: 37, by: 6) {
      var (up, down) = (rates, rates)
      up[step] += 1e-4
      down[step] -= 1e-4
      // The loss is quadratic in one learning rate, so that the central difference is exact.
      let slope = try (loss(up, batches) - loss(down, batches)) / 2e-4
      #expect(abs(slope - gradient.rateSlopes[step]) < 1e-10)
      up = rates
      up[step] = gradient.coordinateOptima[step]
      #expect(try loss(up, batches) <= gradient.excess * (1 + 1e-14))
      var (more, fewer) = (batches, batches)
      more[step] += 1e-4
      fewer[step] -= 1e-4
      let change = try (loss(rates, more) - loss(rates, fewer)) / 2e-4
      #expect(abs(change - gradient.batchSlopes[step]) < 1e-8)
    }
  }

  @Test func aDivergedRunHasNoSlopes() throws {
    let task = try ModelTask(taskExponent: 2, spectrumExponent: 1.5, noise: .variance(1))
    let model = try FeatureModel(task: task, features: 100)
    let rates = [Double](repeating: 1e3, count: 500)
    let gradient = try FinalLossGradient(of: model, learningRates: rates)
    #expect(gradient.excess == .infinity)
    #expect(gradient.rateSlopes.allSatisfy { $0 == 0 })
    let loss = try model.finalLoss(learningRates: rates)
    #expect(loss.isDiverged && loss.loss == .infinity)
    #expect(try model.losses(learningRates: rates).allSatisfy { !$0.loss.isNaN })
  }
}
