import ArgumentParser
import Runs

/// `lrbound fit`: what the user's own runs say.
struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "What your sweeps say of the learning rate, or your loss curves of the loss.",
    discussion: """
        lrbound fit sweep.csv
        lrbound fit first.csv second.csv --calibration-out a.json
        lrbound fit runs/*.json
        lrbound fit --curves constant.csv,cosine.csv --score wsd.csv

      Sweeps have one run a row: spec (or family, cooldown), steps, base_lr, final_loss. For each cell (a \
      schedule at a number of steps) the optimum of three fitted forms is given with its interval; across \
      cells the exponents of γ* ∝ (S/T)^-a · V^-b · T^-p, held near the default (a = b = 1/2, p = 1/3) by \
      a prior of 0.1 on each, and the loss C + A·(γS)^-α + B·γ^q·V^r. With one shape p alone is fitted, \
      with one horizon a and b alone. Replicates are averaged, diverged runs left out. lrbound transfer \
      --rule calibrated --calibration a.json goes by what was written.

      \(LoggedRunOptions.discussion)

      Loss curves have columns step, lr, loss, all at one peak learning rate. Three laws are fitted to \
      --curves and scored on the rows of --score that none of the curves has shown. They are for losses, \
      not for choosing a base learning rate.
      """)

  @Argument(help: "Sweeps: tables, or logs of runs and folders of them.", completion: .file())
  var sweeps: [String] = []

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Where to write the calibration.", valueName: "json"),
    completion: .file(extensions: ["json"]))
  var calibrationOut: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Loss curves to fit, separated by commas.", valueName: "csv,csv"))
  var curves: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Loss curves to score on, separated by commas.", valueName: "csv"))
  var score: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Steps of linear warmup of the curves; without it all steps before the first row.",
      valueName: "steps"))
  var warmup: String?

  @OptionGroup var logged: LoggedRunOptions
  @OptionGroup var plot: PlotOptions

  func run() throws {
    if let curves {
      guard sweeps.isEmpty else {
        throw UsageError("--curves and a sweep ask for different fits; give one of them")
      }
      for (option, value) in [
        ("--calibration-out", calibrationOut), ("--schedule", logged.schedule),
        ("--steps", logged.steps), ("--lr", logged.lr),
      ]
      where value != nil {
        throw UsageError("\(option): the fit of --curves has no use for it; leave it out")
      }
      try logged.sweep.refuse(unless: false)
      let report = try CurveFitReport(
        curves: Arguments.list(curves, "--curves"),
        scored: score.map { try Arguments.list($0, "--score") } ?? [],
        warmup: warmup.map { try Arguments.steps($0, "--warmup") })
      try plot.print(report.report) { report.chart }
      return
    }
    for (option, value) in [("--score", score), ("--warmup", warmup)] where value != nil {
      throw UsageError("\(option) goes with --curves; add --curves, or leave it out")
    }
    guard !sweeps.isEmpty else {
      throw UsageError("nothing to fit; give a sweep, or --curves")
    }
    let fit = try SweepFitReport(of: logged.read(sweeps))
    if let calibrationOut { try fit.writeCalibration(to: calibrationOut) }
    try plot.print(fit.report) { fit.chart }
  }
}
