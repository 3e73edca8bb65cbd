import ArgumentParser
import Schedules

/// One schedule and its number of steps.
struct ScheduleOptions: ParsableArguments {
  @Argument(
    help: "The schedule, for example wsd20 or @file.csv.", completion: .schedules,
    transform: Arguments.schedule)
  var spec: ScheduleArgument

  @Option("Number of optimiser steps, T.", "t", transform: Arguments.steps)
  var steps: Int?

  /// The schedule over its steps, reading a file.
  func run() throws -> TrainingRun { try spec.run(steps: steps) }
}

extension CompletionKind {
  /// The schedules that a shell offers.
  static var schedules: CompletionKind { .list(FamilyEntry.all.flatMap(\.examples)) }
}
