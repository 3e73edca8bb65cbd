import Foundation
import Numerics
import TestSupport
import Testing

@testable import Transfer

/// The posterior against its prior, against numerical integration, and its invariances.
@Suite struct CalibrationPosteriorTests {
  typealias Observation = CalibrationPosterior.Observation

  static let dense = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../../../shared/data/llm-tuned-lr/dense.csv").standardized.path

  /// Cells with random features that follow exponents, and the law with a constant at random batches.
  static func observations(
    _ count: Int, exponents: [Double], constant: Double? = nil, variance: Double = 1e-4,
    noise: Double = 0, shift: Double = 0, seed: UInt64 = 7
  ) -> [Observation] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in
      let steps = 500 << random.nextIndex(below: 6)
      let batch = constant.map { _ in 64 << random.nextIndex(below: 8) }
      let horizon = Horizon(steps: steps, batchTokens: batch)
      let features = [4 * random.nextUnit(), 4 * random.nextUnit(), -log(Double(steps))]
      let law = HorizonBatchLaw(constant: constant ?? 1.9)
      return Observation(
        features: features, horizon: horizon,
        logOptimum: shift + dot(features, exponents) + law.logRate(at: horizon) + noise
          * random.nextNormal(),
        variance: variance)
    }
  }

  static func posterior(
    _ observations: [Observation], free: [Int] = [0, 1, 2], isConstantFree: Bool = false
  ) -> CalibrationPosterior {
    CalibrationPosterior(
      of: observations, free: free, isConstantFree: isConstantFree,
      start: free.contains(0) ? CalibrationPrior.mean.array : [0.5, 0.5, 0])
  }

  /// Cells of unknown optima leave the prior, with its correlations.
  @Test func thePriorWithoutInformation() {
    let cells = Self.observations(9, exponents: [1, 1, 0], constant: 5, variance: 1e14)
    let posterior = Self.posterior(cells, isConstantFree: true)
    let (mean, sd) = (CalibrationPrior.mean.array, CalibrationPrior.deviation.array)
    for row in 0..<3 {
      #expect(abs(posterior.mean[row] - mean[row]) < 1e-9)
      #expect(abs(posterior.covariance[row, 3]) < 1e-9)
      for column in 0..<3 {
        let expected = CalibrationPrior.correlation[row][column] * sd[row] * sd[column]
        #expect(abs(posterior.covariance[row, column] - expected) < 1e-9)
      }
    }
    #expect(abs(posterior.mean[3] - log(1.9)) < 1e-9)
    // The grid ends at three deviations.
    #expect(abs(posterior.covariance[3, 3].squareRoot() - 0.7) < 0.01)
    #expect(abs(posterior.discrepancyVariance - 0.034) < 1e-9)
  }

  @Test func recoversExponents() {
    let truth = [0.9, 0.2, -0.1]
    let posterior = Self.posterior(Self.observations(2000, exponents: truth))
    for (found, expected) in zip(posterior.mean, truth) { #expect(abs(found - expected) < 0.01) }
    #expect(abs(posterior.discrepancyVariance - 0.01) < 1e-6)
    let loud = Self.posterior(Self.observations(400, exponents: truth, noise: 0.4))
    #expect(abs(loud.discrepancyVariance - 0.16) < 1e-3)
    for (index, expected) in truth.enumerated() {
      let deviation = loud.covariance[index, index].squareRoot()
      #expect(abs(loud.mean[index] - expected) < 3 * deviation && deviation < 0.1)
    }
  }

  @Test(arguments: [0.6, 1.9, 5])
  func recoversTheConstant(_ constant: Double) {
    let cells = Self.observations(300, exponents: [0.5, 0.5, 0.05], constant: constant)
    let posterior = Self.posterior(cells, isConstantFree: true)
    let deviation = posterior.covariance[3, 3].squareRoot()
    #expect(abs(posterior.mean[3] - log(constant)) < 3 * deviation && deviation < 0.1)
    #expect(abs(posterior.mean[2] - 0.05) < 0.05)
  }

  /// One exponent and c: the sums over a grid of δ, s, ln c and D.
  @Test func numericalIntegration() {
    let cells = Self.observations(
      5, exponents: [0.5, 0.5, 0.1], constant: 0.9, variance: 0.01, noise: 0.2)
    let posterior = Self.posterior(cells, free: [2], isConstantFree: true)
    var moments = [Double](repeating: 0, count: 7)
    for discrepancy in CalibrationPrior.discrepancies {
      for width in -30...30 {
        let logConstant = log(1.9) + 0.07 * Double(width)
        let law = HorizonBatchLaw(constant: exp(logConstant))
        let residuals = cells.map {
          $0.logOptimum - 0.5 * ($0.features[0] + $0.features[1]) - law.logRate(at: $0.horizon)
        }
        for place in -40...40 {
          let offset = 0.015 * Double(place)
          for step in -80...80 {
            // s is around the mean residual; a step of .02 resolves its deviation of .06 and more.
            let scale =
              residuals.reduce(0, +) / 5 - offset * cells.reduce(0) { $0 + $1.features[2] } / 5
              + 0.02 * Double(step)
            var weight =
              log(discrepancy.weight) - pow(Double(width) / 10, 2) / 2 - pow(offset / 0.12, 2) / 2
            for (cell, residual) in zip(cells, residuals) {
              let variance = cell.variance + discrepancy.deviation * discrepancy.deviation
              let miss = residual - scale - offset * cell.features[2]
              weight -= (miss * miss / variance + log(variance)) / 2
            }
            let density = exp(weight)
            for (index, value) in [
              1, offset, logConstant, offset * offset, logConstant * logConstant,
              offset * logConstant, discrepancy.deviation * discrepancy.deviation,
            ].enumerated() { moments[index] += density * value }
          }
        }
      }
    }
    let means = moments.map { $0 / moments[0] }
    #expect(abs(posterior.mean[2] - means[1]) < 1e-4)
    #expect(abs(posterior.mean[3] - means[2]) < 1e-4)
    #expect(abs(posterior.covariance[2, 2] - (means[3] - means[1] * means[1])) < 1e-4)
    #expect(abs(posterior.covariance[3, 3] - (means[4] - means[2] * means[2])) < 1e-4)
    #expect(abs(posterior.covariance[2, 3] - (means[5] - means[1] * means[2])) < 1e-4)
    #expect(abs(posterior.discrepancyVariance - means[6]) < 1e-4)
    #expect(posterior.mean[0] == 0.5 && posterior.covariance[0, 0] == 0)
  }

  /// Tuned learning rates of dense language models, one shape, many batches: each model's c.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: dense), "needs the folder of real runs"))
  func languageModels() throws {
    let rows = try String(contentsOfFile: Self.dense, encoding: .utf8).split(
      whereSeparator: \.isNewline)
    let cells = rows.dropFirst().map { $0.split(separator: ",").compactMap { Double($0) } }
    #expect(cells.count > 150)
    for (_, cells) in Dictionary(grouping: cells, by: { $0[0] }) {
      let observations = cells.map { cell in
        Observation(
          features: [0, 0, -log(cell[6])],
          horizon: Horizon(steps: Int(cell[6]), batchTokens: Int(cell[4])),
          logOptimum: log(cell[7]), variance: max(cell[8] * cell[8], 0.0036))
      }
      for free in [[], [2]] {
        let posterior = Self.posterior(observations, free: free, isConstantFree: true)
        #expect(abs(posterior.mean[3] - log(1.9)) < 0.4 && abs(posterior.mean[2]) < 0.1)
        #expect(posterior.covariance[3, 3].squareRoot() < 0.3)
      }
    }
  }

  /// Neither the cells' order nor a factor on all learning rates matters.
  @Test func invariances() {
    let cells = Self.observations(12, exponents: [0.3, 0.7, 0], constant: 3, noise: 0.1)
    let scaled = Self.observations(
      12, exponents: [0.3, 0.7, 0], constant: 3, noise: 0.1, shift: 9)
    let first = Self.posterior(cells, isConstantFree: true)
    for other in [Array(cells.reversed()), scaled] {
      let second = Self.posterior(other, isConstantFree: true)
      for index in 0..<4 { #expect(abs(first.mean[index] - second.mean[index]) < 1e-10) }
      for (entry, same) in zip(first.covariance.entries, second.covariance.entries) {
        #expect(abs(entry - same) < 1e-10)
      }
    }
  }
}
