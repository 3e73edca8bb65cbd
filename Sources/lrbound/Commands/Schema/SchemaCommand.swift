import ArgumentParser
import FoundationEssentials
import Support

/// `lrbound schema`: the JSON Schema of a command's report.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of what a command prints with --json.",
    discussion: """
        lrbound schema transfer
        lrbound schema model loss

      Commands: \(Self.reports.map { $0.reportName }.joined(separator: ", ")).
      """)

  /// The commands with a report, in the order of the help.
  static let reports: [any ReportingCommand.Type] = [
    TransferCommand.self, ExtendCommand.self, BoundCommand.self, TuneCommand.self,
    RobustnessCommand.self, RefineCommand.self, ModelLossCommand.self, ModelOptimalCommand.self,
    ModelCompareCommand.self, ModelBatchCommand.self, ModelMomentumCommand.self,
    ModelScalingCommand.self, ModelTransferCommand.self, ModelHorizonCommand.self, LogCommand.self,
    FitCommand.self, EvaluateCommand.self, SearchRunCommand.self, SearchEmitCommand.self,
    CheckCommand.self, ScheduleCommand.self,
  ]

  @Argument(help: "The command, for example transfer or model loss.")
  var command: [String]

  func run() throws {
    let name = command.joined(separator: " ")
    guard let report = Self.reports.first(where: { $0.reportName == name }) else {
      let names = Self.reports.map { $0.reportName }
      let guess = nearestSpelling(to: name, among: names).map { "did you mean \($0)?" }
      throw InputError.usage(
        "'\(printable(name))': no command with a report",
        guess ?? "give one of \(names.joined(separator: ", "))")
    }
    let data = try JSONOutput.data(report.schema(), formatting: [.prettyPrinted])
    try StandardOutput.writeLine(String(decoding: data, as: UTF8.self))
  }
}

extension ReportingCommand {
  /// The JSON Schema of the report.
  static func schema() throws -> JSONSchema { try JSONSchema(ofReport: Body.self) }
}
