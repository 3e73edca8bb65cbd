import Schedules
import Search
import Support
import Testing
import TheoryModel

@Suite struct TheoryModelWorkloadTests {
  @Test func isTheModelItself() throws {
    let task = try ModelTask(
      taskExponent: 2, spectrumExponent: 1.5, noise: .variance(0.5), batch: 4)
    let model = try FeatureModel(task: task, features: 1000)
    let workload = TheoryModelWorkload(model, steps: 50)
    let schedule = try ScheduleSpec("wsd20").schedule(steps: 50)
    func outcome(_ rate: Double) -> TrialOutcome {
      workload.outcome(
        of: Trial(shape: "wsd20", schedule: schedule, baseLearningRate: rate, seed: 7))
    }
    let expected = try model.finalLoss(learningRates: schedule.multipliers.map { 0.3 * $0 })
    #expect(outcome(0.3) == .loss(expected.excess))
    #expect(outcome(1e9) == .diverged)
    #expect(workload.identity == "model task=2.0,1.5,0.5,4.0 features=1000 steps=50")
    #expect(!workload.isRandom && workload.steps == 50)
  }

  @Test func settings() throws {
    var settings = BuiltInWorkload.Settings()
    settings.task = try ModelTask(
      taskExponent: 2, spectrumExponent: 1.5, noise: .variance(0), batch: 1)
    let model = try BuiltInWorkload.model.workload(steps: 9, settings: settings)
    #expect(model.identity.contains("task=2.0,1.5,0.0,1.0 features=1000000"))
    #expect(throws: InputError.self) {
      try BuiltInWorkload.linear.workload(steps: 9, settings: settings)
    }
    settings.weightDecay = 0.1
    #expect(throws: InputError.self) {
      try BuiltInWorkload.model.workload(steps: 9, settings: settings)
    }
  }
}
