import ArgumentParser
import Schedules

/// The `lrbound` command.
struct LRBound: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "lrbound",
    abstract: "Learning rates for another schedule or another number of steps.",
    discussion: """
      You tuned the learning rate for one schedule and training length. lrbound tells you what to use for \
      another.

        lrbound transfer --from wsd20 --to linear --lr 1e-3 --steps 50000
        lrbound transfer --from wsd20 --to wsd20 --lr 1e-3 --steps 5e4 --to-steps 2e5
        lrbound extend --schedule wsd20 --steps 50000 --to-steps 100000 --lr 1e-3
        lrbound tune wsd20 --steps 50000
        lrbound schedule cosine:min=0.1,warmup=300 --steps 10000

      Schedules: \(FamilyEntry.all.map(\.name).joined(separator: ", ")), @file.csv; options follow a colon \
      (wsd20:decay=1-sqrt,warmup=300): see lrbound schedule --help.

      Every command prints a table, with --json one object, with --csv rows, with --markdown a Markdown table; \
      most draw a chart with --plot. Exit codes: 0 done, 1 a check said no, 2 wrong on the command line, 3 an unreadable or invalid \
      file, 4 no converged answer.
      """,
    version: version,
    subcommands: [
      TransferCommand.self,
      ExtendCommand.self,
      BoundCommand.self,
      TuneCommand.self,
      RobustnessCommand.self,
      RefineCommand.self,
      ModelCommand.self,
      LogCommand.self,
      FitCommand.self,
      EvaluateCommand.self,
      SearchCommand.self,
      CheckCommand.self,
      ScheduleCommand.self,
      SchemaCommand.self,
      CompletionCommand.self,
    ])
}
