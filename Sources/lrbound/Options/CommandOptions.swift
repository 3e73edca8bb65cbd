import ArgumentParser
import Search

/// A training command that is searched instead of a workload of lrbound's own.
struct CommandOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "A training command instead, with {base_lr} and {schedule_file} in it, and {trial_dir}, {seed}; one runs at a time unless --jobs says more.",
      valueName: "template"))
  var command: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Seconds that a trial of the command may take; any time without it.", valueName: "s"))
  var trialTimeout: String?

  /// The command, if one is given; it runs in the present folder where no other is named.
  func parsed(steps: Int, state: String?, workingFolder: String?) throws -> ExternalCommand? {
    let limit = try trialTimeout.map {
      try Arguments.count($0, "--trial-timeout", in: 1...10_000_000)
    }
    guard let command else {
      if limit != nil {
        throw UsageError("--trial-timeout is for a training command; add --command")
      }
      return nil
    }
    let template = try CommandTemplate(command)
    guard let state else {
      throw UsageError("--command: its trials need a folder; add --state")
    }
    return try ExternalCommand(
      template, steps: steps, state: state, timeLimitSeconds: limit, workingFolder: workingFolder)
  }
}
