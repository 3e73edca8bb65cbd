import Schedules
import Support

extension Sweep {
  /// The sweep that a CSV file holds: one run a row, columns by name in any order.
  ///
  /// `spec` (the grammar) or `family` (wsd, wsd_sqrt, cos0, cos10, const, linear, or a spec) with
  /// `cooldown`; `steps` or `horizon`; `base_lr` or `lr`; `final_loss`, or else the best kind of loss that
  /// there is; `seed` where runs are repeated. A loss that is NaN or infinite, or the word `diverged`, is a
  /// run that diverged; rows without a loss are counted and left out.
  ///
  /// - Parameters:
  ///   - path: the file, `-` for standard input.
  ///   - noise: the standard deviation of one run's final loss, in nats; nil to measure it on replicates.
  /// - Throws: `InputError` with the line at fault.
  /// - Complexity: O(size).
  public init(contentsOf path: String, noise: Double? = nil) throws(InputError) {
    let table = try SweepTable(csv: readBytes(path), path: path)
    self.init(runs: table.runs, unfinished: table.unfinished, noise: noise)
  }
}

/// A CSV file with one run a row.
package struct SweepTable {
  /// The runs, in the order of the rows.
  package let runs: [Sweep.Run]

  /// How many rows give no loss.
  package let unfinished: Int

  /// The name of the column whose losses were taken.
  let lossColumn: String

  /// The names of the columns with other losses.
  let otherLossColumns: [String]

  /// Reads CSV text.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - path: what it is called in errors.
  ///   - names: the columns that hold a quantity, where the usual names do not.
  /// - Throws: `InputError` with the line at fault.
  package init(csv bytes: [UInt8], path: String, columns names: [LogQuantity: String] = [:])
    throws(InputError)
  {
    var text = DelimitedText(bytes, path: path)
    var fields: [DelimitedText.Field] = []
    guard try text.next(&fields) else {
      throw InputError(
        path: path, problem: "it is empty",
        hint: "give a header and a row a run: spec,steps,base_lr,final_loss")
    }
    let columns = try SweepColumns(header: text.names(fields), named: names, path: path)
    var runs: [Sweep.Run] = []
    var unfinished = 0
    while try text.next(&fields) {
      let row = fields.map { text.text($0) }
      let run = try columns.run(of: row, line: text.line)
      if let run { runs.append(run) } else { unfinished += 1 }
    }
    guard !runs.isEmpty || unfinished > 0 else {
      throw InputError(
        path: path, problem: "it has a header and no rows", hint: "add a row a run")
    }
    self.runs = runs
    self.unfinished = unfinished
    lossColumn = columns.lossName
    otherLossColumns = columns.otherLossNames
  }
}

/// Which column of a sweep holds what.
private struct SweepColumns {
  private let path: String

  /// How many columns the header has.
  private let width: Int

  private let spec: Int?
  private let family: Int?
  private let cooldown: Int?
  private let steps: Int
  private let rate: Int
  private let loss: Int
  private let seed: Int?

  /// What the column of the losses is called.
  let lossName: String

  /// What other columns of losses are called.
  let otherLossNames: [String]

  /// The kinds of losses by which runs are judged, the best first.
  private static let judges: [LogQuantity] = [.finalValidationLoss, .validationLoss, .loss]

  init(header written: [String], named: [LogQuantity: String], path: String) throws(InputError) {
    let header = written.map { $0.lowercased() }
    func find(_ names: [String]) -> Int? {
      names.lazy.compactMap { header.firstIndex(of: $0) }.first
    }
    /// The column that the caller names; it must be there.
    func given(_ quantity: LogQuantity) throws(InputError) -> Int? {
      guard let name = named[quantity] else { return nil }
      return try required(find([name.lowercased()]), "'\(printable(name))'")
    }
    func required(_ column: Int?, _ names: String) throws(InputError) -> Int {
      if let column { return column }
      throw InputError(
        path: path, line: 1,
        problem:
          "no column is called \(names) (there are \(printable(header.joined(separator: ", "))))",
        hint: "name the columns spec,steps,base_lr,final_loss")
    }
    self.path = path
    width = header.count
    spec = find(["spec", "schedule"])
    family = find(["family"])
    cooldown = find(["cooldown"])
    seed = find(["seed"])
    _ = try required(spec ?? family, "spec or family")
    steps = try required(given(.step) ?? find(["steps", "horizon"]), "steps or horizon")
    rate = try required(
      given(.learningRate) ?? find(["base_lr", "lr", "learning_rate"]), "base_lr or lr")
    var chosen: Int?
    for judge in Self.judges where chosen == nil { chosen = try given(judge) }
    let usual = ["final_loss"] + Self.judges.flatMap(\.synonyms)
    let loss = try required(chosen ?? find(usual), "final_loss or loss")
    self.loss = loss
    lossName = written[loss]
    otherLossNames = header.indices.filter { $0 != loss && usual.contains(header[$0]) }
      .map { written[$0] }
  }

