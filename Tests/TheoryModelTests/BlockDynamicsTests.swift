import Foundation
import Numerics
import Schedules
import TestSupport
import Testing

@testable import TheoryModel

/// Blocks of steps beside single steps.
@Suite struct BlockDynamicsTests {

  static func plan(_ text: String, _ steps: Int) throws -> BlockPlan {
    try BlockPlan(of: ScheduleProfile(of: ScheduleSpec(text).schedule(steps: steps)), steps: steps)
  }

  /// Twenty steps are twenty blocks, and the recursion itself.
  @Test(arguments: CrossCheck.standardTasks)
  func shortRunsAreExact(_ task: ModelTask) throws {
    let model = try FeatureModel(task: task, features: 1000, summation: .coarse)
    let dynamics = BlockDynamics(of: model)
    let plan = try Self.plan("wsd40:warmup=3steps", 20)
    let rate = 0.5 * dynamics.stabilityEdge
    let rates = try ScheduleSpec("wsd40:warmup=3steps").schedule(steps: 20).multipliers
    let expected = try model.finalLoss(learningRates: rates.map { rate * $0 }).excess
    #expect(relativeError(dynamics.excess(after: plan, baseLearningRate: rate), expected) < 1e-13)
  }

  /// The same modes, in blocks and in single steps.
  @Test(arguments: ["wsd20", "linear", "cosine", "constant", "invsqrt:warmup=5%"])
  func blocksFollowSteps(_ text: String) throws {
    let steps = 500
    let plan = try Self.plan(text, steps)
    let multipliers = try ScheduleSpec(text).schedule(steps: steps).multipliers
    for task in [CrossCheck.standardTasks[0], CrossCheck.standardTasks[3]] {
      let model = try FeatureModel(task: task, features: 1000, summation: .coarse)
      let dynamics = BlockDynamics(of: model)
      for part in [0.03, 0.3] {
        let rate = part * dynamics.stabilityEdge
        let expected = try model.finalLoss(learningRates: multipliers.map { rate * $0 }).excess
        let excess = dynamics.excess(after: plan, baseLearningRate: rate)
        #expect(relativeError(excess, expected) < 5e-3, "\(task.name): \(excess / expected - 1)")
      }
    }
  }

  /// A constant learning rate below the edge keeps the loss bounded, one above does not.
  @Test(arguments: CrossCheck.standardTasks)
  func edge(_ task: ModelTask) throws {
    let model = try FeatureModel(task: task, features: 1000, summation: .coarse)
    let dynamics = BlockDynamics(of: model)
    let profile = ScheduleProfile(of: try ScheduleSpec("constant").schedule(steps: 10))
    func excess(_ part: Double, _ steps: Int) -> Double {
      dynamics.excess(
        after: BlockPlan(of: profile, steps: steps),
        baseLearningRate: part * dynamics.stabilityEdge)
    }
    #expect(relativeError(excess(0.95, 100_000_000), excess(0.95, 10_000_000)) < 1e-3)
    #expect(!(excess(1.05, 100_000_000) < 1e6))
    #expect(!excess(1e9, 4000).isNaN && excess(1e9, 4000) > 1e6)
  }

  /// Against single steps over all 10⁶ features: the tuned learning rates within 3 % and their ratios
  /// too, over the whole table of shapes and horizons.
  @Test(.enabled(if: isHeavy), arguments: CrossCheck.standardTasks)
  func tunedLearningRatesAreThoseOfSingleSteps(_ task: ModelTask) throws {
    let coarse = try FeatureModel(task: task, features: 1_000_000, summation: .coarse)
    let model = try FeatureModel(
      task: ModelTask(
        taskExponent: task.taskExponent, spectrumExponent: task.spectrumExponent,
        noise: .variance(coarse.noise), batch: task.batch))
    #expect(relativeError(coarse.stabilityEdge, model.stabilityEdge) < 0.01)
    func exact(_ text: String, _ steps: Int) throws -> (rate: Double, excess: Double) {
      let multipliers = try ScheduleSpec(text).schedule(steps: steps).multipliers
      let best = minimum(
        in: log(1e-3 / Double(steps))...log(model.stabilityEdge), tolerance: 1e-4
      ) { logarithm in
        let rates = multipliers.map { exp(logarithm) * $0 }
        return (try? model.finalLoss(learningRates: rates)).map { log($0.excess) } ?? .infinity
      }
      return (exp(best.argument), exp(best.value))
    }
    let source = try exact("wsd20", 4000)
    var worst = 0.0
    for (shape, _) in CrossCheckTests.ratios {
      let check = try CrossCheckTests.check("wsd20", shape, tasks: [task])
      let target = try exact(shape, 4000)
      let reading = check.readings[0]
      let horizon = try #require(reading.middle)
      #expect(relativeError(horizon.sourceRate, source.rate) < 0.03)
      #expect(relativeError(horizon.targetRate, target.rate) < 0.03)
      let error = relativeError(horizon.ratio, target.rate / source.rate)
      #expect(error < 0.03)
      worst = max(worst, error)
      // The regret of the bound's ratio, within a tenth of what the label hangs on where it is small.
      let rates = try ScheduleSpec(shape).schedule(steps: 4000).multipliers
        .map { source.rate * 1.1 * target.rate / source.rate * $0 }
      let regret = try model.finalLoss(learningRates: rates).excess / target.excess - 1
      let judged = reading.regret(of: 1.1 * target.rate / source.rate, over: horizon)
      #expect(abs(judged - regret) < 0.01)
    }
    for shape in ["wsd20", "linear", "constant"] {
      let check = try CrossCheckTests.check(shape, shape, tasks: [task])
      let exponent = try log(exact(shape, 1000).rate / exact(shape, 16_000).rate) / log(16)
      let rates = check.readings[0].horizons.filter { [1000, 16_000].contains($0.sourceSteps) }
      #expect(abs(log(rates[0].targetRate / rates[1].targetRate) / log(16) - exponent) < 0.01)
    }
    print("\(task.name): ratios within \(worst) of single steps")
  }
}
