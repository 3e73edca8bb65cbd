import ArgumentParser
import Runs
import Schedules
import Support

/// A schedule in the words of another library.
struct DialectOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Read SPEC as a scheduler of hf, torch, optax, megatron, torchtitan, olmo-core, nanotron, litgpt, composer, keras, deepspeed or epfml.",
      valueName: "library"),
    completion: .list(Dialect.allCases.map(\.rawValue)))
  var dialect: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The scheduler's parameters, a JSON object.", valueName: "json"))
  var kwargs: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The trainer's own configuration instead of SPEC: JSON, or a script with its flags.",
      valueName: "file"),
    completion: .file())
  var config: String?

  /// The schedule that the library would run; nil where no dialect is asked for.
  func parsed(name: String?, steps: Int?, learningRate: Double?) throws -> NamedSchedule? {
    guard let dialect else {
      guard kwargs == nil, config == nil else {
        throw UsageError("--kwargs and --config need to know the library; add --dialect")
      }
      return nil
    }
    guard let library = Dialect(rawValue: dialect) else {
      let names = Dialect.allCases.map(\.rawValue)
      let guess = nearestSpelling(to: dialect, among: names).map { "did you mean \($0)?" }
      throw UsageError(
        "--dialect '\(printable(dialect))': no such library is known; \(guess ?? "give one of \(names.joined(separator: ", "))")"
      )
    }
    if let config {
      guard name == nil, kwargs == nil else {
        throw UsageError(
          "--config has the scheduler and its parameters; leave SPEC and --kwargs out")
      }
      return try read(config, library: library, steps: steps, learningRate: learningRate)
    }
    let request = DialectRequest(
      name: name ?? "", parameters: try parameters(), steps: steps, learningRate: learningRate)
    do {
      let read = try library.read(request)
      try requireUse(of: learningRate, in: read)
      return NamedSchedule(read, library: library, request: request)
    } catch let error as DialectError where error.key != nil && kwargs != nil {
      throw UsageError("--kwargs: \(error.description)")
    }
  }

  /// Refuses a learning rate that changes nothing.
  private func requireUse(of learningRate: Double?, in read: DialectSchedule) throws {
    guard learningRate == nil || read.usesLearningRate else {
      throw UsageError("--lr: the scheduler's parameters are learning rates; leave it out")
    }
  }

  private func read(_ path: String, library: Dialect, steps: Int?, learningRate: Double?) throws
    -> NamedSchedule
  {
    let configuration = try ParameterValue(contentsOf: path)
    do {
      var request = try library.request(configuration: configuration)
      if let steps, request.steps == nil { request.steps = steps }
      if let given = request.steps, let steps, given != steps {
        throw UsageError(
          "--steps: the configuration says \(given) steps, not \(steps); leave it out")
      }
      if let given = request.learningRate, let learningRate, given != learningRate {
        throw UsageError(
          "--lr: the configuration says \(decimalText(given)), not \(decimalText(learningRate)); leave it out"
        )
      }
      let own = request.learningRate
      request.learningRate = own ?? learningRate
      let read = try library.read(request)
      if own == nil { try requireUse(of: learningRate, in: read) }
      return NamedSchedule(read, library: library, request: request)
    } catch let error as DialectError {
      throw InputError(
        path: path,
        problem: "\(error.subject)\(error.key.map { ", \($0)" } ?? ""): \(error.problem)",
        hint: error.hint)
    }
  }

  private func parameters() throws -> [String: ParameterValue] {
    guard let kwargs else { return [:] }
    func failure(_ problem: String) -> UsageError {
      UsageError(
        "--kwargs '\(printable(kwargs))': \(problem); write a JSON object like '{\"num_decay_steps\": 2000}'"
      )
    }
    let value: ParameterValue
    do throws(InputError) {
      value = try ParameterValue(json: kwargs, name: "--kwargs")
    } catch {
      throw failure(error.problem)
    }
    guard case .object(let members) = value else { throw failure("it is not a JSON object") }
    return members
  }
}
