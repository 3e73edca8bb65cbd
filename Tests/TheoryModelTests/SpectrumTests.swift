import Foundation
import Glibc
import Support
import TestSupport
import Testing
import TheoryModel

/// Few modes for many features.
@Suite struct SpectrumTests {
  static let tasks: [(Double, Double)] = [
    (3, 1.5), (2, 1.25), (2, 4), (1.5, 3), (1.1, 1.1), (5, 4), (1.5, 8), (8, 1.5),
  ]

  /// At all times, also without noise, where the loss is the excess alone.
  @Test(arguments: tasks, [0.0, 1.0])
  func compressedAgreesWithAllFeatures(_ exponents: (Double, Double), _ noise: Double) throws {
    let features = isHeavy ? 100_000 : 2000
    let steps = isHeavy ? 10_000 : 60
    let task = try ModelTask(
      taskExponent: exponents.0, spectrumExponent: exponents.1, noise: .variance(noise))
    let direct = try FeatureModel(task: task, features: features, summation: .direct)
    let compressed = try FeatureModel(task: task, features: features)
    #expect(compressed.modes < features)
    let peak = 0.8 * direct.stabilityEdge
    #expect(relativeError(compressed.stabilityEdge, direct.stabilityEdge) < 1e-9)
    let rates = (0..<steps).map { peak * (1 - Double($0) / Double(steps)) }
    let expected = try direct.losses(learningRates: rates)
    let found = try compressed.losses(learningRates: rates)
    let worst = zip(found, expected).map { relativeError($0.loss, $1.loss) }.max() ?? 1
    #expect(worst < 1e-9)
    if isHeavy {
      print("\(exponents), σ² = \(noise): \(compressed.modes) modes, off by \(worst)")
    }
  }

  @Test func modesGrowWithTheLogarithm() throws {
    let task = try ModelTask(taskExponent: 2, spectrumExponent: 1.5, noise: .variance(1))
    let counts = try [10_000, 1_000_000, 100_000_000, 10_000_000_000].map {
      try FeatureModel(task: task, features: $0).modes
    }
    #expect(counts[3] < 400)
    #expect(abs((counts[3] - counts[2]) - (counts[2] - counts[1])) <= 20)
  }

  /// Against a sum over all hundred million features.
  @Test func aHundredMillionFeatures() throws {
    let features = isHeavy ? 100_000_000 : 100_000
    let task = try ModelTask(taskExponent: 3, spectrumExponent: 1.5, noise: .variance(0))
    let model = try FeatureModel(task: task, features: features)
    for time in [0.0, 30, 1e5, 1e8] {
      var sum = 0.0
      for index in (1...features).reversed() {
        let feature = Double(index)
        let eigenvalue = 1 / (feature * feature.squareRoot())
        sum += eigenvalue * eigenvalue * exp(-2 * eigenvalue * time)
      }
      // Here a = 2b, so that signal and noise kernels are one.
      #expect(relativeError(model.remainingSignal(after: time), sum) < 1e-11)
      #expect(relativeError(model.remainingNoise(after: time), sum) < 1e-11)
    }
  }

  @Test func theTailIsWhatIsLeftOfTheTarget() throws {
    let task = try ModelTask(taskExponent: 2, spectrumExponent: 1.5, noise: .variance(0.25))
    let model = try FeatureModel(task: task, features: 1000, includesTail: true)
    let whole = Double.pi * Double.pi / 6 + 0.25
    #expect(relativeError(model.initialExcess + model.noise, whole) < 1e-14)
    #expect(try FeatureModel(task: task, features: 1000).noise == 0.25)
  }

  @Test(arguments: [-1, 0, 1, 1_000_000_000_001])
  func refusesFeatures(_ features: Int) throws {
    let task = try ModelTask(taskExponent: 2, spectrumExponent: 1.5, noise: .variance(1))
    let problem = inputProblem { try FeatureModel(task: task, features: features) }
    #expect(problem == "number of features \(features) is out of range")
    let direct = inputProblem {
      try FeatureModel(task: task, features: 20_000_000, summation: .direct)
    }
    #expect(direct == "number of features 20000000 is out of range")
  }

  /// Below the edge a constant learning rate settles, above it the loss grows past all bounds.
  @Test(arguments: [1.0, 4, 64])
  func stabilityEdge(_ batch: Double) throws {
    let task = try ModelTask(
      taskExponent: 2, spectrumExponent: 1.5, noise: .variance(1), batch: batch)
    let model = try FeatureModel(task: task, features: 300)
    let edge = model.stabilityEdge
    let below = try model.losses(learningRates: [Double](repeating: 0.9 * edge, count: 4000))
    #expect(below[4000].loss < below[2000].loss * 1.1)
    let above = try model.losses(learningRates: [Double](repeating: 1.1 * edge, count: 4000))
    #expect(above[4000].loss > 10 * above[400].loss)
  }

  @Test func refusesRuns() throws {
    let task = try ModelTask(taskExponent: 2, spectrumExponent: 1.5, noise: .variance(1))
    let model = try FeatureModel(task: task, features: 10)
    func problem(_ rates: [Double], _ batches: [Double]? = nil) -> String? {
      inputProblem { try model.finalLoss(learningRates: rates, batches: batches) }
    }
    #expect(problem([]) == "a run has at least 1 step")
    #expect(problem([1, -1]) == "the learning rate of step 2 is -1")
    #expect(throws: InputError.self) { try model.losses(learningRates: [.nan]) }
    #expect(problem([0.1], [0]) == "the batch of step 1 is 0")
    #expect(problem([0.1, 0.1], [1]) == "1 batch sizes were given for 2 steps")
  }
}
