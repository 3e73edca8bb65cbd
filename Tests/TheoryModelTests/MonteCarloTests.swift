import Foundation
import Glibc
import TestSupport
import Testing
import TheoryModel

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// SGD itself on sampled features, against the recursion for its second moments.
@Suite struct MonteCarloTests {

  /// Mean and standard error of the loss over independent runs.
  static func sample(
    _ task: ModelTask, features: Int, rates: [Double], momenta: [Double], gradientRates: [Double],
    runs: Int, seed: UInt64
  ) -> (mean: Double, error: Double) {
    var generator = SplitMix64(seed: seed)
    var spare: Double?
    // Box and Muller.
    func normal() -> Double {
      if let value = spare {
        spare = nil
        return value
      }
      let radius = (-2 * log(1 - Double.random(in: 0..<1, using: &generator))).squareRoot()
      let angle = 2 * Double.pi * Double.random(in: 0..<1, using: &generator)
      spare = radius * sin(angle)
      return radius * cos(angle)
    }
    let eigenvalues = (1...features).map { pow(Double($0), -task.spectrumExponent) }
    let deviations = eigenvalues.map { $0.squareRoot() }
    // The errors D = w − w* start at −w*, of which the sign is immaterial.
    let start = (1...features).map { index -> Double in
      pow(Double(index), (task.spectrumExponent - task.taskExponent) / 2)
    }
    let batch = Int(task.batch)
    let noise = task.labelNoise.squareRoot()
    var sum = 0.0
    var squares = 0.0
    var feature = [Double](repeating: 0, count: features)
    for _ in 0..<runs {
      var errors = start
      var velocity = [Double](repeating: 0, count: features)
      for (step, rate) in rates.enumerated() {
        var gradient = [Double](repeating: 0, count: features)
        for _ in 0..<batch {
          var residual = -noise * normal()
          for index in 0..<features {
            feature[index] = deviations[index] * normal()
            residual += errors[index] * feature[index]
          }
          for index in 0..<features {
            gradient[index] += feature[index] * residual / Double(batch)
          }
        }
        for index in 0..<features {
          velocity[index] = momenta[step] * velocity[index] + gradient[index]
          errors[index] -= gradientRates[step] * gradient[index] + rate * velocity[index]
        }
      }
      var loss = task.labelNoise
      for index in 0..<features { loss += eigenvalues[index] * errors[index] * errors[index] }
      sum += loss
      squares += loss * loss
    }
    let mean = sum / Double(runs)
    let variance = (squares / Double(runs) - mean * mean) / Double(runs - 1)
    return (mean, variance.squareRoot())
  }

  @Test(arguments: [(0.0, 0.0), (0.8, 0.0), (0.7, 0.1)])
  func meanLossIsThatOfTheRecursion(_ momentum: Double, _ gradientRate: Double) throws {
    let runs = isHeavy ? 200_000 : 250
    let task = try ModelTask(
      taskExponent: 2, spectrumExponent: 1.5, noise: .variance(0.5), batch: 2)
    let features = 6
    let rates = (0..<30).map { 0.3 * (1 - momentum) * (1 - Double($0) / 30) }
    let momenta = [Double](repeating: momentum, count: 30)
    let gradientRates = [Double](repeating: gradientRate, count: 30)
    let model = try FeatureModel(task: task, features: features)
    let steps = try MomentumSteps(rates: rates, momenta: momenta, gradientRates: gradientRates)
    let exact = model.finalLoss(momentum: steps).loss
    let found = Self.sample(
      task, features: features, rates: rates, momenta: momenta, gradientRates: gradientRates,
      runs: runs, seed: 5)
    let deviations = (found.mean - exact) / found.error
    #expect(abs(deviations) < 4)
    #expect(found.error < 0.05 * exact)
    if isHeavy { print("\(found.mean) ± \(found.error), exact \(exact)") }
  }
}
