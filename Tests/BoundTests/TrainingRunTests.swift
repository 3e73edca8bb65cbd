import Bound
import Schedules
import Testing

@Suite struct TrainingRunTests {
  @Test func givenValues() throws {
    let rates = TrainingRun(try Schedule(values: [1e-3, 5e-4]), name: "@plan.csv")
    #expect(rates.steps == 2 && rates.givenBaseLearningRate == 1e-3 && rates.spec == nil)
    #expect(rates.canonical == "@plan.csv")
    let multipliers = TrainingRun(try Schedule(values: [1, 0.5]), name: "@plan.csv")
    #expect(multipliers.givenBaseLearningRate == nil)
  }

  static let codes: [(String, Int, [String])] = [
    ("linear", 1000, []), ("linear", 50, ["few-steps"]), ("constant", 1000, ["not-annealed"]),
    ("cosine:min=0.1", 1000, ["not-annealed"]), ("cosine:min=0.04", 1000, []),
    ("wsd20:decay=exponential", 1000, []), ("onecycle:end=0", 1000, ["trailing-zeros"]),
    ("invsqrt", 100, ["not-annealed"]), ("wsd20", 100, []),
  ]

  @Test(arguments: codes)
  func diagnostics(_ text: String, _ steps: Int, _ codes: [String]) throws {
    let run = try TrainingRun(ScheduleSpec(text), steps: steps)
    #expect(try run.diagnostics().map(\.code) == codes)
  }
}
