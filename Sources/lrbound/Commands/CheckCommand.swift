import ArgumentParser
import Runs
import Schedules
import Transfer

/// `lrbound check`: is a base learning rate sane, does a log follow a plan.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Whether a base learning rate is sane, or a log follows its plan.",
    discussion: """
        lrbound check --schedule wsd20 --steps 50000 --lr 2e-3 --sweep runs.csv
        lrbound check --schedule wsd20 --steps 5e4 --lr 2e-3 --calibration mine.json
        lrbound check --schedule linear --steps 5e4 --lr 2e-3 \\
          --tuned-spec wsd20 --tuned-lr 1e-3
        lrbound check --schedule wsd20 --steps 50000 --lr 1e-3 --log run.csv

      Of a base learning rate: the one to try is that of --sweep where it has this schedule and number of \
      steps, else what all its cells predict (calibrated where they can be, else by the default rule), or \
      those of a calibration, or one tuned rate. Inside its interval the verdict is ok, outside warn; it is \
      fail where even at the nearest end of the interval the base learning rate costs as much as 5 % of \
      the steps, or where runs diverged.

      The regret is that of the fitted loss C + A·(γS)^-α + B·γ^q·V^r at γ/γ*, averaged over the interval. \
      As a fraction of the steps it is what a tuned run can save: the loss above C falls like \
      T^-(αq/(α+q)). Without a sweep α = q = 1/4 stands in (a 124M model has α + q = 0.47), without nats.

      Of a --log: every learning rate is compared with the plan, within 0.1 % of the peak (2 % during the \
      warmup) of what the plan has from a step before to a step after. Detects whether each row logs its own \
      step's LR or the next step's. Half-finished runs are compared as far as they go; of a resumed \
      log the later rows count. The first step that differs makes the verdict fail.

      The exit code is 1 where the verdict is fail.
      """)

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
    name: .long, parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Your runs: a table, a log or a folder of logs; may be given again.", valueName: "csv|log"),
    completion: .file())
  var sweep: [String] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("A calibration that lrbound fit wrote.", valueName: "json"),
    completion: .file(extensions: ["json"]))
  var calibration: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("A base learning rate that was tuned.", valueName: "lr"))
  var tunedLr: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The schedule it was tuned for; the planned one without it.", valueName: "spec"),
    completion: .schedules)
  var tunedSpec: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The number of steps it was tuned for; the planned one without it.", valueName: "t"))
  var tunedSteps: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("A log to compare with the plan.", valueName: "file"), completion: .file())
  var log: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Whether logged LRs are those of their step (applied) or of the next (next); auto finds out.",
      valueName: "when"),
    completion: .list(["auto", "applied", "next"]))
  var lrAt = "auto"

  @OptionGroup var sweepOptions: SweepOptions
  @OptionGroup var output: OutputOptions

  func run() throws {
    let timing = try Arguments.timing(lrAt, "--lr-at")
    let options = try sweepOptions.reading.parsed()
    let question = try CheckQuestion(self)
    let plan = try PlannedRun(schedule: schedule, steps: steps, lr: lr)
    let (report, verdict): (Report, Verdict)
    if case .log(let path) = question {
      let check = try PlanCheckReport(
        of: RunLog(contentsOf: path, options: options), against: plan, timing: timing)
      (report, verdict) = (check.report, check.verdict)
    } else {
      let check = try question.rateCheck(of: plan)
      (report, verdict) = (check.report, check.verdict)
    }
    try report.print(as: output.format)
    if verdict == .fail { throw FailedCheck() }
  }
}
