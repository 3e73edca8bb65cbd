import Bound
import Foundation
import Runs
import Schedules
import TestSupport
import Testing
import Transfer

@Suite struct LossModelTests {
  /// A sweep that follows C + A·(γS)^−α + B·γ^q·V^r with α = 0.4, q = 0.8, r = 0.6, that is a = 1/3 and
  /// b = 1/2, the prior means.
  static func sweep() throws -> Sweep {
    var runs: [Sweep.Run] = []
    for steps in [1000, 4000] {
      for shape in SyntheticSweep.shapes {
        let terms = try SyntheticSweep.terms(shape, steps)
        for rate in [2.5e-4, 5e-4, 1e-3, 2e-3, 4e-3] {
          let loss =
            2.5 + 0.5 * pow(rate * terms.stepSum, -0.4) + 10 * pow(rate, 0.8)
            * pow(terms.noiseSum, 0.6)
          runs.append(
            Sweep.Run(
              spec: try ScheduleSpec(shape), steps: steps, baseLearningRate: rate, loss: loss))
        }
      }
    }
    return Sweep(runs: runs)
  }

  @Test(.enabled(if: isHeavy)) func recoversItsOwnForm() throws {
    let cells = CalibrationTests.cells(try Self.sweep())
    #expect(cells.count == 10)
    let fit = try #require(LossModelFit(of: cells))
    #expect(relativeError(fit.model.biasExponent, 0.4) < 1e-4)
    #expect(relativeError(fit.model.rateExponent, 0.8) < 1e-4)
    #expect(relativeError(fit.model.noiseSumExponent, 0.6) < 1e-4)
    #expect(relativeError(fit.model.constant, 2.5) < 1e-4)
    #expect(fit.trainingError < 1e-6)
    #expect(try #require(fit.heldOutError) < 1e-5)
  }

  /// The optimum is where the loss is least, and moves as a and b say.
  @Test func optimum() throws {
    let model = try #require(LossModelFit(of: CalibrationTests.cells(Self.sweep()))).model
    let terms = try SyntheticSweep.terms("wsd20", 3000)
    let best = model.optimalBaseLearningRate(for: terms)
    let least = model.loss(at: best, terms: terms)
    for factor in [0.99, 1.01] {
      #expect(model.loss(at: factor * best, terms: terms) > least)
    }
    let other = try SyntheticSweep.terms("linear", 9000)
    let ratio = model.optimalBaseLearningRate(for: other) / best
    let expected =
      pow(terms.stepSum / other.stepSum, model.optimumStepSumExponent)
      * pow(terms.noiseSum / other.noiseSum, model.optimumNoiseSumExponent)
    #expect(relativeError(ratio, expected) < 1e-12)
  }

  @Test func tooFewPoints() throws {
    let cells = CalibrationTests.cells(try Self.sweep())
    #expect(LossModelFit(of: [cells[0]]) == nil)
    #expect(LossModelFit(of: []) == nil)
    // Two cells can be fitted, and none left out.
    let pair = try #require(LossModelFit(of: Array(cells.prefix(2))))
    #expect(pair.heldOutError == nil && pair.trainingError < 0.01)
  }

  /// The sweep of real 124M runs, where it is present: each cell's losses told from the others'.
  @Test(.enabled(if: RealData.isPresent, "needs the folder of real runs"))
  func realSweep() throws {
    let cells = CalibrationTests.cells(try Sweep(contentsOf: RealData.sweep))
    let fit = try #require(LossModelFit(of: cells))
    #expect(try #require(fit.heldOutError) < 0.005)
    #expect(fit.trainingError < 0.004)
    let calibration = try Calibration(of: cells)
    #expect(calibration.scope == .shape && calibration.exponents.horizonOffset == 0)
    let spread = try CalibrationSpread(of: cells, samples: 20)
    #expect(spread.samples == 20 && spread.optimumDeviations.allSatisfy { $0 < 0.1 })
    #expect(try #require(CalibrationCheck(of: cells)).error < 0.1)
  }
}
