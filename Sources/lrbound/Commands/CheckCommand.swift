import ArgumentParser
import Runs
import Schedules

/// `lrbound check`: does a log follow a plan.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Whether a log follows a plan.",
    discussion: """
        lrbound check --log run.csv --schedule wsd20:warmup=300 --steps 50000 --lr 1e-3
        lrbound check --log wandb/offline-run-1 --schedule @plan.csv

      Every learning rate of --log is compared with the plan: within 0.1 % of the peak (2 % during the \
      warmup) of what the plan has from a step before to a step after. Whether the log has the LR of the \
      step or of the next is found out. Half-finished runs are compared as far as they go; of a resumed \
      log the later rows count. The first step that differs makes the verdict fail.

      The exit code is 1 where the verdict is fail.
      """)

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The log to compare with the plan.", valueName: "file"), completion: .file())
  var log: String

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The schedule that is planned.", valueName: "spec"), completion: .schedules)
  var schedule: String

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of optimiser steps, T.", valueName: "t"))
  var steps: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The base learning rate that is planned.", valueName: "lr"))
  var lr: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Whether logged LRs are those applied, or of the next step; auto finds out.",
      valueName: "when"),
    completion: .list(["auto", "applied", "next"]))
  var lrAt = "auto"

  @OptionGroup var reading: LogOptionGroup
  @OptionGroup var output: OutputOptions

  func run() throws {
    let timing = try Arguments.timing(lrAt, "--lr-at")
    let options = try reading.parsed()
    let plan = try PlannedRun(schedule: schedule, steps: steps, lr: lr)
    let check = try PlanCheckReport(
      of: RunLog(contentsOf: log, options: options), against: plan, timing: timing)
    try check.report.print(as: output.format)
    if check.verdict == .fail { throw FailedCheck() }
  }
}
