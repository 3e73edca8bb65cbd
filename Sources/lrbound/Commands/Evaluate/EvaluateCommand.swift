import ArgumentParser
import Runs
import Support
import Transfer

/// `lrbound evaluate`: how well each rule predicts tuned learning rates from one another.
struct EvaluateCommand: DrawingCommand {
  static let reportName = "evaluate"
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Score every rule on tuned learning rates that you measured.",
    discussion: """
        lrbound evaluate sweep.csv
        lrbound evaluate runs/*.json
        lrbound evaluate tuned.csv --schedule cosine
        lrbound evaluate tuned.csv --plot predicted.svg

      A cell is a schedule at one length and batch with its tuned learning rate. Each rule predicts every \
      cell from every other; where there are such cells, also from those that differ in horizon only or, at \
      the same tokens, in batch only; then from all others at once (the geometric mean). Regret, the loss \
      above the cell's best, is in thousandths of a nat, mean and worst. |ln| is |ln(predicted/measured)|. \
      Covered is the share of measured optima inside the interval, high/low the interval's median width. \
      The chart shows predicted against measured learning rates.

      A sweep has one run a row, three base learning rates or more for each cell. Its regrets are taken at \
      the tested learning rate nearest to the prediction, and on the fitted curves C + A/γ + Bγ and C + \
      A·γ^-1/2 + B·γ².

      A table of tuned learning rates has one cell a row: tuned_lr, steps (or tokens), and optionally \
      batch_tokens, log_sd (the standard deviation of ln LR), spec (--schedule gives one for all rows), and \
      curvature (c in loss = least + c·(Δln LR)², which gives regrets of up to 150). All other columns but \
      those of known measurements (least_loss, swept, seed, …) tell models apart; only cells of one model \
      are compared.

      \(LoggedRunOptions.discussion)
      """)

  @Argument(
    help: "Sweeps, logs of runs, or tables of tuned learning rates.", completion: .file())
  var sweeps: [String]

  @OptionGroup var logged: LoggedRunOptions
  @OptionGroup var plot: PlotOptions

  func report() throws -> Report<EvaluateBody> {
    let known = logged.known
    let folder = try logged.sweep.folder(sweeps, known: known, takesTunedRates: true)
    let source: EvaluatedCells
    if let table = folder.tunedRates {
      let unused = [("--steps", logged.steps != nil), ("--lr", logged.lr != nil)].filter(\.1).map(
        \.0)
      if let option = (unused + logged.sweep.given).first {
        throw InputError.usage(
          "\(option) describes runs, and there are only tuned learning rates", "leave it out")
      }
      source = try EvaluatedCells(table)
    } else {
      source = try EvaluatedCells(logged.sweep.sweep(in: folder, of: sweeps, known: known))
    }
    let progress = ProgressLine(isWanted: true)
    defer { progress.end() }
    do {
      let evaluation = try RuleEvaluation(of: source.cells) { done in
        progress.show("\(done) of \(source.cells.count) cells")
      }
      return EvaluateBody.report(evaluation, of: source)
    } catch let error as InputError {
      throw error.inside(path: sweeps.joined(separator: ", "))
    }
  }
}
