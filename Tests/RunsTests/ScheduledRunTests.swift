import Runs
import Schedules
import TestSupport
import Testing

@Suite struct ScheduledRunTests {
  @Test func lengthOfAFile() throws {
    let file = try TemporaryFile("1e-3\n5e-4\n")
    let spec = try ScheduleSpec("@" + file.path)
    #expect(try ScheduledRun(spec, steps: 2).fileBaseLearningRate == 1e-3)
    #expect(throws: ScheduleError.self) { try ScheduledRun(spec, steps: 3) }
    #expect(throws: ScheduleError.self) { try ScheduledRun(ScheduleSpec("linear"), steps: nil) }
    let multipliers = try TemporaryFile("1\n0.5\n")
    let run = try ScheduledRun(ScheduleSpec("@" + multipliers.path), steps: nil)
    #expect(run.fileBaseLearningRate == nil)
  }

  static let codes: [(String, Int, [String])] = [
    ("linear", 1000, []), ("linear", 50, ["few-steps"]), ("constant", 1000, ["not-annealed"]),
    ("cosine:min=0.1", 1000, ["not-annealed"]), ("cosine:min=0.04", 1000, []),
    ("wsd20:decay=exponential", 1000, []), ("onecycle:end=0", 1000, ["trailing-zeros"]),
    ("invsqrt", 100, ["not-annealed"]), ("wsd20", 100, []),
  ]

  @Test(arguments: codes)
  func diagnostics(_ text: String, _ steps: Int, _ codes: [String]) throws {
    let run = try ScheduledRun(ScheduleSpec(text), steps: steps)
    #expect(try run.diagnostics().map(\.code) == codes)
  }
}
