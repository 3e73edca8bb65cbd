import Schedules
import Testing
import Tuning

@Suite struct CosineCycleTests {
  /// 2501.18965, γ re-tuned: a cycle a little longer than the run is best.
  @Test(arguments: [400, 800, 1200])
  func bestCycles(_ steps: Int) throws {
    let tenth = try #require(try CosineCycle(of: ScheduleSpec("cosine:min=0.1"), steps: steps))
    #expect(tenth.best.ratio >= 1.025 && tenth.best.ratio <= 1.0285, "\(tenth.best.ratio)")
    let zero = try #require(try CosineCycle(of: ScheduleSpec("cosine"), steps: steps))
    #expect(zero.best.ratio >= 1.068 && zero.best.ratio <= 1.104, "\(zero.best.ratio)")
    #expect(zero.best.bound < zero.asLongAsRun.bound)
    #expect(zero.asLongAsRun.steps == steps)
  }

  @Test func onlyForTheCosine() throws {
    #expect(try CosineCycle(of: ScheduleSpec("linear"), steps: 100) == nil)
  }

  @Test(arguments: [1, 2, 3])
  func shortestRuns(_ steps: Int) throws {
    let cycle = try #require(try CosineCycle(of: ScheduleSpec("cosine"), steps: steps))
    #expect(cycle.best.bound <= cycle.asLongAsRun.bound)
  }
}
