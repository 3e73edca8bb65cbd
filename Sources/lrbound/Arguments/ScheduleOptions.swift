import ArgumentParser
import Schedules

/// One schedule and its length.
struct ScheduleOptions: ParsableArguments {
  @Argument(
    help: "The schedule, for example wsd20 or @file.csv.", completion: .schedules,
    transform: Arguments.schedule)
  var spec: ScheduleArgument

  @OptionGroup var length: RunLengthOptions

  /// The schedule over its steps, reading a file.
  func run() throws -> TrainingRun { try spec.run(length.read(for: spec)) }
}

extension CompletionKind {
  /// The schedules that a shell offers.
  static var schedules: CompletionKind { .list(FamilyEntry.all.flatMap(\.examples)) }
}
