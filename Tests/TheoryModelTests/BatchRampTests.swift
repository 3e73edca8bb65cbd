import Foundation
import Support
import TestSupport
import Testing
import TheoryModel

/// A falling learning rate turned into a growing batch.
@Suite struct BatchRampTests {

  /// A few hundred steps instead of 16384, on the same samples, for less than one per cent of the excess.
  @Test func fewStepsOnTheSameSamples() throws {
    let steps = isHeavy ? 16384 : 512
    let features = isHeavy ? 100_000 : 64
    let model = try FeatureModel(
      task: ModelTask(taskExponent: 3, spectrumExponent: 1.5, noise: .variance(1)),
      features: features)
    let best = try OptimalModelSchedule(for: model, steps: steps, cap: 0.5)
    let ramps = try [0.05, 0.2].map {
      try BatchRamp(from: best.learningRates, of: model, learningRate: $0)
    }
    for ramp in ramps {
      #expect(relativeError(ramp.batches.reduce(0, +), Double(steps)) < 1e-12)
      #expect(ramp.batches.allSatisfy { $0 >= 1 })
    }
    #expect(ramps[1].batches.count < ramps[0].batches.count)
    guard isHeavy else {
      #expect(ramps[0].excess < best.excess * 1.03)
      return
    }
    let gentle = try BatchRamp(from: best.learningRates, of: model, learningRate: 0.01)
    #expect(relativeError(best.excess, 2.550631e-3) < 2e-4)
    #expect(gentle.batches.count == 6402)
    #expect(ramps[0].batches.count == 1280 && ramps[1].batches.count == 320)
    let excesses = [(gentle, 2.551386e-3), (ramps[0], 2.554864e-3), (ramps[1], 2.569497e-3)]
    for (ramp, excess) in excesses {
      print("batch ramp", ramp.learningRate, ramp.batches.count, ramp.excess / best.excess - 1)
      #expect(relativeError(ramp.excess, excess) < 1e-3)
    }
    #expect(ramps[1].excess < best.excess * 1.01)
    let exponent = try #require(ramps[0].exponent)
    print("exponent", exponent, ramps[1].batches[0], ramps[1].batches[319])
    #expect(abs(exponent + 2.0 / 3) < 0.02)
  }

  /// Both stationarity conditions in (η, m) are one: along the optimum of the continuous problem
  /// m·(Σ λpc)²/(L·Σ λp) does not change, which is what a price per example asks for.
  @Test func theDegenerateDirection() throws {
    let model = try FeatureModel(
      task: ModelTask(taskExponent: 3, spectrumExponent: 1.5, noise: .variance(1)), features: 64)
    let best = try OptimalModelSchedule(
      for: model, steps: isHeavy ? 4096 : 512, cap: 0.5, recursion: .euler)
    let gradient = try FinalLossGradient(
      of: model, learningRates: best.learningRates, recursion: .euler)
    let prices = best.learningRates.indices.map { step in
      -gradient.batchSlopes[step] * model.task.batch
    }
    let worst = prices.map { abs($0 / prices[prices.count / 2] - 1) }.max() ?? 1
    #expect(worst < (isHeavy ? 0.005 : 0.05), "\(worst)")
  }

  @Test func refuses() throws {
    let model = try FeatureModel(
      task: ModelTask(taskExponent: 3, spectrumExponent: 1.5, noise: .variance(1)), features: 64)
    #expect(throws: InputError.self) {
      try BatchRamp(from: [0.1, 0.2], of: model, learningRate: 0)
    }
    let zero = inputProblem { try BatchRamp(from: [0.1, 0], of: model, learningRate: 0.5) }
    #expect(zero == "the learning rate of step 2 is 0")
    // Steps smaller than those of the run would need less than an example each.
    #expect(throws: InputError.self) {
      try BatchRamp(from: [0.1, 0.1], of: model, learningRate: 0.01)
    }
    #expect(throws: InputError.self) {
      try BatchRamp(from: [0.1, 0.1], of: model, learningRate: 1e-12)
    }
  }
}
