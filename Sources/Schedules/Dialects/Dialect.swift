/// A library whose schedules can be read: the families of this one with other end points.
///
/// What differs is whether warmup and decay count their first step as 0 or 1, where warmup starts,
/// whether a floor compresses the decay or cuts it off, whether it is a ratio or a learning rate, how
/// fractions round, and what the length of a decay includes.
public enum Dialect: String, CaseIterable, Sendable {
  /// Hugging Face transformers: `lr_scheduler_type` and `lr_scheduler_kwargs`.
  case huggingFace = "hf"

  /// The schedulers of torch.optim.
  case torch

  /// optax's schedules.
  case optax

  /// Megatron-LM's flags.
  case megatron

  /// torchtitan's `lr_scheduler`.
  case torchTitan = "torchtitan"

  /// OLMo-core's schedulers.
  case olmoCore = "olmo-core"

  /// nanotron's `learning_rate_scheduler`.
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

  /// The schedule that a configuration gives.
  ///
  /// - Parameter request: the scheduler's name, parameters, T and learning rate.
  /// - Returns: the schedule over all T steps.
  /// - Throws: ``DialectError`` naming the parameter at fault and what to write instead.
  /// - Complexity: O(1) for most; O(T) where cycles leave no closed form.
  public func read(_ request: DialectRequest) throws(DialectError) -> DialectSchedule {
    let subject = request.name.isEmpty ? rawValue : "\(rawValue) \(request.name)"
    var reader = DialectReader(
      request: request, parameters: Parameters(subject: subject, members: request.parameters))
    switch self {
    case .huggingFace: try reader.readHuggingFace()
    case .torch: try reader.readTorch()
    case .optax: try reader.readOptax()
    case .megatron: try reader.readMegatron()
    case .torchTitan: try reader.readTorchTitan()
    case .olmoCore: try reader.readOLMoCore()
    case .nanotron: try reader.readNanotron()
    case .litGPT: try reader.readLitGPT()
    case .composer: try reader.readComposer()
    case .keras: try reader.readKeras()
    case .deepSpeed: try reader.readDeepSpeed()
    case .epfml: try reader.readEPFML()
    }
    return try reader.schedule()
  }
}
