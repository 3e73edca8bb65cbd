import Support

/// A library whose learning-rate schedules can be read.
///
/// Libraries share families of schedules but differ in their end points: whether warmup and decay count their
/// first step as 0 or 1, where warmup starts, how floors work, how fractions round, and what the length of a
/// decay includes.
public enum Dialect: String, CaseIterable, Sendable {
  /// Hugging Face transformers: `lr_scheduler_type` and `lr_scheduler_kwargs`.
  case huggingFace = "hf"

  /// The schedulers of torch.optim; exported as a module with a `LambdaLR`.
  case torch

  /// optax's schedules; exported as a module.
  case optax

  /// Megatron-LM's flags.
  case megatron

  /// torchtitan's `lr_scheduler`, as flags.
  case torchTitan = "torchtitan"

  /// OLMo-core's schedulers, as JSON.
  case olmoCore = "olmo-core"

  /// nanotron's `learning_rate_scheduler`, as JSON (and so as YAML).
  case nanotron

  /// litgpt's pretraining configuration.
  case litGPT = "litgpt"

  /// Composer's schedulers.
  case composer

  /// Keras' learning-rate schedules.
  case keras

  /// DeepSpeed's schedulers.
  case deepSpeed = "deepspeed"

  /// The schedules of epfml/schedules-and-scaling.
  case epfml

  /// The libraries that schedules can be exported to.
  public static let writable = allCases.filter { $0.library.writer != nil || $0.isCode }

  var isCode: Bool { self == .torch || self == .optax }

  var library: DialectLibrary {
    switch self {
    case .huggingFace: .huggingFace
    case .torch: .torch
    case .optax: .optax
    case .megatron: .megatron
    case .torchTitan: .torchTitan
    case .olmoCore: .olmoCore
    case .nanotron: .nanotron
    case .litGPT: .litGPT
    case .composer: .composer
    case .keras: .keras
    case .deepSpeed: .deepSpeed
    case .epfml: .epfml
    }
  }

  /// Returns the schedule that a library's scheduler runs.
  ///
  /// Throws `InputError` naming the parameter at fault. O(1) for most schedulers; O(T) where cycles have no
  /// closed form.
  public func read(_ request: DialectRequest) throws(InputError) -> DialectSchedule {
    try read(request, remarksLevels: true)
  }

  /// Reads a schedule, optionally without remarks on levels given as learning rates.
  func read(_ request: DialectRequest, remarksLevels: Bool) throws(InputError) -> DialectSchedule {
    let subject = request.name.isEmpty ? rawValue : "\(rawValue) \(request.name)"
    for (name, tokens, most) in [
      ("batch", request.batchTokens, TrainingRun.mostBatchTokens),
      ("run", request.tokens, 1_000_000_000_000_000_000),
    ] {
      guard let tokens, !(1...most).contains(tokens) else { continue }
      throw InputError.dialect(
        subject, problem: "\(grouped(tokens)) tokens of the \(name) are out of range",
        hint: "give 1 to \(decimalText(Double(most)))")
    }
    var reader = DialectReader(request, subject: subject)
    reader.remarksLevels = remarksLevels
    try library.read(&reader)
    return try reader.finished()
  }

  /// Returns the scheduler that a trainer's whole configuration asks for.
  ///
  /// The batch in tokens comes with it where the configuration states it completely
  /// (``ParameterValue/batchTokens(of:)``). Throws `InputError` for a configuration that does not choose a
  /// schedule, for an invalid batch, and for unread keys that may affect the learning rate; other keys are
  /// ignored. For libraries without a configuration file (torch,
  /// optax, Keras), the configuration is an object `{"name": …, parameters…}` or `{"class_name": …, "config":
  /// {…}}`.
  public func request(configuration: ParameterValue) throws(InputError) -> DialectRequest {
    var reader = try ConfigurationReader(configuration, subject: rawValue)
    var request = try library.request(&reader)
    try reader.finish(deciding: library.decidingPath)
    do throws(InputError) {
      request.batchTokens = try configuration.batchTokens(of: [self])
    } catch {
      throw InputError(
        .value, rawValue, at: error.position, problem: error.problem, hint: error.hint)
    }
    return request
  }
}

struct DialectLibrary: Sendable {
  let read: @Sendable (inout DialectReader) throws(InputError) -> Void

  /// The path without which the trainer would use its default schedule; nil where schedulers are named.
  var decidingPath: String?

  var request: @Sendable (inout ConfigurationReader) throws(InputError) -> DialectRequest = {
    reader throws(InputError) in
    try reader.section("scheduler", rate: "lr", steps: "steps")
  }

  /// The products of numbers at paths that give the tokens in a step; the first complete one counts.
  var batch: [[String]] = []

  /// A path without which a configuration's sequence length is only a limit.
  var fullSequencesPath: String?

  /// Writes configurations; nil for libraries that are only read, or exported as code.
  var writer: TrainerWriter?
}

/// A scheduler of a library, with its parameters.
public struct DialectRequest: Sendable {
  /// The scheduler's name in its library; empty where the library has only one.
  public var name: String

  /// The parameters, under the library's names.
  public var parameters: [String: ParameterValue]

  /// T, the number of optimiser steps; nil where the parameters give it.
  public var steps: Int?

  /// The optimiser's learning rate; nil if unknown.
  public var learningRate: Double?

  /// B, the tokens in a step; nil if unknown.
  public var batchTokens: Int?

  /// D, the run's tokens where they set its length; with B they give T, rounded up to a step.
  public var tokens: Int?

  /// Creates a request.
  public init(
    name: String, parameters: [String: ParameterValue], steps: Int? = nil,
    learningRate: Double? = nil, batchTokens: Int? = nil
  ) {
    self.name = name
    self.parameters = parameters
    self.steps = steps
    self.learningRate = learningRate
    self.batchTokens = batchTokens
  }
}

/// A schedule as another library runs it.
public struct DialectSchedule: Sendable {
  /// The T multipliers, the largest of them 1.
  public let schedule: Schedule

  /// γ, the largest learning rate of the run; nil if unknown.
  public let baseLearningRate: Double?

  /// B, the tokens in a step; nil if unknown.
  public let batchTokens: Int?

  /// Whether the schedule depends on the optimiser's learning rate.
  public let usesLearningRate: Bool

  /// The configuration's intent, for the lint.
  public let intent: ScheduleIntent

  /// Library conventions worth knowing.
  public let remarks: [ScheduleFinding]
}

extension InputError {
  /// An error about another library's schedule; the subject is the library and its scheduler.
  static func dialect(_ subject: String, key: String? = nil, problem: String, hint: String)
    -> InputError
  {
    InputError(
      .value, printable(subject, most: 100), at: key.map { .key(printable($0)) }, problem: problem,
      hint: hint)
  }
}
