import ArgumentParser
import Schedules
import Search
import Support

/// What is trained.
struct WorkloadOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "\(BuiltInWorkload.allCases.map(\.rawValue).joined(separator: ", ")); linear.",
      valueName: "name"),
    completion: .list(BuiltInWorkload.allCases.map(\.rawValue)))
  var workload: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Points in a batch; 5 of 100 for linear, 8 for logistic.", valueName: "b"))
  var batch: String?

  @Option(
    name: .long,
    help: ArgumentHelp("Linear: isotropic (default) or aligned residuals.", valueName: "start"))
  var start: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Model: task exponent a, spectrum exponent b, label noise σ², batch m; 3,1.5,1,1.",
      valueName: "a,b,noise,batch"))
  var task: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Decoupled weight decay; 0.", valueName: "w"))
  var weightDecay: String?

  /// The workload, not yet tied to a number of steps.
  func parsedName() throws -> BuiltInWorkload {
    guard let workload else { return .linear }
    let names = BuiltInWorkload.allCases.map(\.rawValue)
    guard let name = BuiltInWorkload(rawValue: workload.lowercased()) else {
      let guess = nearestSpelling(to: workload, among: names).map { "did you mean \($0)?" }
      throw UsageError(
        "--workload '\(printable(workload))': no such workload; \(guess ?? "give \(names.joined(separator: ", "))")"
      )
    }
    return name
  }

  /// The first option that is given, by its name.
  var firstGiven: String? {
    let options = [
      ("--workload", workload), ("--batch", batch), ("--start", start),
      ("--weight-decay", weightDecay), ("--task", task),
    ]
    return options.first { $0.1 != nil }?.0
  }

  /// What of it is not as usual.
  func parsedSettings() throws -> BuiltInWorkload.Settings {
    var settings = BuiltInWorkload.Settings()
    settings.batch = try batch.map { try Arguments.count($0, "--batch", in: 1...1_000_000) }
    settings.start = try start.map { text in
      guard let start = LinearRegression.Start(rawValue: text.lowercased()) else {
        throw UsageError("--start '\(printable(text))': give isotropic or aligned")
      }
      return start
    }
    settings.task = try task.map { try Arguments.modelTask($0) }
    settings.weightDecay = try weightDecay.map {
      try Arguments.number($0, "--weight-decay", in: 0...1e3)
    }
    return settings
  }
}
