import ArgumentParser
import Support
import Transfer

/// `lrbound evaluate`: how well each rule predicts the optima of a sweep.
struct EvaluateCommand: ReportingCommand {
  static let reportName = "evaluate"
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "How well every rule predicts the optima of your sweep, cell from cell.",
    discussion: """
        lrbound evaluate sweep.csv
        lrbound evaluate sweep.csv --json
        lrbound evaluate runs/*.json

      A cell is a schedule at a number of steps, swept over three base learning rates or more. For every \
      ordered pair of cells each rule predicts one tuned base learning rate from the other; then each cell is \
      predicted from all others at once (the geometric mean). Regrets are in \
      thousandths of a nat, mean and worst: at the tested learning rate nearest to the prediction, and on \
      the fitted curves C + A/γ + Bγ and C + A·γ^-1/2 + B·γ². |ln| is |ln(predicted/measured)|. Covered \
      counts the measured optima inside the interval; its median high/low is shown beside it. The calibrated \
      rule never sees the target.

      \(LoggedRunOptions.discussion)
      """)

  @Argument(
    help: "Sweeps: spec (or family, cooldown), steps, base_lr, final_loss; or logs of runs.",
    completion: .file())
  var sweeps: [String]

  @OptionGroup var logged: LoggedRunOptions
  @OptionGroup var output: OutputOptions

  func report() throws -> Report<EvaluateBody> {
    let sweep = try logged.read(sweeps)
    let progress = ProgressLine(isWanted: true)
    defer { progress.end() }
    let evaluation: SweepEvaluation
    do {
      evaluation = try SweepEvaluation(of: sweep.cells) { done in
        progress.show("\(done) of \(sweep.cells.count) cells")
      }
    } catch let error as InputError {
      throw error.inside(path: sweep.path)
    }
    return EvaluateBody.report(evaluation, of: sweep)
  }
}
