import ArgumentParser
import Runs

/// What every reader of logs takes: the format, and the column of the steps.
struct LogFormatOptions: ParsableArguments {
  @Option(
    "\(LogFormat.allCases.map(\.rawValue).joined(separator: ", ")); from the contents without it.",
    "format", completion: .list(LogFormat.allCases.map(\.rawValue)), transform: Arguments.choice)
  var format: LogFormat?

  @Option("Column (tag, key) of the steps.", "name")
  var stepCol: String?

  /// The options as the readers take them.
  var options: LogOptions {
    var options = LogOptions()
    options.format = format
    options.columns[.step] = stepCol
    options.columnOptions = [
      .step: "--step-col", .loss: "--loss-col", .validationLoss: "--val-loss-col",
      .finalValidationLoss: "--final-val-loss-col", .learningRate: "--lr-col",
      .gradientNorm: "--grad-norm-col",
    ]
    return options
  }
}

/// How a log is to be read, shared by the commands that read losses and learning rates.
struct LogColumnOptions: ParsableArguments {
  @OptionGroup var format: LogFormatOptions

  @Option("Column of the training loss.", "name")
  var lossCol: String?

  @Option("Column of the validation loss.", "name")
  var valLossCol: String?

  @Option("Column of the loss on the whole validation set.", "name")
  var finalValLossCol: String?

  @Option("Column of the learning rate.", "name")
  var lrCol: String?

  /// The options that are given.
  var given: [String] {
    [
      ("--format", format.format?.rawValue), ("--step-col", format.stepCol),
      ("--loss-col", lossCol), ("--val-loss-col", valLossCol),
      ("--final-val-loss-col", finalValLossCol), ("--lr-col", lrCol),
    ].filter { $0.1 != nil }.map(\.0)
  }

  /// The options as the readers take them.
  var options: LogOptions {
    var options = format.options
    options.columns[.loss] = lossCol
    options.columns[.validationLoss] = valLossCol
    options.columns[.finalValidationLoss] = finalValLossCol
    options.columns[.learningRate] = lrCol
    return options
  }
}

/// Which update logged learning rates belong to, as `--lr-at` has it.
enum LoggedRateTiming: String, CaseIterable {
  case applied
  case next
  case auto

  /// The timing; nil to find it out.
  var timing: LearningRateTiming? {
    switch self {
    case .auto: nil
    case .applied: .applied
    case .next: .next
    }
  }
}
