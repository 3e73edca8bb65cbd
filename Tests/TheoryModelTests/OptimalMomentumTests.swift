import Foundation
import Glibc
import TestSupport
import Testing
import TheoryModel

@Suite struct OptimalMomentumTests {

  @Test(arguments: GradientNoise.allCases)
  func adjointAgreesWithDifferences(_ noise: GradientNoise) throws {
    var generator = SplitMix64(seed: 3)
    let model = try FeatureModel(
      task: ModelTask(taskExponent: 2, spectrumExponent: 3, noise: .variance(0.4), batch: 3),
      features: 30)
    let rates = (0..<25).map { _ in Double.random(in: 0.02...0.3, using: &generator) }
    let momenta = (0..<25).map { _ in Double.random(in: 0...0.9, using: &generator) }
    let gradient = MomentumGradient(
      of: model, steps: try MomentumSteps(rates: rates, momenta: momenta), gradientNoise: noise)
    func excess(_ rates: [Double], _ momenta: [Double]) throws -> Double {
      model.finalLoss(
        momentum: try MomentumSteps(rates: rates, momenta: momenta), gradientNoise: noise
      ).excess
    }
    #expect(relativeError(gradient.excess, try excess(rates, momenta)) < 1e-14)
    for step in stride(from: 0, to: 25, by: 4) {
      for isRate in [true, false] {
        var up = isRate ? rates : momenta
        var down = up
        up[step] += 1e-5
        down[step] -= 1e-5
        let difference =
          isRate
          ? try (excess(up, momenta) - excess(down, momenta)) / 2e-5
          : try (excess(rates, up) - excess(rates, down)) / 2e-5
        let slope = isRate ? gradient.rateSlopes[step] : gradient.momentumSlopes[step]
        #expect(abs(difference - slope) < 1e-8, "\(step) \(isRate)")
      }
    }
  }

  /// Momentum helps in the hard phase where the noise is additive, the more the longer the run.
  @Test func speedUpWithAdditiveNoise() throws {
    let lengths = isHeavy ? [64, 256, 1024, 4096] : [8, 32]
    let model = try FeatureModel(
      task: ModelTask(taskExponent: 2, spectrumExponent: 3, noise: .variance(1)),
      features: isHeavy ? 10_000 : 100)
    let found = try lengths.map {
      try OptimalMomentum(for: model, steps: $0, cap: 0.5, gradientNoise: .additive)
    }
    for (shorter, longer) in zip(found, found.dropFirst()) {
      #expect(longer.gain > shorter.gain)
    }
    #expect(found[0].gain > 1)
    guard isHeavy else { return }
    let slopes = zip(found, found.dropFirst()).map { log($1.excess / $0.excess) / log(4) }
    let plain = zip(found, found.dropFirst()).map {
      log($1.plainExcess / $0.plainExcess) / log(4)
    }
    print("momentum \(slopes), plain \(plain), gain \(found.map(\.gain))")
    print("effective", found.map { $0.effectiveRates[$0.effectiveRates.count / 4] })
    for (slope, expected) in zip(slopes, [-0.431, -0.452, -0.466]) {
      #expect(abs(slope - expected) < 0.01)
    }
    for (slope, expected) in zip(plain, [-0.358, -0.364, -0.364]) {
      #expect(abs(slope - expected) < 0.01)
    }
    #expect(abs(found[0].gain - 1.14) < 0.02 && abs(found[3].gain - 1.64) < 0.05)
  }

  /// In the easy phase it does not.
  @Test func noGainInTheEasyPhase() throws {
    let model = try FeatureModel(
      task: ModelTask(taskExponent: 3, spectrumExponent: 1.5, noise: .variance(1)), features: 1000)
    let found = try OptimalMomentum(
      for: model, steps: isHeavy ? 1024 : 32, cap: 0.5, gradientNoise: .multiplicative)
    #expect(found.gain >= 1 - 1e-6 && found.gain < 1.01)
  }

  /// DANA without label noise: slopes −.351 to −.440 where plain SGD has −.25.
  @Test func acceleratedWithoutNoise() throws {
    guard isHeavy else { return }
    let model = try FeatureModel(
      task: ModelTask(taskExponent: 2, spectrumExponent: 4, noise: .variance(0)),
      features: 1_000_000)
    let lengths = [1 << 9, 1 << 11, 1 << 13, 1 << 15, 1 << 17]
    let excesses = try lengths.map { length in
      let times = (0..<length).map { Double($0) }
      let steps = try MomentumSteps(
        rates: times.map { 0.05 * pow(1 + $0, -0.25) }, momenta: times.map { 1 - 6 / ($0 + 6) },
        gradientRates: [Double](repeating: 0.3, count: length))
      return model.finalLoss(momentum: steps).excess
    }
    let slopes = zip(excesses, excesses.dropFirst()).map { log($1 / $0) / log(4) }
    print("DANA", slopes)
    #expect(slopes.allSatisfy { $0 < -0.33 })
    #expect(abs((slopes.last ?? 0) + 0.44) < 0.01)
  }

  @Test func refuses() throws {
    let model = try ReferenceTests.model(3, 1.5)
    func problem(_ steps: Int) -> String? {
      inputProblem { try OptimalMomentum(for: model, steps: steps, gradientNoise: .additive) }
    }
    #expect(problem(1) == "momentum needs at least 2 steps")
    #expect(problem(20_001) == "20001 steps are too many here")
  }
}
