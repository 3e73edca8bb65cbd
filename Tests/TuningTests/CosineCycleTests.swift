import Bound
import Schedules
import Testing
import Tuning

@Suite struct CosineCycleTests {
  /// 2501.18965, γ re-tuned: a cycle a little longer than the run is best.
  @Test(arguments: [400, 800, 1200])
  func bestCycles(_ steps: Int) throws {
    let tenth = try #require(
      try CosineCycle(of: TrainingRun(ScheduleSpec("cosine:min=0.1"), steps: steps)))
    #expect(tenth.best.fraction >= 1.025 && tenth.best.fraction <= 1.0285, "\(tenth.best.fraction)")
    let zero = try #require(try CosineCycle(of: TrainingRun(ScheduleSpec("cosine"), steps: steps)))
    #expect(zero.best.fraction >= 1.068 && zero.best.fraction <= 1.104, "\(zero.best.fraction)")
    #expect(zero.best.bound < zero.asLongAsRun.bound)
    #expect(zero.asLongAsRun.steps == steps)
  }

  /// At a small fixed γ the best cycle lies beyond four times the run: no other cycle is better.
  @Test(arguments: [0.005, 0.01, 0.02, 0.1, 0.3, 3])
  func beyondTheUsualCycles(_ gamma: Double) throws {
    let spec = try ScheduleSpec("cosine")
    let cycle = try #require(
      try CosineCycle(of: TrainingRun(spec, steps: 400), baseLearningRate: gamma))
    for ratio in [0.05, 0.1, 0.25, 0.5, 0.9, 1.1, 2, 4, 4.12, 6, 10, 50, 300, 999] {
      let other = try #require(
        spec.replacingPeriod(steps: Int((ratio * 400).rounded())))
      let bound = try TunableSchedule(of: TrainingRun(other, steps: 400)).bound(fixed: gamma).bound
      #expect(
        bound >= cycle.best.bound * (1 - 1e-9), "\(ratio) × is better than \(cycle.best.fraction) ×"
      )
    }
    // Far below γ* no cycle is slow enough: the best is a constant learning rate.
    #expect(cycle.isAtEdge == (gamma <= 0.01))
  }

  @Test func onlyForTheCosine() throws {
    #expect(try CosineCycle(of: TrainingRun(ScheduleSpec("linear"), steps: 100)) == nil)
  }

  @Test(arguments: [1, 2, 3])
  func shortestRuns(_ steps: Int) throws {
    let cycle = try #require(try CosineCycle(of: TrainingRun(ScheduleSpec("cosine"), steps: steps)))
    #expect(cycle.best.bound <= cycle.asLongAsRun.bound)
  }
}
