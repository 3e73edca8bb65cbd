import Support

extension Dialect {
  /// What a trainer's own configuration asks for.
  ///
  /// Keys that cannot concern the learning rate are passed over; any other key that is not read is refused,
  /// and so is a configuration that does not say which schedule it wants. Where a library has no
  /// configuration of its own (torch, optax, Keras), an object `{"name": …, parameters…}` or
  /// `{"class_name": …, "config": {…}}` is read.
  ///
  /// - Parameter configuration: the whole configuration.
  /// - Returns: the scheduler's name, parameters, T and learning rate.
  /// - Throws: ``DialectError`` naming the keys at fault.
  /// - Complexity: O(its size).
  public func request(configuration: ParameterValue) throws(DialectError) -> DialectRequest {
    var reader = try ConfigurationReader(configuration, subject: rawValue)
    let request = try request(from: &reader)
    try reader.finish(deciding: decidingPath)
    return request
  }

  /// The path without which the trainer would run a default schedule; nil where the scheduler is named.
  private var decidingPath: String? {
    switch self {
    case .huggingFace: return "lr_scheduler_type"
    case .megatron: return "lr_decay_style"
    case .litGPT: return "train"
    case .torchTitan: return "lr_scheduler"
    case .nanotron: return "optimizer.learning_rate_scheduler"
    default: return nil
    }
  }

  private func request(from reader: inout ConfigurationReader) throws(DialectError)
    -> DialectRequest
  {
    switch self {
    case .huggingFace: return try huggingFaceRequest(&reader)
    case .litGPT: return try litGPTRequest(&reader)
    case .megatron:
      return DialectRequest(
        name: "",
        parameters: reader.values([
          "lr", "min_lr", "lr_decay_style", "lr_warmup_iters", "lr_warmup_samples",
          "lr_warmup_fraction", "lr_warmup_init", "lr_decay_iters", "lr_decay_samples",
          "lr_wsd_decay_style", "lr_wsd_decay_iters", "lr_wsd_decay_samples", "train_iters",
          "train_samples", "global_batch_size", "override_opt_param_scheduler",
          "use_checkpoint_opt_param_scheduler",
        ]))
    case .epfml:
      let section = ["args", "config"].first { reader.members[$0] != nil }
      return DialectRequest(
        name: "",
        parameters: reader.values(
          [
            "scheduler", "warmup_steps", "iterations", "wsd_fract_decay", "wsd_final_lr_scale",
            "decay_type", "cos_inf_steps", "lr",
          ], below: section))
    case .torchTitan:
      return try section(
        "lr_scheduler", of: &reader, rate: "optimizer.lr", steps: "training.steps", isNamed: false)
    case .nanotron:
      return try section(
        "optimizer.learning_rate_scheduler", of: &reader, steps: "tokens.train_steps",
        isNamed: false)
    case .deepSpeed: return try section("scheduler", of: &reader, rate: "optimizer.params.lr")
    case .olmoCore:
      let hasModule = reader.members["train_module"] != nil
      var request = try section(
        hasModule ? "train_module.scheduler" : "scheduler", of: &reader,
        rate: hasModule ? "train_module.optim.lr" : "optim.lr")
      let duration = try reader.count("trainer.max_duration.value")
      if try reader.text("trainer.max_duration.unit") == "steps" { request.steps = duration }
      request.parameters["global_batch_size"] = reader.value("data_loader.global_batch_size")
      return request
    case .composer:
      var request = try section("scheduler", of: &reader, rate: "optimizer.lr")
      // A number is one of epochs, of unknown length.
      if case .text(let duration)? = reader.value("max_duration"), duration.hasSuffix("ba") {
        request.steps = decimal(String(duration.dropLast(2))).flatMap { Int(exactly: $0) }
      }
      // The names of llm-foundry's configurations.
      let names = [
        "constant_with_warmup": "ConstantWithWarmupScheduler",
        "cosine_with_warmup": "CosineAnnealingWithWarmupScheduler",
        "linear_decay_with_warmup": "LinearWithWarmupScheduler",
      ]
      request.name = names[request.name] ?? request.name
      return request
    case .torch, .optax, .keras:
      return try section("scheduler", of: &reader, rate: "lr", steps: "steps")
    }
  }

