import FoundationEssentials
import Glibc
import Runs
import Support

/// What a command has to say, in every form it can be asked for.
struct Report {
  /// The command's name, for JSON.
  var command: String

  /// The table for people, without a final line break.
  var text: [String]

  /// The members of the JSON object, apart from those that all commands share.
  var json: [String: JSONValue]

  /// The rows of the CSV table, its header first.
  var csv: [[String]]

  /// Writes the CSV table piece by piece, where it may be too long to be held; stands in for ``csv``.
  var csvPieces: ((_ write: (String) throws -> Void) throws -> Void)?

  /// What the user should know; printed on stderr, or part of the JSON object.
  var diagnostics: [Diagnostic] = []

  /// What the answer takes for granted.
  var assumptions: [String] = []

  /// What the last-iterate bound takes for granted.
  static let convexAssumption =
    "f is convex, stochastic gradients have norms of at most G, SGD without momentum"

  /// Prints the report in the form asked for.
  func print(as format: OutputOptions.Format) throws {
    try FiniteNumbers.check(self)
    switch format {
    case .text:
      let assumed = assumptions.isEmpty ? [] : ["", "assumes"] + assumptions.map { "  - \($0)" }
      try StandardOutput.writeLine((text + assumed).joined(separator: "\n"))
      printDiagnostics()
    case .csv:
      if let csvPieces {
        try csvPieces { try StandardOutput.writeTable($0) }
      } else {
        let rows = csv.map { $0.map(Self.csvField).joined(separator: ",") }
        try StandardOutput.writeLine(rows.joined(separator: "\n"))
      }
      printDiagnostics()
    case .json:
      var members = json
      members["schema_version"] = .integer(1)
      members["command"] = .string(command)
      members["warnings"] = .array(
        diagnostics.map {
          .object(["code": .string($0.code), "message": .string($0.message)])
        })
      members["assumptions"] = .array(assumptions.map { .string($0) })
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
      let data = try encoder.encode(JSONValue.object(members))
      try StandardOutput.writeLine(String(decoding: data, as: UTF8.self))
    }
  }

  /// Prints what the user should know to stderr.
  func printDiagnostics() {
    for diagnostic in diagnostics { printError("warning: \(diagnostic.message)") }
  }

  /// A CSV field, quoted where it must be.
  static func csvField(_ text: String) -> String {
    let needsQuotes = text.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
    guard needsQuotes else { return text }
    var quoted = "\""
    for character in text {
      if character == "\"" { quoted.append("\"") }
      quoted.append(character)
    }
    return quoted + "\""
  }
}

/// Writes one line to stderr.
func printError(_ line: String) { writeError("lrbound: \(line)\n") }

/// Writes to stderr.
func writeError(_ text: String) {
  let bytes = Array(text.utf8)
  _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}

/// Rows of text in columns, each as wide as its widest cell; the first column is set to the left, the
/// others too, with two blanks between and two before.
func columns(_ rows: [[String]]) -> [String] {
  let count = rows.map(\.count).max() ?? 0
  let widths = (0..<count).map { column in
    rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return rows.map { row in
    var line = " "
    for (column, cell) in row.enumerated() {
      line += " " + cell
      if column < row.count - 1 {
        line += String(repeating: " ", count: widths[column] - cell.count + 1)
      }
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
