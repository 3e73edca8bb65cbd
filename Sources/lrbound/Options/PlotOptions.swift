import ArgumentParser
import Charts
import Runs
import Schedules
import Support

/// The form of the output and a chart beside it, shared by all commands that have one to draw.
struct PlotOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Draw a chart: an SVG file, or - to have it below the table.", valueName: "svg|-"),
    completion: .file(extensions: ["svg"]))
  var plot: String?

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard let plot else { return }
    if plot == "-", output.format != .text {
      throw ValidationError(
        "--plot - draws below the table, which --json and --csv replace; give an SVG file")
    }
    if plot != "-", !plot.lowercased().hasSuffix(".svg") {
      throw ValidationError(
        "--plot '\(printable(plot))': charts are written as SVG; give a name that ends in .svg, or -"
      )
    }
  }

  /// Whether a chart is to be drawn.
  var isWanted: Bool { plot != nil }

  /// Prints the report and draws the chart, which is made only where it is wanted.
  func print(_ report: Report, chart: () throws -> Chart) throws {
    guard plot == "-" else {
      try writeFile(chart)
      return try report.print(as: output.format)
    }
    let drawn = try chart().terminalText(.standardOutput)
    try FiniteNumbers.check(drawn)
    try report.print(as: .text)
    try StandardOutput.write("\n" + drawn)
  }

  /// Draws the chart into the file, if that is where it goes.
  func writeFile(_ chart: () throws -> Chart) throws {
    guard let plot, plot != "-" else { return }
    let svg = try chart().svg
    try FiniteNumbers.check(svg)
    try replaceFile(plot) { (write: (String) throws(InputError) -> Void) throws(InputError) in
      try write(svg)
    }
  }
}
