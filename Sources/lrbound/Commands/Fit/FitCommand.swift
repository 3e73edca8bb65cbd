import ArgumentParser
import Runs
import Support
import Transfer

/// `lrbound fit`: what the user's own runs say.
struct FitCommand: DrawingCommand {
  static let reportName = "fit"
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fit optimal learning rates from sweeps, or loss laws from training curves.",
    discussion: """
        lrbound fit sweep.csv
        lrbound fit first.csv second.csv --calibration-out a.json
        lrbound fit runs/*.json
        lrbound fit --curves constant.csv,cosine.csv --score wsd.csv

      Sweeps have one run a row: spec (or family, cooldown), steps, base_lr, final_loss. For each cell (a \
      schedule at a number of steps and batch) the optimum of three fitted forms is given with its \
      interval; across cells the exponents of γ* ∝ (S/T)^-a · V^-b, and of T^-p at one shape and batch, \
      and the loss C + A·(γS)^-α + B·γ^q·V^r. With one shape a = b = 1/2, as in the bound. p is fitted if \
      three horizons at one batch span a factor of 16; else it is that of the default rule. With \
      batch_tokens at several batches the critical batch is fitted as well. Replicates are averaged, diverged runs left out. lrbound transfer \
      --rule calibrated --calibration a.json goes by what was written.

      \(LoggedRunOptions.discussion)

      Loss curves have columns step, lr, loss, all at one peak learning rate. Three laws are fitted to \
      --curves and scored on the rows of --score that none of the curves has shown. They are for losses, \
      not for choosing a base learning rate.
      """)

  @Argument(help: "Sweeps: tables, or logs of runs and folders of them.", completion: .file())
  var sweeps: [String] = []

  @Option("Where to write the calibration.", "json", completion: .file(extensions: ["json"]))
  var calibrationOut: String?

  @Option(
    "Loss curves to fit, separated by commas.", "csv,csv", transform: Arguments.list(of: { $0 }))
  var curves: [String]?

  @Option(
    "Loss curves to score on, separated by commas.", "csv", transform: Arguments.list(of: { $0 }))
  var score: [String]?

  @Option(
    "Steps of linear warmup of the curves; without it all steps before the first row.", "steps",
    transform: Arguments.steps)
  var warmup: Int?

  @OptionGroup var logged: LoggedRunOptions
  @OptionGroup var plot: PlotOptions

  func validate() throws {
    if curves != nil {
      guard sweeps.isEmpty else {
        throw InputError.usage(
          "--curves and a sweep ask for different fits", "give one of them")
      }
      let given = [
        ("--calibration-out", calibrationOut != nil), ("--schedule", logged.schedule != nil),
        ("--steps", logged.steps != nil), ("--lr", logged.lr != nil),
      ]
      if let option = given.first(where: \.1)?.0 {
        throw InputError.usage("\(option): the fit of --curves has no use for it", "leave it out")
      }
      return try logged.sweep.refuse(unless: false)
    }
    if let option = score != nil ? "--score" : warmup != nil ? "--warmup" : nil {
      throw InputError.usage("\(option) goes with --curves", "add --curves, or leave it out")
    }
    if sweeps.isEmpty { throw InputError.usage("nothing to fit", "give a sweep, or --curves") }
  }

  func report() throws -> Report<FitBody> {
    guard let curves else {
      let fit = try SweepFit(of: logged.read(sweeps))
      if let calibrationOut {
        try (fit.calibration ?? fit.sweep.calibration()).write(to: calibrationOut)
      }
      return FitBody.report(fit)
    }
    var diagnostics: [Diagnostic] = []
    func read(_ paths: [String]) throws -> [(path: String, curve: LossCurve)] {
      try paths.map {
        ($0, try LossCurve(contentsOf: $0, warmup: warmup, diagnostics: &diagnostics))
      }
    }
    let (fitted, scored) = (try read(curves), try read(score ?? []))
    let progress = ProgressLine(isWanted: true)
    defer { progress.end() }
    let comparison = try CurveLawComparison(
      fittedTo: fitted.map(\.curve), scoredOn: scored.map(\.curve)
    ) { law, start, count in
      progress.show("\(law.rawValue): start \(start) of \(count)")
    }
    return FitBody.report(
      comparison, of: fitted, scored: scored, warmup: warmup,
      diagnostics: diagnostics + comparison.diagnostics)
  }
}
