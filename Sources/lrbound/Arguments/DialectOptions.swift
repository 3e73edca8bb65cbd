import ArgumentParser
import Runs
import Schedules
import Support

/// A schedule in the words of another library.
struct DialectOptions: ParsableArguments {
  @Option(
    "Read SPEC as a scheduler of hf, torch, optax, megatron, torchtitan, olmo-core, nanotron, litgpt, composer, keras, deepspeed or epfml.",
    "library", completion: .list(Dialect.allCases.map(\.rawValue)), transform: Arguments.choice)
  var dialect: Dialect?

  @Option(
    "The scheduler's parameters, a JSON object.", "json",
    transform: { text in
      let hint = "write a JSON object like '{\"num_decay_steps\": 2000}'"
      let value: ParameterValue
      do throws(InputError) {
        value = try ParameterValue(json: text, name: "--kwargs")
      } catch {
        throw InputError(problem: error.problem, hint: hint)
      }
      guard case .object(let members) = value else {
        throw InputError(problem: "it is not a JSON object", hint: hint)
      }
      return members
    })
  var kwargs: [String: ParameterValue]?

  @Option(
    "The trainer's own configuration instead of SPEC: JSON, or a script with its flags.", "file",
    completion: .file())
  var config: String?

  func validate() throws {
    if dialect == nil, kwargs != nil || config != nil {
      throw InputError.usage("--kwargs and --config need to know the library", "add --dialect")
    }
    if config != nil, kwargs != nil {
      throw InputError.usage(
        "--config has the scheduler and its parameters", "leave SPEC and --kwargs out")
    }
  }

  /// The schedule that the library would run; nil where no dialect is asked for.
  func read(
    name: String?, length: RunLengthOptions, learningRate: Double?
  ) throws -> NamedSchedule? {
    guard let library = dialect else { return nil }
    if let config {
      return try read(config, library: library, length: length, learningRate: learningRate)
    }
    let length = try length.read(statedBatch: nil)
    let request = DialectRequest(
      name: name ?? "", parameters: kwargs ?? [:], steps: length.steps,
      learningRate: learningRate, batchTokens: length.batchTokens)
    do {
      let read = try library.read(request)
      try requireUse(of: learningRate, in: read)
      return NamedSchedule(read, library: library, request: request, length: length)
    } catch let error as InputError where error.position != nil && kwargs != nil {
      throw InputError(
        .value, "--kwargs: " + error.subject, at: error.position, problem: error.problem,
        hint: error.hint)
    }
  }

  /// Refuses a learning rate that changes nothing.
  private func requireUse(of learningRate: Double?, in read: DialectSchedule) throws {
    guard learningRate == nil || read.usesLearningRate else {
      throw InputError.usage(
        "--lr: the scheduler's parameters are learning rates", "leave it out")
    }
  }

  private func read(
    _ path: String, library: Dialect, length: RunLengthOptions, learningRate: Double?
  ) throws -> NamedSchedule {
    let configuration = try ParameterValue(contentsOf: path)
    do {
      var request = try library.request(configuration: configuration)
      let option = length.tokens == nil ? "--steps" : "--tokens"
      let length = try length.read(statedBatch: request.batchTokens)
      if let given = request.steps, let steps = length.steps, given != steps {
        throw InputError.usage(
          "\(option): the configuration says \(given) steps, not \(steps)", "leave it out")
      }
      request.steps = request.steps ?? length.steps
      request.batchTokens = length.batchTokens
      let own = request.learningRate
      if let own, let learningRate, own != learningRate {
        throw InputError.usage(
          "--lr: the configuration says \(decimalText(own)), not \(decimalText(learningRate))",
          "leave it out")
      }
      request.learningRate = own ?? learningRate
      let read = try library.read(request)
      if own == nil { try requireUse(of: learningRate, in: read) }
      return NamedSchedule(read, library: library, request: request, length: length)
    } catch let error as InputError where !error.subject.isEmpty {
      throw error.inside(path: path)
    }
  }
}