  /// The run of a row; nil where it has no loss yet.
  func run(of row: [String], line: Int) throws(InputError) -> Sweep.Run? {
    func failure(_ problem: String, _ hint: String) -> InputError {
      InputError(path: path, line: line, problem: problem, hint: hint)
    }
    // A decimal comma, or a spec with commas, would shift every column after it.
    if row.dropFirst(width).contains(where: { !$0.isEmpty }) {
      throw failure(
        "it has \(row.count) fields and the header \(width)",
        "write decimals with a point, and put specs with commas in quotes")
    }
    func cell(_ column: Int) -> String { column < row.count ? row[column] : "" }

    let stepsText = cell(steps)
    guard let count = decimal(stepsText), count >= 1, count <= Double(ScheduleSpec.mostSteps),
      count == count.rounded()
    else {
      throw failure(
        "'\(printable(stepsText))' is not a number of steps", "give a whole number up to 1e9")
    }
    let rateText = cell(rate)
    guard let baseLearningRate = decimal(rateText), baseLearningRate > 0,
      (1e-50...1e50).contains(baseLearningRate)
    else {
      throw failure(
        "'\(printable(rateText))' is not a base learning rate", "give a positive number like 1e-3")
    }
    let spec = try spec(of: row, line: line)
    let lossText = cell(loss)
    if lossText.isEmpty { return nil }
    return Sweep.Run(
      spec: spec, steps: Int(count), baseLearningRate: baseLearningRate,
      loss: try loss(of: lossText, failure), seed: seed.map(cell).flatMap { $0.isEmpty ? nil : $0 })
  }

  private func loss(of text: String, _ failure: (String, String) -> InputError)
    throws(InputError) -> Double
  {
    if text.lowercased() == "diverged" { return .nan }
    let bytes = Array(text.utf8)
    guard let loss = parseNumber(bytes, bytes.indices) else {
      throw failure(
        "'\(printable(text))' is not a loss", "give a number, or nan for a run that diverged")
    }
    return loss
  }

  private func spec(of row: [String], line: Int) throws(InputError) -> ScheduleSpec {
    let text: String
    if let spec, spec < row.count, !row[spec].isEmpty {
      text = row[spec]
    } else if let family, family < row.count {
      let length = cooldown.flatMap { $0 < row.count && !row[$0].isEmpty ? row[$0] : nil }
      text = try grammar(family: row[family].lowercased(), cooldown: length, line: line)
    } else {
      text = ""
    }
    do {
      return try ScheduleSpec(text)
    } catch let error as ScheduleError {
      throw InputError(
        path: path, line: line, problem: error.problem + " ('\(error.input)')", hint: error.hint
      )
    } catch {
      throw InputError(path: path, line: line, problem: "\(error)", hint: "check the schedule")
    }
  }

  /// The spec of a `family` with its `cooldown`.
  private func grammar(family: String, cooldown: String?, line: Int) throws(InputError) -> String {
    func wsd(_ options: String) throws(InputError) -> String {
      guard let cooldown else {
        throw InputError(
          path: path, line: line, problem: "\(family) has no cooldown",
          hint: "give the fraction in the column cooldown")
      }
      // In this column 1 is the whole run, never one step.
      return "wsd:cooldown=\(decimal(cooldown) == 1 ? "100%" : cooldown)\(options)"
    }
    switch family {
    case "wsd": return try wsd("")
    case "wsd_sqrt", "wsd-sqrt", "wsd_1-sqrt": return try wsd(",decay=1-sqrt")
    case "cos0": return "cosine"
    case "cos10": return "cosine:min=0.1"
    default: return family
    }
  }
}
