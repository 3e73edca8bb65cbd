import Glibc
import Runs
import Schedules
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
    for _ in 0..<1 + Int(random.next() % 5) {
      let spec = try ScheduleSpec(specs[Int(random.next() % UInt64(specs.count))])
      let steps = [6, 100, 101, 3000][Int(random.next() % 4)]
      let centre = exp(20 * (random.nextUnit() - 0.7))
      for _ in 0..<Int(random.next() % 8) {
        let distance = 6 * (random.nextUnit() - 0.5)
        let smooth = 3 + 0.02 * distance * distance
        let losses = [
          smooth, smooth, smooth, smooth + 0.1 * random.nextUnit(), 3, .nan, .infinity, 1e300, -5,
        ]
        runs.append(
          Sweep.Run(
            spec: spec, steps: steps, baseLearningRate: centre * exp(distance),
            loss: losses[Int(random.next() % UInt64(losses.count))]))
      }
    }
    return Sweep(runs: runs)
  }

  @Test(arguments: 0..<60)
  func finiteOrRefused(_ seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let sweep = try Self.sweep(&random)
    let cells = sweep.tunedCells(noise: sweep.replicateNoise ?? SweepOptimum.lossNoise).tuned
    for cell in cells {
      #expect(cell.optimum.baseLearningRate > 0 && cell.optimum.baseLearningRate.isFinite)
      #expect(cell.optimum.interval.upperBound.isFinite)
    }
    if let fit = LossModelFit(of: cells) {
      #expect(fit.trainingError.isFinite && (fit.heldOutError ?? 0).isFinite)
      for cell in cells { #expect(fit.model.loss(at: 1e-3, terms: cell.terms).isFinite) }
    }
    do {
      let calibration = try Calibration(of: cells)
      #expect(calibration.exponents.horizon.isFinite && calibration.logScale.isFinite)
      #expect(calibration.deviations.horizon > 0 && calibration.shapeDeviation.isFinite)
      let spread = try CalibrationSpread(of: cells, noise: 0.001, samples: 3)
      #expect(spread.deviations.horizon.isFinite)
    } catch is CalibrationError {}
    do {
      let evaluation = try SweepEvaluation(of: cells)
      for prediction in evaluation.pairs + evaluation.fromOthers {
        #expect(prediction.baseLearningRate.isFinite && prediction.regret.isFinite)
        #expect(prediction.regret >= 0 && prediction.error.isFinite)
      }
    } catch is EvaluationError {}
  }
}
