import ArgumentParser
import Runs
import Schedules
import Support
import TheoryModel

/// The task of the theory model, its features and the highest learning rate.
struct ModelOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Task exponent a, spectrum exponent b, label noise σ² as it is (not relative to the initial excess, as in a cross-check), batch m (1 without it).",
      valueName: "a,b,noise,batch"))
  var task = "3,1.5,1"

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Number of features, N; 1e6.", valueName: "n"))
  var features: String?

  @Flag(
    name: .long, help: "Count the target's part beyond the features as noise.")
  var tail = false

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The highest learning rate, in units of 1/λ_1; the stability edge without it.",
      valueName: "eta"))
  var cap: String?

  /// a, b, σ² and m.
  func parsedTask() throws -> ModelTask { try Arguments.modelTask(task) }

  /// The task on its features.
  func parsed() throws -> FeatureModel {
    try FeatureModel(
      task: parsedTask(), features: Arguments.features(features ?? "1e6", "--features"),
      includesTail: tail)
  }

  /// The highest learning rate, where it was given.
  func parsedCap() throws -> Double? {
    try cap.map { try Arguments.learningRate($0, "--cap") }
  }
}

extension Arguments {
  /// a, b, σ² and m of `--task`.
  static func modelTask(_ task: String) throws -> ModelTask {
    let parts = try Arguments.list(task, "--task")
    guard parts.count == 3 || parts.count == 4 else {
      throw UsageError(
        "--task '\(printable(task))': \(parts.count) numbers; give a,b,noise or a,b,noise,batch")
    }
    let values = try parts.map { part in
      guard let value = decimal(part) else {
        throw UsageError(
          "--task '\(printable(task))': '\(printable(part))' is not a number; give for example 3,1.5,1"
        )
      }
      return value
    }
    do {
      return try ModelTask(
        taskExponent: values[0], spectrumExponent: values[1], labelNoise: values[2],
        batch: values.count == 4 ? values[3] : 1)
    } catch {
      throw UsageError("--task '\(printable(task))': \(error.description)")
    }
  }

  /// A number of features.
  static func features(_ text: String, _ option: String) throws(UsageError) -> Int {
    guard let value = count(text), value == value.rounded() else {
      throw UsageError(
        "\(option) '\(printable(text))': not a whole number; give for example 1e6")
    }
    guard value >= 2, value <= Double(FeatureModel.mostFeatures) else {
      throw UsageError(
        "\(option) '\(printable(text))': a power law needs at least 2 features; give 2 to 1e12")
    }
    return Int(value)
  }

  /// A number of steps that a search on the model can follow.
  static func steps(_ text: String, _ option: String, most: Int) throws(UsageError) -> Int {
    let steps = try Arguments.steps(text, option)
    guard steps <= most else {
      throw UsageError(
        "\(option) '\(printable(text))': this search follows up to \(grouped(most)) steps; give fewer"
      )
    }
    return steps
  }
}
