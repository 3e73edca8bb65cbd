import Support

/// A library whose schedules can be read: families of this package with other end points.
///
/// What differs is whether warmup and decay count their first step as 0 or 1, where warmup starts,
/// whether a floor compresses the decay or cuts it off, whether it is a ratio or a learning rate, how
/// fractions round, and what the length of a decay includes.
public enum Dialect: String, CaseIterable, Sendable {
  /// Hugging Face transformers: `lr_scheduler_type` and `lr_scheduler_kwargs`.
  case huggingFace = "hf"

  /// The schedulers of torch.optim; written as a module with a LambdaLR.
  case torch

  /// optax's schedules; written as a module.
  case optax

  /// Megatron-LM's flags.
  case megatron

  /// torchtitan's `lr_scheduler`, as flags.
  case torchTitan = "torchtitan"

  /// OLMo-core's schedulers, as JSON.
  case olmoCore = "olmo-core"

  /// nanotron's `learning_rate_scheduler`, as JSON (and so as YAML).
  case nanotron

  /// litgpt's pretraining.
  case litGPT = "litgpt"

  /// Composer's schedulers.
  case composer

  /// Keras' learning-rate schedules.
  case keras

  /// DeepSpeed's schedulers.
  case deepSpeed = "deepspeed"

  /// epfml/schedules-and-scaling.
  case epfml

  /// The libraries for which schedules are written as well.
  public static let writable = allCases.filter { $0.library.writer != nil || $0.isCode }

  /// Whether schedules are written as code, which expresses any of them.
  var isCode: Bool { self == .torch || self == .optax }

  /// How the library's schedulers and configurations are read, and written.
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

  /// The schedule that a scheduler gives.
  ///
  /// - Parameter request: the scheduler's name, parameters, T and learning rate.
  /// - Returns: the schedule over all T steps.
  /// - Throws: `InputError` naming the parameter at fault and what to write instead.
  /// - Complexity: O(1) for most; O(T) where cycles leave no closed form.
  public func read(_ request: DialectRequest) throws(InputError) -> DialectSchedule {
    try read(request, remarksLevels: true)
  }

  /// The schedule that a scheduler gives; that a level is a learning rate need not be remarked.
  func read(_ request: DialectRequest, remarksLevels: Bool) throws(InputError) -> DialectSchedule {
    let subject = request.name.isEmpty ? rawValue : "\(rawValue) \(request.name)"
    var reader = DialectReader(request, subject: subject)
    reader.remarksLevels = remarksLevels
    try library.read(&reader)
    return try reader.finished()
  }

  /// What a trainer's own configuration asks for.
  ///
  /// Keys that cannot concern the learning rate are passed over; any other key that is not read is refused,
  /// and so is a configuration that does not say which schedule it wants. Where a library has no
  /// configuration of its own (torch, optax, Keras), an object `{"name": …, parameters…}` or
  /// `{"class_name": …, "config": {…}}` is read.
  ///
  /// - Parameter configuration: the whole configuration.
  /// - Returns: the scheduler's name, parameters, T and learning rate.
  /// - Throws: `InputError` naming the keys at fault.
  /// - Complexity: O(its size).
  public func request(configuration: ParameterValue) throws(InputError) -> DialectRequest {
    var reader = try ConfigurationReader(configuration, subject: rawValue)
    let request = try library.request(&reader)
    try reader.finish(deciding: library.decidingPath)
    return request
  }
}

/// How one library is read and written; each has a file of its own.
struct DialectLibrary: Sendable {
  /// Lays out the scheduler that a reader holds.
  let read: @Sendable (inout DialectReader) throws(InputError) -> Void

  /// The path without which the trainer would run a default schedule; nil where the scheduler is named.
  var decidingPath: String?

  /// Finds scheduler and parameters in a trainer's configuration.
  var request: @Sendable (inout ConfigurationReader) throws(InputError) -> DialectRequest = {
    reader throws(InputError) in
    try reader.section("scheduler", rate: "lr", steps: "steps")
  }

  /// Writes schedules; nil where they are only read, or written as code.
  var writer: TrainerWriter?
}

/// What a trainer's configuration asks for.
public struct DialectRequest: Sendable {
  /// The scheduler's name in its library; empty where the library has one only.
  public var name: String

  /// Its parameters, under their names in the library.
  public var parameters: [String: ParameterValue]

  /// T, the number of optimiser steps of the run; nil where the parameters say it.
  public var steps: Int?

  /// The learning rate that the optimiser is given; nil where it is not known.
  public var learningRate: Double?

  /// A request for a scheduler of a library.
  public init(
    name: String, parameters: [String: ParameterValue], steps: Int? = nil,
    learningRate: Double? = nil
  ) {
    self.name = name
    self.parameters = parameters
    self.steps = steps
    self.learningRate = learningRate
  }
}

/// A schedule as another library would run it.
public struct DialectSchedule: Sendable {
  /// The T multipliers, divided by their largest.
  public let schedule: Schedule

  /// γ: the largest learning rate that the run sees; nil where the learning rate is not known.
  public let baseLearningRate: Double?

  /// Whether the optimiser's learning rate matters; otherwise the parameters hold learning rates.
  public let usesLearningRate: Bool

  /// What the configuration meant, for the lint.
  public let intent: ScheduleIntent

  /// What a reader should know about this library.
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
