import Foundation
import Schedules
import TestSupport
import Testing
import TheoryModel

/// Runs followed in blocks against the same runs step by step.
@Suite struct LongHorizonTests {

  static let specs = [
    "constant", "linear", "cosine", "wsd20", "wsd20:decay=1-sqrt,warmup=10%", "invsqrt",
    "cosine:min=0.1", "wsds:period=25%,cooldown=5%", "poly:power=7",
  ]

  @Test(arguments: specs, [(3.0, 1.5, 1.0), (2, 4, 8), (1.2, 1.3, 1)])
  func agreesWithSingleSteps(_ text: String, _ task: (Double, Double, Double)) throws {
    let steps = isHeavy ? 1_000_000 : 600
    guard isHeavy || task.2 == 8 || text == "linear" else { return }
    let model = try FeatureModel(
      task: ModelTask(
        taskExponent: task.0, spectrumExponent: task.1, noise: .variance(0.2), batch: task.2),
      features: isHeavy ? 1_000_000 : 100)
    let multipliers = try ScheduleSpec(text).schedule(steps: steps).multipliers
    for part in [0.9, 0.01] {
      let rate = part * model.stabilityEdge
      let rates = multipliers.map { rate * $0 }
      let clock = ContinuousClock()
      var blocks: ModelLoss?
      let time = try clock.measure { blocks = try model.finalLossOfLongRun(learningRates: rates) }
      var exact: ModelLoss?
      let slow = try clock.measure { exact = try model.finalLoss(learningRates: rates) }
      let found = try #require(blocks)
      let expected = try #require(exact)
      let error = relativeError(found.excess, expected.excess)
      #expect(error < 1e-9, "\(text) \(task) \(part)")
      if isHeavy { print(text, task, part, "off by", error, time, "instead of", slow) }
    }
  }

  @Test func aSpikeIsNotMissed() throws {
    let model = try FeatureModel(
      task: ModelTask(taskExponent: 3, spectrumExponent: 1.5, noise: .variance(1)), features: 64)
    var rates = [Double](repeating: 0.01, count: 3000)
    rates[1717] = 0.4
    let exact = try model.finalLoss(learningRates: rates).excess
    #expect(relativeError(try model.finalLossOfLongRun(learningRates: rates).excess, exact) < 1e-9)
  }

  @Test func divergesAsSingleStepsDo() throws {
    let model = try FeatureModel(
      task: ModelTask(taskExponent: 3, spectrumExponent: 1.5, noise: .variance(1)), features: 64)
    let rates = [Double](repeating: 0.8, count: 5000)
    #expect(try model.finalLossOfLongRun(learningRates: rates).isDiverged)
  }
}
