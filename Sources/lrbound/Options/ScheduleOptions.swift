import ArgumentParser
import Runs
import Schedules

/// One schedule and its number of steps.
struct ScheduleOptions: ParsableArguments {
  @Argument(help: "The schedule, for example wsd20 or @file.csv.", completion: .schedules)
  var spec: String

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of optimiser steps, T.", valueName: "t"))
  var steps: String?

  /// The schedule tied to the steps; a file is read here.
  func parsed() throws -> TrainingRun {
    let spec = try Arguments.schedule(spec, "SPEC")
    return try spec.run(steps: steps.map { try Arguments.steps($0, "--steps") })
  }
}
