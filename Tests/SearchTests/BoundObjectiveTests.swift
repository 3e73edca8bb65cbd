import Bound
import Schedules
import Search
import TestSupport
import Testing

@Suite struct BoundObjectiveTests {
  @Test func isTheBound() throws {
    let schedule = try ScheduleSpec("wsd20").schedule(steps: 100)
    let trial = Trial(shape: "wsd20", schedule: schedule, baseLearningRate: 1, seed: 0)
    guard case .loss(let loss) = BoundObjective(steps: 100).outcome(of: trial) else {
      Issue.record("there is a bound")
      return
    }
    #expect(relativeError(loss, 2.25631873471282475) < 1e-13)
    let wild = Trial(shape: "wsd20", schedule: schedule, baseLearningRate: 1e60, seed: 0)
    guard case .failed(let reason) = BoundObjective(steps: 100).outcome(of: wild) else {
      Issue.record("there is no bound at such a rate")
      return
    }
    #expect(reason.contains("1e+60"))
  }
}
