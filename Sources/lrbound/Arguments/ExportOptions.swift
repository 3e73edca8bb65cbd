import ArgumentParser
import Runs
import Schedules
import Support

/// Writing a schedule for a trainer, shared by the commands that end in one.
struct ExportOptions: ParsableArguments {
  /// What a schedule is written as.
  enum Form: Equatable {
    case trainer(Dialect)
    case csv

    static let names = Dialect.writable.map(\.rawValue) + ["csv"]
  }

  @Option(
    "Print the schedule for hf, torch, optax, megatron, torchtitan, olmo-core or nanotron, or as csv.",
    "trainer", completion: .list(Form.names),
    transform: { text in
      if text == "csv" { return .csv }
      if let target = Dialect(rawValue: text) { return .trainer(target) }
      let guess = nearestSpelling(to: text, among: Form.names).map { "did you mean \($0)?" }
      throw InputError(
        problem: "no such trainer",
        hint: guess ?? "give one of \(Form.names.joined(separator: ", "))")
    })
  var export: Form?

  @OptionGroup var plot: PlotOptions

  func validate() throws {
    guard export != nil else { return }
    if plot.output.format == .csv {
      throw InputError.usage("--export and --csv are two outputs", "give one of them")
    }
    if plot.plot == "-" {
      throw InputError.usage("--export and --plot - are two outputs", "give an SVG file")
    }
  }
}

/// A schedule that can be written for a trainer.
struct ExportableSchedule {
  let schedule: Schedule

  /// What the trainer's configuration calls it.
  let title: String

  /// γ, where it is known.
  let baseLearningRate: Double?

  /// The table of its steps.
  var table: ScheduleTable { ScheduleTable(of: schedule, baseLearningRate: baseLearningRate) }

  /// Puts the schedule, written for a trainer, in place of a report's text; a table of steps becomes the CSV.
  func export<Body>(
    as form: ExportOptions.Form, in report: inout Report<Body>, format: inout OutputOptions.Format
  ) throws {
    switch form {
    case .trainer(let target):
      let written: ScheduleExport
      do throws(InputError) {
        written = try schedule.exported(
          for: target, title: title, baseLearningRate: baseLearningRate)
      } catch {
        throw InputError.usage("--export \(target.rawValue): \(error.problem)", error.hint)
      }
      report.diagnostics += written.remarks.map { Diagnostic(code: $0.code, message: $0.message) }
      report.export = .init(target: target.rawValue, text: written.text)
    case .csv where format == .json:
      var text = ""
      table.forEachPiece { text += $0 }
      report.export = .init(target: "csv", text: text)
    case .csv:
      report.csv = .pieces(table.forEachPiece)
      format = .csv
    }
  }
}
