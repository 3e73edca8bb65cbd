import ArgumentParser
import Charts
import Runs
import Schedules
import Support

/// Writing a schedule for a trainer, shared by the commands that end in one.
struct ExportOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Print the schedule for hf, torch, optax, megatron, torchtitan, olmo-core or nanotron, or as csv.",
      valueName: "trainer"),
    completion: .list(ExportTarget.allCases.map(\.rawValue) + ["csv"]))
  var export: String?

  /// Refuses a trainer that is not known, before any work is done.
  func check(_ plot: PlotOptions) throws {
    guard let export else { return }
    let names = ExportTarget.allCases.map(\.rawValue) + ["csv"]
    guard names.contains(export) else {
      let guess = nearestSpelling(to: export, among: names).map { "did you mean \($0)?" }
      throw UsageError(
        "--export '\(printable(export))': no such trainer; \(guess ?? "give one of \(names.joined(separator: ", "))")"
      )
    }
    guard plot.output.format != .csv else {
      throw UsageError("--export and --csv are two outputs; give one of them")
    }
    guard plot.plot != "-" else {
      throw UsageError("--export and --plot - are two outputs; give an SVG file")
    }
  }

  /// Prints the export, or the report where none is asked for, and draws the chart where one is.
  func print(
    _ report: Report, plot: PlotOptions,
    of exported: () throws -> (schedule: Schedule, title: String, baseLearningRate: Double?),
    chart: () throws -> Chart
  ) throws {
    guard export != nil else { return try plot.print(report, chart: chart) }
    try plot.writeFile(chart)
    try print(report, as: plot.output.format, of: exported)
  }

  /// Prints the schedule instead of the report, or the report where no export is asked for.
  ///
  /// In JSON the export is a member of the report's object, and the table of `csv` has one string a row.
  private func print(
    _ report: Report, as format: OutputOptions.Format,
    of exported: () throws -> (schedule: Schedule, title: String, baseLearningRate: Double?)
  ) throws {
    guard let export else { return try report.print(as: format) }
    let (schedule, title, rate) = try exported()
    guard let target = ExportTarget(rawValue: export) else {
      return try printTable(report, as: format, schedule: schedule, baseLearningRate: rate)
    }
    let written = try schedule.exported(for: target, title: title, baseLearningRate: rate)
    var report = report
    report.diagnostics += written.remarks.map { Diagnostic(code: $0.code, message: $0.message) }
    report.json["export"] = .object(["target": .string(export), "text": .string(written.text)])
    report.text = [written.text]
    report.assumptions = format == .json ? report.assumptions : []
    try report.print(as: format)
  }

  private func printTable(
    _ report: Report, as format: OutputOptions.Format, schedule: Schedule, baseLearningRate: Double?
  ) throws {
    let table = ScheduleTable(of: schedule, baseLearningRate: baseLearningRate)
    guard format == .json else {
      try table.forEachPiece(StandardOutput.writeTable)
      return report.printDiagnostics()
    }
    var text = ""
    table.forEachPiece { text += $0 }
    var report = report
    report.json["export"] = .object(["target": .string("csv"), "text": .string(text)])
    try report.print(as: format)
  }
}
