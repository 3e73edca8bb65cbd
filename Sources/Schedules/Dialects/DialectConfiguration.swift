extension Dialect {
  /// What a trainer's own configuration asks for.
  ///
  /// Everything in it that does not concern the learning rate is passed over. Where a configuration names
  /// its scheduler in a way of its own (torch, optax, Keras), an object `{"name": …, parameters…}` or
  /// `{"class_name": …, "config": {…}}` is read.
  ///
  /// - Parameter configuration: the whole configuration.
  /// - Returns: the scheduler's name, parameters, T and learning rate.
  /// - Throws: ``DialectError`` where there is no scheduler in it.
  /// - Complexity: O(its size).
  public func request(configuration: ParameterValue) throws(DialectError) -> DialectRequest {
    guard case .object = configuration else {
      throw DialectError(
        rawValue, problem: "the configuration is \(configuration.shown)",
        remedy: "give an object, as the trainer has it")
    }
    switch self {
    case .huggingFace: return huggingFaceRequest(configuration)
    case .megatron:
      return flat(
        configuration,
        keys: [
          "lr", "min_lr", "lr_decay_style", "lr_warmup_iters", "lr_warmup_samples",
          "lr_warmup_fraction", "lr_warmup_init", "lr_decay_iters", "lr_decay_samples",
          "lr_wsd_decay_style", "lr_wsd_decay_iters", "lr_wsd_decay_samples", "train_iters",
          "train_samples", "global_batch_size",
        ])
    case .epfml:
      return flat(
        configuration.value(at: "args") ?? configuration.value(at: "config") ?? configuration,
        keys: [
          "scheduler", "warmup_steps", "iterations", "wsd_fract_decay", "wsd_final_lr_scale",
          "decay_type", "cos_inf_steps", "lr",
        ])
    case .litGPT: return litGPTRequest(configuration)
    case .torchTitan:
      return try nested(
        configuration, scheduler: ["lr_scheduler"], rates: ["optimizer.lr"],
        steps: ["training.steps"], needsName: false)
    case .nanotron:
      return try nested(
        configuration, scheduler: ["optimizer.learning_rate_scheduler"], rates: [],
        steps: ["tokens.train_steps"], needsName: false)
    case .deepSpeed:
      return try nested(
        configuration, scheduler: ["scheduler"], rates: ["optimizer.params.lr"], steps: [])
    case .olmoCore:
      var request = try nested(
        configuration, scheduler: ["train_module.scheduler", "scheduler"],
        rates: ["train_module.optim.lr", "optim.lr"], steps: [])
      if configuration.value(at: "trainer.max_duration.unit") == .text("steps") {
        request.steps = configuration.value(at: "trainer.max_duration.value")?.whole
      }
      request.parameters["global_batch_size"] = configuration.value(
        at: "data_loader.global_batch_size")
      return request
    case .composer:
      var request = try nested(
        configuration, scheduler: ["scheduler"], rates: ["optimizer.lr"], steps: [])
      if case .text(let duration)? = configuration.value(at: "max_duration"),
        duration.hasSuffix("ba")
      {
        request.steps = ParameterValue.text(String(duration.dropLast(2))).whole
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
      return try nested(configuration, scheduler: ["scheduler"], rates: ["lr"], steps: ["steps"])
    }
  }

  private func huggingFaceRequest(_ configuration: ParameterValue) -> DialectRequest {
    var name = "linear"
    if case .text(let given)? = configuration.value(at: "lr_scheduler_type") { name = given }
    var parameters: [String: ParameterValue] = [:]
    if case .object(let given)? = configuration.value(at: "lr_scheduler_kwargs") {
      parameters = given
    }
    // A number of steps has precedence over a ratio.
    let lengths = ["warmup_steps", "warmup_ratio"]
    if let key = lengths.first(where: { configuration.value(at: $0)?.number ?? 0 != 0 }) {
      parameters[key] = configuration.value(at: key)
    }
    let steps = configuration.value(at: "max_steps")?.whole.flatMap { $0 > 0 ? $0 : nil }
    return DialectRequest(
      name: name, parameters: parameters, steps: steps,
      learningRate: configuration.value(at: "learning_rate")?.number)
  }

  private func litGPTRequest(_ configuration: ParameterValue) -> DialectRequest {
    var request = flat(
      configuration.value(at: "train") ?? configuration,
      keys: [
        "lr_warmup_steps", "max_steps", "min_lr", "learning_rate", "gradient_accumulation_iters",
        "max_iters",
      ])
    request.learningRate = configuration.value(at: "optimizer.init_args.lr")?.number
    let (batch, micro) = (
      configuration.value(at: "train.global_batch_size")?.whole,
      configuration.value(at: "train.micro_batch_size")?.whole
    )
    let devices = max(1, configuration.value(at: "devices")?.whole ?? 1)
    let nodes = max(1, configuration.value(at: "num_nodes")?.whole ?? 1)
    if let batch, let micro, micro > 0, request.parameters["gradient_accumulation_iters"] == nil {
      request.parameters["gradient_accumulation_iters"] = .number(
        Double(batch / (devices * nodes) / micro))
    }
    return request
  }

  /// A configuration whose keys stand side by side with those of everything else.
  private func flat(_ configuration: ParameterValue, keys: [String]) -> DialectRequest {
    var parameters: [String: ParameterValue] = [:]
    for key in keys { parameters[key] = configuration.value(at: key) }
    return DialectRequest(name: "", parameters: parameters)
  }

  /// A configuration with an object for the scheduler.
  private func nested(
    _ configuration: ParameterValue, scheduler paths: [String], rates: [String], steps: [String],
    needsName: Bool = true
  ) throws(DialectError) -> DialectRequest {
    let found = paths.lazy.compactMap { configuration.value(at: $0) }.first ?? configuration
    guard case .object(var members) = found else {
      throw DialectError(
        rawValue, problem: "\(paths[0]) is \(found.shown)", remedy: "give an object")
    }
    var name = ""
    for key in ["name", "type", "class_name", "_CLASS_", "_target_"] {
      if needsName, name.isEmpty, case .text(let text)? = members.removeValue(forKey: key) {
        name = text.split(separator: ".").last.map(String.init) ?? text
      }
    }
    guard !needsName || !name.isEmpty else {
      throw DialectError(
        rawValue, problem: "the configuration names no scheduler",
        remedy: "give \(paths[0]) with its name and parameters")
    }
    for key in ["config", "params", "kwargs"] {
      if case .object(let inner)? = members[key] { members = inner }
    }
    let rate = rates.lazy.compactMap { configuration.value(at: $0)?.number }.first
    let count = steps.lazy.compactMap { configuration.value(at: $0)?.whole }.first
    for path in rates + steps where !path.contains(".") && found == configuration {
      members[path] = nil
    }
    return DialectRequest(name: name, parameters: members, steps: count, learningRate: rate)
  }
}

extension ParameterValue {
  /// The whole number that it is, if it is one.
  fileprivate var whole: Int? {
    guard let number, number == number.rounded(), abs(number) <= 1e15 else { return nil }
    return Int(number)
  }
}
