import ArgumentParser
import Charts
import Runs
import Schedules

/// `lrbound schedule`: what a spec, or another library's schedule, means; lint and export.
struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "Show, lint and export a schedule: stretches, end points, sums, values.",
    discussion: """
        lrbound schedule wsd20:decay=1-sqrt,warmup=300 --steps 10000
        lrbound schedule cosine:min=0.1 --steps 10000 --csv > schedule.csv
        lrbound schedule @schedule.csv
        lrbound schedule cosine:min=0.1 --steps 10000 --plot schedule.svg
        lrbound schedule --dialect hf warmup_stable_decay --steps 10000 \\
          --kwargs '{"warmup_steps": 300, "num_decay_steps": 2000}'
        lrbound schedule --dialect megatron --config train.sh --strict
        lrbound schedule wsd20 --steps 10000 --lr 1e-3 --export torch > schedule.py

      A spec is name[percent][:key=value,…], for example

        constant  linear  cosine:power=0.7,period=110%  1-sqrt  poly:power=2
        wsd20:decay=1-sqrt  wsd:cooldown=5000steps  wsds:period=25%,cooldown=5%
        invsqrt:timescale=1000  rex:beta=0.5  onecycle:warmup=30%,start=0.04
        twostage:at=0.8,factor=0.525,cooldown=0.2  piecewise:0=1,0.5=1,1=0

      All take warmup=; those that decay take min= (a ratio of the peak) or min-lr= (a learning rate), with \
      floor=rescale or clamp. decay= is linear, 1-sqrt, cosine, exponential or square. Lengths are 0.2, 20% \
      or 5000steps. @file.csv holds one learning rate a step.

      With --dialect the schedule is read as that library runs it, step for step; JSON lists what looks \
      wrong under lint, and --strict makes warnings the exit code 1.
      """)

  @Argument(
    help: "The schedule, for example wsd20 or @file.csv; with --dialect the scheduler's name.",
    completion: .schedules)
  var spec: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of optimiser steps, T.", valueName: "t"))
  var steps: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Base learning rate; needed for absolute floors, adds LRs to the CSV.", valueName: "lr"))
  var lr: String?

  @OptionGroup var dialectOptions: DialectOptions

  @Flag(name: .long, help: "Exit with code 1 where the lint has warnings or errors.")
  var strict = false

  @OptionGroup var exportOptions: ExportOptions
  @OptionGroup var plot: PlotOptions

  func run() throws {
    try exportOptions.check(plot)
    let named = try parsed()
    if plot.isWanted { Progress.announcePasses(2, steps: named.schedule.steps) }
    func chart() -> Chart {
      ScheduleChart(
        named.schedule, title: named.title, baseLearningRate: named.baseLearningRate
      ).chart
    }
    var exportOptions = exportOptions
    if plot.output.format == .csv { exportOptions.export = "csv" }
    try exportOptions.print(ScheduleReport(named).report, plot: plot) {
      (named.schedule, named.title, named.baseLearningRate)
    } chart: {
      chart()
    }
    if exportOptions.export != nil, plot.output.format != .json {
      // What has taken the place of the table has no room for them.
      for finding in named.findings {
        printError("\(finding.severity.rawValue): \(finding.code): \(finding.message)")
      }
    }
    if strict, named.faults > 0 {
      let codes = named.findings.filter { $0.severity != .information }.map(\.code)
      throw FailedCheck(
        reason: "--strict: \(named.title): \(codes.joined(separator: ", ")); fix the schedule"
      )
    }
  }

  private func parsed() throws -> NamedSchedule {
    let rate = try lr.map { try Arguments.learningRate($0, "--lr") }
    let count = try steps.map { try Arguments.steps($0, "--steps") }
    if let named = try dialectOptions.parsed(name: spec, steps: count, learningRate: rate) {
      return named
    }
    guard let spec else {
      throw UsageError("SPEC: no schedule is given; write for example lrbound schedule wsd20")
    }
    let run = try Arguments.schedule(spec, "SPEC").run(steps: count)
    return try NamedSchedule(run, learningRate: rate)
  }
}
