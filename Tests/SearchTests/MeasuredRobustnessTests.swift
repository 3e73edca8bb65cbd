import Foundation
import Schedules
import Search
import TestSupport
import Testing
import Tuning

@Suite struct MeasuredRobustnessTests {
  /// Made-up losses 1 + x + 1/x above 3, x = γ/2: what is read off is known.
  @Test func madeUpLosses() throws {
    let rates = (0...40).map { exp2(Double($0) / 4 - 4) }
    let workload = BoundObjective(steps: 50)
    let measured = try MeasuredRobustness(
      TrainingRun(ScheduleSpec("linear"), steps: workload.steps), on: workload, leastLoss: 3,
      rates: rates, seeds: 2
    ) { trials in
      trials.map { trial in
        let x = trial.baseLearningRate / 2
        return x > 20 ? .diverged : .loss(4 + x + 1 / x + Double(2 * trial.seed - 1))
      }
    }
    #expect(measured.isInside && relativeError(measured.bestBaseLearningRate, 2) < 1e-12)
    #expect(relativeError(measured.bestExcess, 3) < 1e-12)
    #expect(relativeError(try #require(measured.ratio(at: 4)), 5.25 / 3) < 1e-12)
    #expect(measured.ratio(at: 1e6) == nil && measured.ratio(at: 32) == nil)
    let fine = try #require(measured.costOfTuning(gridRatio: exp2(0.25)))
    #expect(fine.mean == 1 && fine.worst == 1)
    let coarse = try #require(measured.costOfTuning(gridRatio: 4))
    // The worst place of a grid of fours has the best base learning rate in its middle.
    #expect(relativeError(coarse.worst, 3.5 / 3) < 1e-12 && coarse.mean < coarse.worst)
    #expect(try #require(measured.exponent) > 0.7)
    #expect(try #require(measured.exponent) < 1)
  }

  /// On logistic regression in a bounded domain an annealed schedule loses less than a constant one.
  @Test func annealingIsMoreRobust() throws {
    let free = try LogisticRegression(.breastCancer, steps: isHeavy ? 400 : 200)
    let workload = try #require(free.inSmallestBall)
    let least = try #require(workload.leastLoss)
    let runner = TrialRunner(workload, jobs: 2)
    let rates = (0...11).map { exp2(Double($0) - 4) }
    func excess(_ text: String) throws -> Double {
      let measured = try MeasuredRobustness(
        TrainingRun(ScheduleSpec(text), steps: workload.steps), on: workload, leastLoss: least,
        rates: rates, seeds: isHeavy ? 3 : 1
      ) { try runner.outcomes(of: $0) }
      return try #require(measured.ratio(at: 16)) * measured.bestExcess
    }
    #expect(try excess("poly:power=2") < excess("constant") / 2)
  }
}
