import ArgumentParser
import Runs
import Schedules

/// What is known of runs that are given as logs.
struct LoggedRunOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Schedule of the logged runs; from the logs without it.", valueName: "spec"),
    completion: .schedules)
  var schedule: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of steps of the logged runs.", valueName: "t"))
  var steps: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Base learning rate of the logged runs.", valueName: "lr"))
  var lr: String?

  @OptionGroup var sweep: SweepOptions

  /// What the options mean, for the help of a command.
  static let discussion = """
    Logs of runs may stand in place of a sweep: files of any kind that lrbound log reads, or folders of \
    them (of Hugging Face runs the last checkpoint is read). Schedule, number of steps and base LR are \
    those of the options, else of the log (the JSON of epfml/schedules-and-scaling has all, \
    trainer_state.json the steps), else those of the one schedule that explains every logged LR to its \
    precision. Runs are judged by the last loss of the best kind that all have. Logs that end too early, \
    follow no known schedule or have no loss at the end are named and left out.
    """

  /// Reads tables, logs and folders as one sweep.
  func read(_ paths: [String]) throws -> TunedSweep {
    try sweep.read(paths, known: parsed())
  }

  /// What is known of the runs.
  private func parsed() throws(UsageError) -> RunSettings {
    var settings = RunSettings()
    if let schedule {
      guard case .spec(let spec) = try Arguments.schedule(schedule, "--schedule") else {
        throw UsageError("--schedule: a sweep cannot name a schedule file; write it as a spec")
      }
      settings.spec = spec
    }
    if let steps { settings.steps = try Arguments.steps(steps, "--steps") }
    if let lr { settings.baseLearningRate = try Arguments.learningRate(lr, "--lr") }
    return settings
  }
}
