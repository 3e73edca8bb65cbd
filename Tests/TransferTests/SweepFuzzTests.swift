import Bound
import Glibc
import Runs
import Schedules
import Support
import TestSupport
import Testing
import Transfer

/// Whatever a sweep holds, fits and evaluations are finite or refused.
@Suite struct SweepFuzzTests {
  static let specs = [
    "linear", "wsd20", "constant", "cosine:min=0.1", "wsd:cooldown=5steps", "rex",
  ]

  static func sweep(_ random: inout SplitMix64) throws -> Sweep {
    var runs: [Sweep.Run] = []
    let hasBatches = random.nextIndex(below: 2) == 0
    for _ in 0..<1 + random.nextIndex(below: 6) {
      let spec = try ScheduleSpec(specs[random.nextIndex(below: specs.count)])
      let steps = [6, 100, 101, 3000][random.nextIndex(below: 4)]
      let batch = hasBatches ? 64 << random.nextIndex(below: 20) : nil
      let centre = exp((random.nextIndex(below: 8) == 0 ? 200 : 4) * (random.nextUnit() - 0.5))
      for _ in 0..<random.nextIndex(below: 10) {
        let distance = 6 * (random.nextUnit() - 0.5)
        let smooth = 3 + 0.02 * distance * distance
        let odd = [smooth + 0.1 * random.nextUnit(), 3, .nan, .infinity, 1e300, -5]
        let kind = random.nextIndex(below: 40)
        runs.append(
          Sweep.Run(
            spec: spec, steps: steps, batchTokens: batch, baseLearningRate: centre * exp(distance),
            loss: kind < odd.count ? odd[kind] : smooth))
      }
    }
    return Sweep(runs: runs)
  }

  @Test(arguments: sampled(0..<40))
  func finiteOrRefused(_ seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let sweep = try Self.sweep(&random)
    let cells = TunedSweep(sweep).cells
    for cell in cells {
      #expect(cell.optimum.baseLearningRate > 0 && cell.optimum.baseLearningRate.isFinite)
      #expect(cell.optimum.interval.upperBound.isFinite)
    }
    if let fit = LossModelFit(of: cells) {
      #expect(fit.trainingError.isFinite && (fit.heldOutError ?? 0).isFinite)
      for cell in cells {
        let loss = fit.model.loss(at: cell.optimum.baseLearningRate, terms: cell.terms)
        #expect(loss.isFinite)
      }
    }
    do {
      let calibration = try Calibration(of: cells)
      #expect(calibration.exponents.horizonOffset.isFinite && calibration.logScale.isFinite)
      #expect(calibration.law.constant > 0 && calibration.law.constant.isFinite)
      #expect(calibration.covariance.allSatisfy { $0.allSatisfy(\.isFinite) })
      #expect(calibration.shapeDeviation > 0 && calibration.shapeDeviation.isFinite)
      let spread = try CalibrationSpread(of: cells, samples: 3)
      #expect(spread.deviations.horizonOffset.isFinite)
      let file = try TemporaryFile(calibration.json)
      #expect(try Calibration(contentsOf: file.path) == calibration)
      for error in CalibrationCheck(of: cells)?.errors ?? [] { #expect(error.isFinite) }
    } catch is InputError {}
    do {
      let evaluation = try RuleEvaluation(of: cells.map(MeasuredOptimum.init))
      for prediction in evaluation.pairs + evaluation.fromOthers {
        #expect(prediction.baseLearningRate.isFinite && prediction.regret?.isFinite == true)
        #expect(prediction.regret ?? -1 >= 0 && prediction.error.isFinite)
      }
    } catch is InputError {
      // Predictions beyond 1e±50.
    }
  }
}
