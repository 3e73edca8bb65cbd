import ArgumentParser

/// The form of the output, shared by all commands.
struct OutputOptions: ParsableArguments {
  /// A form of output.
  enum Format { case text, json, csv }

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  @Flag(name: .long, help: "Print a CSV table.")
  var csv = false

  var format: Format { json ? .json : csv ? .csv : .text }

  func validate() throws {
    if json && csv {
      throw ValidationError("--json and --csv exclude each other; give one of them")
    }
  }
}
