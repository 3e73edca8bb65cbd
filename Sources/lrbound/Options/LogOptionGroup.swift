import ArgumentParser
import Runs
import Schedules
import Support

/// How a log is to be read, shared by the commands that read logs.
struct LogOptionGroup: ParsableArguments {
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

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Column of the gradient norm.", valueName: "name"))
  var gradNormCol: String?

  /// The options that are given.
  var given: [String] {
    [
      ("--format", format), ("--step-col", stepCol), ("--loss-col", lossCol),
      ("--val-loss-col", valLossCol), ("--final-val-loss-col", finalValLossCol),
      ("--lr-col", lrCol), ("--grad-norm-col", gradNormCol),
    ].filter { $0.1 != nil }.map(\.0)
  }

  /// The options as the readers take them.
  func parsed() throws(UsageError) -> LogOptions {
    var options = LogOptions()
    options.format = try format.map { (name) throws(UsageError) in try Arguments.logFormat(name) }
    let columns: [(LogQuantity, String?)] = [
      (.step, stepCol), (.loss, lossCol), (.validationLoss, valLossCol),
      (.finalValidationLoss, finalValLossCol), (.learningRate, lrCol), (.gradientNorm, gradNormCol),
    ]
    for (quantity, name) in columns { options.columns[quantity] = name }
    return options
  }
}

extension Arguments {
  /// The format of a log by its name.
  static func logFormat(_ name: String) throws(UsageError) -> LogFormat {
    if let format = LogFormat(named: name) { return format }
    let names = LogFormat.allCases.map(\.rawValue)
    let guess = nearestSpelling(to: name, among: names).map { "did you mean \($0)?" }
    throw UsageError(
      "--format '\(printable(name))': no such format; \(guess ?? "give one of \(names.joined(separator: ", "))")"
    )
  }
}
