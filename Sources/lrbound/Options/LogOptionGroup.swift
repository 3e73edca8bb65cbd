import ArgumentParser
import Runs
import Schedules
import Support

/// What every reader of logs takes: the format, and the column of the steps.
struct LogFormatOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "\(LogFormat.allCases.map(\.rawValue).joined(separator: ", ")); from the contents without it.",
      valueName: "format"),
    completion: .list(LogFormat.allCases.map(\.rawValue)))
  var format: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Column (tag, key) of the steps.", valueName: "name"))
  var stepCol: String?

  /// The options as the readers take them.
  func parsed() throws(UsageError) -> LogOptions {
    var options = LogOptions()
    if let format {
      guard let known = LogFormat(named: format) else {
        let names = LogFormat.allCases.map(\.rawValue)
        let guess = nearestSpelling(to: format, among: names).map { "did you mean \($0)?" }
        throw UsageError(
          "--format '\(printable(format))': no such format; \(guess ?? "give one of \(names.joined(separator: ", "))")"
        )
      }
      options.format = known
    }
    options.columns[.step] = stepCol
    return options
  }
}

/// How a log is to be read, shared by the commands that read losses and learning rates.
struct LogOptionGroup: ParsableArguments {
  @OptionGroup var format: LogFormatOptions

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Column of the training loss.", valueName: "name"))
  var lossCol: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Column of the validation loss.", valueName: "name"))
  var valLossCol: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Column of the loss on the whole validation set.", valueName: "name"))
  var finalValLossCol: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Column of the learning rate.", valueName: "name"))
  var lrCol: String?

  /// The options that are given.
  var given: [String] {
    [
      ("--format", format.format), ("--step-col", format.stepCol), ("--loss-col", lossCol),
      ("--val-loss-col", valLossCol), ("--final-val-loss-col", finalValLossCol),
      ("--lr-col", lrCol),
    ].filter { $0.1 != nil }.map(\.0)
  }

  /// The options as the readers take them.
  func parsed() throws(UsageError) -> LogOptions {
    var options = try format.parsed()
    options.columns[.loss] = lossCol
    options.columns[.validationLoss] = valLossCol
    options.columns[.finalValidationLoss] = finalValLossCol
    options.columns[.learningRate] = lrCol
    return options
  }
}