  private func huggingFaceRequest(_ reader: inout ConfigurationReader) throws(DialectError)
    -> DialectRequest
  {
    let name = try reader.text("lr_scheduler_type") ?? "linear"
    var parameters: [String: ParameterValue] = [:]
    // A number of steps has precedence over a ratio.
    for key in ["warmup_ratio", "warmup_steps"] {
      guard let length = try reader.number(key), length != 0 else { continue }
      parameters = [key: .number(length)]
    }
    try merge(
      try reader.object("lr_scheduler_kwargs") ?? [:], of: "lr_scheduler_kwargs", into: &parameters)
    // The library's own default is −1, for as long as the epochs last.
    let steps = try reader.count("max_steps").flatMap { $0 > 0 ? $0 : nil }
    return DialectRequest(
      name: name, parameters: parameters, steps: steps,
      learningRate: try reader.number("learning_rate"))
  }

  private func litGPTRequest(_ reader: inout ConfigurationReader) throws(DialectError)
    -> DialectRequest
  {
    var parameters = try reader.object("train") ?? [:]
    for key in ["devices", "num_nodes"] { parameters[key] = reader.value(key) }
    return DialectRequest(
      name: "", parameters: parameters,
      learningRate: try reader.number("optimizer.init_args.lr"))
  }

  /// A configuration with an object for the scheduler, or one that is nothing else.
  private func section(
    _ path: String, of reader: inout ConfigurationReader, rate: String? = nil,
    steps: String? = nil, isNamed: Bool = true
  ) throws(DialectError) -> DialectRequest {
    let learningRate = try rate.flatMap { path throws(DialectError) in try reader.number(path) }
    let count = try steps.flatMap { path throws(DialectError) in try reader.count(path) }
    var members: [String: ParameterValue]
    if let own = try reader.object(path) {
      members = own
    } else if isNamed || !reader.members.contains(where: { $0.value.holdsNames }) {
      members = try reader.object("") ?? [:]
      for path in [rate, steps] { path.map { members[$0] = nil } }
    } else {
      members = [:]
    }
    var name = ""
    for key in ["name", "type", "class_name", "_CLASS_", "_target_"] {
      if isNamed, name.isEmpty, case .text(let text)? = members.removeValue(forKey: key) {
        name = text.split(separator: ".").last.map(String.init) ?? text
      }
    }
    guard !isNamed || !name.isEmpty else {
      throw DialectError(
        rawValue, problem: "the configuration names no scheduler",
        hint: "give \(path) with its name and parameters")
    }
    for key in ["config", "params", "kwargs"] {
      guard case .object(let inner)? = members.removeValue(forKey: key) else { continue }
      // Keras says in which module its class is.
      members["module"] = nil
      try merge(inner, of: key, into: &members)
    }
    return DialectRequest(
      name: name, parameters: members, steps: count, learningRate: learningRate)
  }
}

extension Dialect {
  /// Adds parameters, none of which may be there already.
  private func merge(
    _ inner: [String: ParameterValue], of section: String,
    into members: inout [String: ParameterValue]
  ) throws(DialectError) {
    for (key, value) in inner.sorted(by: { $0.key < $1.key }) {
      guard members.updateValue(value, forKey: key) == nil else {
        throw DialectError(
          rawValue, key: key, problem: "it is given twice, the second time in \(section)",
          hint: "give it once")
      }
    }
  }
}

extension ParameterValue {
  /// Whether it is an object.
  fileprivate var holdsNames: Bool {
    if case .object = self { return true }
    return false
  }
}
