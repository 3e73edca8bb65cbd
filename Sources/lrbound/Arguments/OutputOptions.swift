import ArgumentParser
import Support

/// The form of the output, shared by all commands.
struct OutputOptions: ParsableArguments {
  /// A form of output.
  enum Format {
    case text
    case json
    case csv
    case markdown
  }

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print a CSV table.")
  var csv = false

  @Flag(help: "Print the text as Markdown.")
  var markdown = false

  var format: Format { json ? .json : csv ? .csv : markdown ? .markdown : .text }

  func validate() throws {
    let given = [(json, "--json"), (csv, "--csv"), (markdown, "--markdown")].filter(\.0).map(\.1)
    if given.count > 1 {
      throw InputError.usage(
        "\(given.joined(separator: " and ")) exclude each other", "give one of them")
    }
  }
}

/// The form of the output and a chart beside it, shared by all commands that have one to draw.
struct PlotOptions: ParsableArguments {
  @Option(
    "Draw a chart: an SVG file, or - to have it below the table.", "svg|-",
    completion: .file(extensions: ["svg"]))
  var plot: String?

  @OptionGroup var output: OutputOptions

  /// Whether a chart is to be drawn.
  var isWanted: Bool { plot != nil }

  func validate() throws {
    guard let plot else { return }
    if plot == "-", output.format == .json || output.format == .csv {
      throw InputError.usage(
        "--plot - draws below the table, which --json and --csv replace", "give an SVG file")
    }
    if plot != "-", !plot.lowercased().hasSuffix(".svg") {
      throw InputError.usage(
        "--plot '\(printable(plot))': charts are written as SVG",
        "give a name that ends in .svg, or -")
    }
  }
}

/// A command whose answer is a report.
protocol ReportingCommand: ParsableCommand {
  associatedtype Body: Codable

  /// The command's name in JSON and among the schemas.
  static var reportName: String { get }

  var output: OutputOptions { get }

  /// Where the chart goes; nil for nowhere.
  var plotPath: String? { get }

  /// What the schedule that the answer ends in is written as; nil for the report itself.
  var exportForm: ExportOptions.Form? { get }

  /// The answer.
  func report() throws -> Report<Body>
}

extension ReportingCommand {
  var plotPath: String? { nil }

  var exportForm: ExportOptions.Form? { nil }

  /// Prints a report as the options ask for it.
  func print(_ report: Report<Body>) throws {
    var (report, format) = (report, output.format)
    if let exportForm, let exportable = try report.exportable?() {
      try exportable.export(as: exportForm, in: &report, format: &format)
    }
    try report.print(as: format, plot: plotPath, command: Self.reportName)
  }

  func run() throws { try print(report()) }
}

/// A reporting command that can draw.
protocol DrawingCommand: ReportingCommand {
  var plot: PlotOptions { get }
}

extension DrawingCommand {
  var output: OutputOptions { plot.output }
  var plotPath: String? { plot.plot }
}

/// A drawing command that ends in a schedule.
protocol ExportingCommand: DrawingCommand {
  var exportOptions: ExportOptions { get }
}

extension ExportingCommand {
  var plot: PlotOptions { exportOptions.plot }
  var exportForm: ExportOptions.Form? { exportOptions.export }
}

/// A check that said no, exit code 1: its report has been printed.
struct FailedCheck: Error {
  /// What to say on stderr besides; nil where the report has said it.
  var reason: String?
}
