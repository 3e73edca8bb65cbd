import Charts
import Support

/// A command's answer in every form it can be asked for; each is made only when it is asked for.
struct Report<Body: Codable> {
  /// The members of the JSON object, apart from those that all commands share.
  let body: Body

  /// The text for people.
  var text: () throws -> [TextBlock]

  /// The rows for a spreadsheet.
  var csv: CSV

  /// The picture, where the command has one.
  var chart: (() throws -> Chart)?

  /// What the user should know; printed on stderr, or part of the JSON object.
  var diagnostics: [Diagnostic]

  /// What the answer takes for granted.
  var assumptions: [String]

  /// The answer in one plain line, where there is one: the last of the text.
  var closing: String?

  /// The schedule that the answer ends in, where it does.
  var exportable: (() throws -> ExportableSchedule)?

  /// Whether the rows are what people read, too.
  var isTable = false

  /// The schedule in a trainer's words, which takes the place of the text.
  var export: Export?

  /// A schedule written for a trainer.
  struct Export: Codable {
    let target: String
    let text: String
  }

  init(
    _ body: Body, csv: CSV, diagnostics: [Diagnostic] = [], assumptions: [String] = [],
    chart: (() throws -> Chart)? = nil, text: @escaping () throws -> [TextBlock]
  ) {
    self.body = body
    self.text = text
    self.csv = csv
    self.chart = chart
    self.diagnostics = diagnostics
    self.assumptions = assumptions
  }

  /// Prints the report; the chart goes to an SVG file, below the text (`-`) or nowhere.
  func print(as format: OutputOptions.Format, plot: String? = nil, command: String) throws {
    let drawn = try plot == "-" ? chart?().terminalText(.standardOutput) : nil
    if let plot, plot != "-", let svg = try chart?().svg { try replaceFile(plot, with: svg) }
    switch format {
    case .json: try StandardOutput.writeLine(JSONOutput.text(of: self, command: command))
    case .csv: try csv.write()
    case .text where isTable: try csv.write()
    case .text, .markdown:
      let isMarkdown = format == .markdown
      var blocks = try export.map { [.lines([$0.text])] } ?? text()
      if export == nil {
        if !assumptions.isEmpty { blocks.append(.list("assumes", assumptions)) }
        if let closing { blocks.append(.lines([closing])) }
      }
      let shown = blocks.map { isMarkdown ? $0.markdown : $0.plain }
      try StandardOutput.writeFinite(shown.joined(separator: "\n\n") + "\n")
    }
    if let drawn { try StandardOutput.write("\n" + drawn) }
    if format != .json { diagnostics.printWarnings() }
  }
}

extension [Diagnostic] {
  /// Prints what the user should know to stderr.
  func printWarnings() {
    for diagnostic in self { printError("warning: \(diagnostic.message)") }
  }
}

/// What the last-iterate bound takes for granted.
let convexAssumption =
  "f is convex, stochastic gradients have norms of at most G, SGD without momentum"

/// How far the bound can tell shapes apart.
let shapeAssumption =
  "differences of 1 to 3 % between shapes are beyond what the bound can tell about real runs"
