import Foundation
import Glibc
import TestSupport
import Testing
import TheoryModel

@Suite struct MomentumTests {
  /// η = .05 and β = .9; η and β falling linearly; after 50 steps.
  @Test(arguments: [
    (3.0, 1.5, 0.5880814314908512, 0.5406973490359208),
    (1.5, 2.5, 0.962458249653027, 0.9747222282238595),
  ])
  func heavyBall(_ a: Double, _ b: Double, _ constant: Double, _ falling: Double) throws {
    let model = try ReferenceTests.model(a, b)
    let count = ReferenceTests.steps
    let heavy = try MomentumSteps(
      rates: [Double](repeating: 0.05, count: count),
      momenta: [Double](repeating: 0.9, count: count))
    #expect(relativeError(model.finalLoss(momentum: heavy).loss, constant) < 1e-12)
    let left = (0..<count).map { 1 - Double($0) / Double(count) }
    let annealed = try MomentumSteps(rates: left.map { 0.2 * $0 }, momenta: left.map { 0.9 * $0 })
    #expect(relativeError(model.finalLoss(momentum: annealed).loss, falling) < 1e-12)
  }

  @Test func generalForm() throws {
    let model = try ReferenceTests.model(1.5, 2.5)
    let steps = try MomentumSteps(
      rates: [Double](repeating: 0.05, count: 50), momenta: [Double](repeating: 0.8, count: 50),
      gradientRates: [Double](repeating: 0.1, count: 50))
    #expect(relativeError(model.finalLoss(momentum: steps).loss, 0.9676350970359473) < 1e-12)
  }

  /// Without momentum both forms are plain SGD.
  @Test func withoutMomentumItIsPlain() throws {
    let model = try ReferenceTests.model(3, 1.5)
    let rates = ReferenceTests.rates("cosine", spectrumExponent: 1.5)
    let zeros = [Double](repeating: 0, count: rates.count)
    let plain = try model.finalLoss(learningRates: rates).loss
    let heavy = try MomentumSteps(rates: rates, momenta: zeros)
    let direct = try MomentumSteps(rates: zeros, momenta: zeros, gradientRates: rates)
    #expect(relativeError(model.finalLoss(momentum: heavy).loss, plain) < 1e-13)
    #expect(relativeError(model.finalLoss(momentum: direct).loss, plain) < 1e-13)
  }

  @Test func refusesWhatIsNoMomentum() throws {
    let momentum = inputProblem { try MomentumSteps(rates: [0.1, 0.1], momenta: [0.5, 1]) }
    #expect(momentum == "the momentum of step 2 is 1")
    let rate = inputProblem { try MomentumSteps(rates: [-0.1], momenta: [0]) }
    #expect(rate == "the learning rate of step 1 is -0.1")
    let model = try ReferenceTests.model(3, 1.5)
    let wild = try MomentumSteps(
      rates: [Double](repeating: 50, count: 900), momenta: [Double](repeating: 0.9, count: 900))
    #expect(model.finalLoss(momentum: wild).isDiverged)
  }
}
