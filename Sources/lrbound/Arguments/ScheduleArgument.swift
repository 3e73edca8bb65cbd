import ArgumentParser
import Runs
import Schedules
import Support

/// A schedule as it is named on the command line: a spec of the grammar, or a file behind `@`.
enum ScheduleArgument: Sendable {
  case spec(ScheduleSpec)

  /// A spec with lengths in tokens, which the batch turns into steps.
  case inTokens(String)

  case file(path: String)

  /// The text as it was given.
  var text: String {
    switch self {
    case .spec(let spec): spec.text
    case .inTokens(let text): text
    case .file(let path): "@\(path)"
    }
  }

  /// Whether it is a file, which brings its own length.
  var isFile: Bool {
    if case .file = self { return true }
    return false
  }

  /// The spec; nil for a file, and where it depends on the batch.
  var spec: ScheduleSpec? {
    if case .spec(let spec) = self { return spec }
    return nil
  }

  init(_ text: String) throws(InputError) {
    guard text.hasPrefix("@") else {
      self =
        text.lowercased().contains("tokens") ? .inTokens(text) : .spec(try ScheduleSpec(text))
      return
    }
    let path = String(text.dropFirst())
    guard !path.isEmpty else {
      throw InputError.schedule(
        text, at: 1, problem: "no file is named after '@'",
        hint: "write @schedule.csv, or @- for standard input")
    }
    self = .file(path: path)
  }

  /// The schedule over its steps, reading a file, whose length may be left open and must not differ.
  ///
  /// - Throws: `InputError` for the file or the length.
  func run(_ length: RunLength) throws -> TrainingRun {
    var run: TrainingRun
    switch self {
    case .spec, .inTokens:
      guard let steps = length.steps else {
        throw InputError.schedule(
          text, problem: "the number of steps is not known", hint: "add --steps")
      }
      let spec = try self.spec ?? ScheduleSpec(text, batchTokens: length.batchTokens)
      run = TrainingRun(spec, steps: steps)
    case .file(let path):
      run = TrainingRun(try Schedule(contentsOf: path), name: text)
      guard length.steps ?? run.steps == run.steps else {
        throw InputError.schedule(
          text, problem: "the file has \(run.steps) steps, not \(length.steps ?? 0)",
          hint: "leave the number of steps out, or give another file")
      }
    }
    run.batchTokens = length.batchTokens
    run.lengthAssumptions = length.assumptions
    return run
  }

  /// The schedule over a number of steps, reading a file.
  func run(steps: Int?) throws -> TrainingRun { try run(RunLength(steps: steps)) }
}
