import ArgumentParser
import Runs
import Schedules
import Support
import Transfer

/// How the runs of a sweep are read, shared by the commands that take one.
struct SweepOptions: ParsableArguments {
  @Option(
    "Standard deviation of a run's final loss, in nats; from replicates, or 0.0011.", "sd",
    transform: Arguments.positive(example: "0.001"))
  var noise: Double?

  @OptionGroup var reading: LogColumnOptions

  /// The options that are given.
  var given: [String] { (noise == nil ? [] : ["--noise"]) + reading.given }

  /// Refuses the options where there is no sweep that they could describe.
  func refuse(unless hasSweep: Bool) throws {
    guard !hasSweep, let option = given.first else { return }
    throw InputError.usage(
      "\(option) describes a sweep, but no sweep is given", "add one, or leave it out")
  }

  /// Reads tables, logs and folders as one sweep.
  func read(_ paths: [String], known: RunSettings = RunSettings()) throws -> TunedSweep {
    try sweep(in: folder(paths, known: known), of: paths, known: known)
  }

  /// Reads the files of a sweep or, where they may take its place, tables of tuned learning rates.
  func folder(
    _ paths: [String], known: RunSettings, takesTunedRates: Bool = false
  ) throws -> SweepFolder {
    let progress = ProgressLine(isWanted: true)
    defer { progress.end() }
    return try SweepFolder(
      contentsOf: paths, known: known, options: reading.options, noise: noise,
      takesTunedRates: takesTunedRates
    ) { count in
      progress.show("file \(count)")
    }
  }

  /// Tunes the runs that were read.
  func sweep(
    in folder: SweepFolder, of paths: [String], known: RunSettings
  ) throws -> TunedSweep {
    if folder.logs == nil, known != RunSettings() {
      throw InputError.usage(
        "--schedule, --steps and --lr describe logs, and there are only tables", "leave them out")
    }
    return TunedSweep(
      folder.sweep, path: paths.joined(separator: ", "), fileDiagnostics: folder.diagnostics)
  }
}

/// What is known of runs that are given as logs.
struct LoggedRunOptions: ParsableArguments {
  @Option(
    "Schedule of the logged runs; from the logs without it.", "spec", completion: .schedules,
    transform: Arguments.spec)
  var schedule: ScheduleSpec?

  @Option("Number of steps of the logged runs.", "t", transform: Arguments.steps)
  var steps: Int?

  @Option("Base learning rate of the logged runs.", "lr", transform: Arguments.learningRate)
  var lr: Double?

  @OptionGroup var sweep: SweepOptions

  /// What the options mean, for the help of a command.
  static let discussion = """
    Logs can take the place of a sweep: any file that lrbound log reads, or folders of them (of a Hugging \
    Face run the last checkpoint is read). The schedule, number of steps and base LR come from the options, \
    else from the log (the JSON of epfml/schedules-and-scaling has all, trainer_state.json the steps), else \
    from the one schedule that explains every logged LR to its precision. The batch in tokens comes from the \
    configuration in the log or its folder, where that states all of it. Runs are judged by the last loss of \
    the best kind that all have. Logs that end too early, \
    follow no known schedule or have no loss at the end are named and left out.
    """

  /// The settings that are given.
  var known: RunSettings {
    var settings = RunSettings()
    settings.spec = schedule
    settings.steps = steps
    settings.baseLearningRate = lr
    return settings
  }

  /// Reads tables, logs and folders as one sweep.
  func read(_ paths: [String]) throws -> TunedSweep { try sweep.read(paths, known: known) }
}
