import Foundation
import Glibc
import Support
import TestSupport
import Testing
import TheoryModel

/// The schedule that makes the final loss least.
@Suite struct OptimalControlTests {
  struct Optimum: Sendable {
    let a: Double, b: Double
    let steps: Int
    let batch: Double, noise: Double
    let cap: Double, excess: Double
    /// η* at t = 0, T/4, T/2, 3T/4, T − 1.
    let rates: [Double]
    let sum: Double
  }

  static let optima: [Optimum] = [
    Optimum(
      a: 3, b: 1.5, steps: 64, batch: 1, noise: 1, cap: 0.5, excess: 0.087702238070,
      rates: [0.09283321, 0.09121212, 0.05919545, 0.03690414, 0.02573035], sum: 4.03737675),
    Optimum(
      a: 2, b: 1.25, steps: 256, batch: 1, noise: 1, cap: 0.5, excess: 0.106765466219,
      rates: [0.07592826, 0.08087095, 0.05376262, 0.02721278, 0.01265845], sum: 13.78182092),
    Optimum(
      a: 1.5, b: 2.5, steps: 64, batch: 1, noise: 0.5, cap: 0.4, excess: 0.771416014495,
      rates: [0.4, 0.4, 0.35686674, 0.13888289, 0.05336880], sum: 18.32302526),
    Optimum(
      a: 2, b: 4, steps: 256, batch: 1, noise: 1, cap: 0.5, excess: 0.273415420612,
      rates: [0.5, 0.5, 0.45673916, 0.17328728, 0.01646166], sum: 88.85844495),
    Optimum(
      a: 3, b: 1.5, steps: 64, batch: 8, noise: 1, cap: 0.5, excess: 0.023166672037,
      rates: [0.28281743, 0.27826491, 0.16177462, 0.07215170, 0.03876084], sum: 11.47838986),
  ]

  static func model(
    _ a: Double, _ b: Double, noise: Double = 1, batch: Double = 1, features: Int = 64
  ) throws -> FeatureModel {
    try FeatureModel(
      task: ModelTask(taskExponent: a, spectrumExponent: b, noise: .variance(noise), batch: batch),
      features: features)
  }

  /// To 10⁻⁹ from the semi-analytic schedule, a small constant and random learning rates.
  @Test(arguments: sampled(optima))
  func referenceOptima(_ expected: Optimum) throws {
    let model = try Self.model(
      expected.a, expected.b, noise: expected.noise, batch: expected.batch)
    var generator = SplitMix64(seed: 8)
    let starts: [[Double]?] = [
      nil, [Double](repeating: 0.03, count: expected.steps),
      (0..<expected.steps).map { _ in exp(Double.random(in: -5 ... -1, using: &generator)) },
    ]
    for start in starts {
      let best = try OptimalModelSchedule(
        for: model, steps: expected.steps, cap: expected.cap, start: start)
      #expect(best.isConverged)
      #expect(relativeError(best.excess, expected.excess) < 1e-9)
      let places = [0, 1, 2, 3].map { $0 * expected.steps / 4 } + [expected.steps - 1]
      for (place, rate) in zip(places, expected.rates) {
        #expect(relativeError(best.learningRates[place], rate) < 2e-6)
      }
      #expect(relativeError(best.learningRates.reduce(0, +), expected.sum) < 1e-7)
      #expect(best.coordinateResidual < 2e-6)
      #expect(best.learningRates.allSatisfy { $0 <= expected.cap })
    }
  }

  /// In the limit of small learning rates η*·Σ λpc is constant along the optimum.
  @Test func firstIntegral() throws {
    let steps = isHeavy ? 4096 : 256
    let model = try Self.model(3, 1.5)
    let best = try OptimalModelSchedule(for: model, steps: steps, cap: 0.5, recursion: .euler)
    let places = [0, steps / 4, steps / 2, 3 * steps / 4, steps - 1]
    let values = places.map { best.firstIntegral[$0] }
    let expected = [
      9.61298535e-07, 9.60241467e-07, 9.60089365e-07, 9.60199011e-07, 9.60198999e-07,
    ]
    let spread = (values.max() ?? 0) / (values.min() ?? 1) - 1
    #expect(spread < (isHeavy ? 1.4e-3 : 0.05), "\(values)")
    if isHeavy {
      print("first integral \(values)")
      for (value, reference) in zip(values, expected) {
        #expect(relativeError(value, reference) < 1e-5)
      }
    }
  }

  /// Capped steps too, and it is the slope of the optimum's loss in T.
  @Test func firstIntegralIsTheSlopeInTime() throws {
    let model = try Self.model(2, 4)
    let best = try OptimalModelSchedule(for: model, steps: 256, cap: 0.1, recursion: .euler)
    let longer = try OptimalModelSchedule(for: model, steps: 272, cap: 0.1, recursion: .euler)
    let slope = -log(longer.excess / best.excess) / log(272.0 / 256)
    #expect(best.learningRates.filter { $0 == 0.1 }.count > 50)
    #expect(abs(best.localExponent / slope - 1) < 0.05)
    for value in best.firstIntegral {
      #expect(relativeError(value, best.firstIntegral[128]) < 0.1)
    }
  }

  /// The semi-analytic schedule run step by step ends within a per cent or so of the optimum.
  @Test(arguments: sampled([(3.0, 1.5, 0.5), (2, 1.25, 0.5), (2, 4, 0.5)]))
  func semiAnalytic(_ a: Double, _ b: Double, _ cap: Double) throws {
    let model = try Self.model(a, b, features: 1000)
    let steps = isHeavy ? 4096 : 256
    let best = try OptimalModelSchedule(for: model, steps: steps, cap: cap)
    let limit = try SemiAnalyticSchedule(for: model, steps: Double(steps), cap: cap)
    let loss = try model.finalLoss(learningRates: limit.learningRates).excess
    #expect(loss >= best.excess * (1 - 1e-12))
    #expect(loss < best.excess * (isHeavy ? 1.01 : 1.03), "\(loss) \(best.excess)")
    if isHeavy {
      print(
        "semi-analytic \(a), \(b): \(loss / best.excess - 1) above, \(best.iterations) iterations")
    }
    let taken = limit.learningRates.reduce(0, +)
    #expect(relativeError(taken, limit.intrinsicTime) < 0.02)
  }

  @Test func refuses() throws {
    let model = try Self.model(3, 1.5)
    let empty = inputProblem { try OptimalModelSchedule(for: model, steps: 0) }
    #expect(empty == "a run has at least 1 step")
    let negative = inputProblem { try OptimalModelSchedule(for: model, steps: 4, cap: -1) }
    #expect(negative == "the highest learning rate -1 is out of range")
    #expect(throws: InputError.self) {
      try OptimalModelSchedule(for: model, steps: 1_000_000)
    }
    #expect(throws: InputError.self) {
      try OptimalModelSchedule(for: model, steps: 2, start: [0.1, 0])
    }
    let nan = inputProblem { try SemiAnalyticSchedule(for: model, steps: .nan) }
    #expect(nan == "number of steps nan is out of range")
    let one = try OptimalModelSchedule(for: model, steps: 1)
    #expect(one.excess < model.initialExcess && one.isConverged)
  }
}
