import ArgumentParser
import Runs
import Schedules
import Support

/// A schedule as it is named on the command line: a spec of the grammar, or a file behind `@`.
enum ScheduleArgument: Sendable {
  case spec(ScheduleSpec)
  case file(path: String)

  /// The text as it was given.
  var text: String {
    switch self {
    case .spec(let spec): spec.text
    case .file(let path): "@\(path)"
    }
  }

  /// The spec; nil for a file.
  var spec: ScheduleSpec? {
    if case .spec(let spec) = self { return spec }
    return nil
  }

  init(_ text: String) throws(InputError) {
    guard text.hasPrefix("@") else {
      self = .spec(try ScheduleSpec(text))
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

  /// The schedule over its steps, reading a file.
  ///
  /// - Parameter steps: T; may be nil for a file, and must not differ from its length.
  /// - Returns: the run.
  /// - Throws: `InputError` for the file or the steps.
  func run(steps: Int?) throws -> TrainingRun {
    switch self {
    case .spec(let spec):
      guard let steps else {
        throw InputError.schedule(
          text, problem: "the number of steps is not known", hint: "add --steps")
      }
      return TrainingRun(spec, steps: steps)
    case .file(let path):
      let schedule = try Schedule(contentsOf: path)
      guard steps == nil || steps == schedule.steps else {
        throw InputError.schedule(
          text, problem: "the file has \(schedule.steps) steps, not \(steps ?? 0)",
          hint: "leave the number of steps out, or give another file")
      }
      return TrainingRun(schedule, name: text)
    }
  }
}
