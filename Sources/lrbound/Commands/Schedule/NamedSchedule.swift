import Bound
import Runs
import Schedules
import Support

/// A schedule with what was asked for, from the grammar or from another library.
struct NamedSchedule {
  /// What was asked for, for people.
  let title: String

  /// How it was understood, for people.
  let meaning: String

  let schedule: Schedule

  /// B, the tokens in a step; nil where it is not known.
  let batchTokens: Int?

  /// How the run's tokens were rounded to steps.
  let assumptions: [String]

  /// γ, where it is known.
  let baseLearningRate: Double?

  /// Where γ comes from, for people.
  let rateSource: String

  let findings: [ScheduleFinding]

  /// What the bound's user should know; the lint has the rest.
  let diagnostics: [Diagnostic]

  /// The library; nil for the grammar.
  let dialect: Dialect?

  /// The spec, or the scheduler's name.
  let spec: String

  /// A spec of the grammar, or a file.
  init(_ run: TrainingRun, learningRate: Double?) throws {
    title = run.name
    meaning = run.canonical
    schedule = try run.schedule(baseLearningRate: learningRate)
    batchTokens = run.batchTokens
    assumptions = run.lengthAssumptions
    baseLearningRate = learningRate ?? run.givenBaseLearningRate
    rateSource = learningRate == nil ? " (the file's maximum)" : ""
    findings = schedule.findings(intent: run.spec?.intent(steps: run.steps) ?? ScheduleIntent())
    diagnostics = schedule.shortRunDiagnostics
    dialect = nil
    spec = run.name
  }

  /// A schedule of another library.
  init(
    _ dialect: DialectSchedule, library: Dialect, request: DialectRequest, length: RunLength
  ) {
    title = request.name.isEmpty ? library.rawValue : "\(library.rawValue) \(request.name)"
    meaning = "as \(library.rawValue) runs it"
    schedule = dialect.schedule
    batchTokens = dialect.batchTokens
    assumptions = length.assumptions
    baseLearningRate = dialect.baseLearningRate
    rateSource = ""
    // A dialect may say the same as the lint, and knows more.
    let told = Set(dialect.remarks.map(\.code))
    findings =
      dialect.remarks
      + schedule.findings(intent: dialect.intent).filter { !told.contains($0.code) }
    diagnostics = []
    self.dialect = library
    spec = printable(request.name, most: 200)
  }
}
