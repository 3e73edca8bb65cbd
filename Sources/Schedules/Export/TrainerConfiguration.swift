/// A schedule in the words of one trainer.
struct TrainerConfiguration {
  /// What the trainer's dialect reads.
  let request: DialectRequest

  /// What the user gives the trainer.
  let text: String

  init(of schedule: Schedule, for target: ExportTarget, baseLearningRate: Double?)
    throws(ExportError)
  {
    let phases = schedule.phases
    let steps = schedule.steps
    guard let outline = ScheduleOutline(of: phases) else {
      guard target == .olmoCore else {
        throw ExportError(
          target,
          problem: "it knows warmup, one plateau and one decay, and this is \(Self.count(phases))")
      }
      let stages = try OLMoStages(of: phases, in: schedule)
      request = DialectRequest(
        name: "ComposableScheduler", parameters: ["stages": .list(stages.stages)], steps: steps,
        learningRate: baseLearningRate)
      text = Self.olmoText(request)
      return
    }
    switch target {
    case .huggingFace:
      request = try Self.huggingFace(outline, steps: steps, baseLearningRate: baseLearningRate)
      text = Self.huggingFaceText(request)
    case .megatron:
      request = try Self.megatron(
        outline, steps: steps, rate: try Self.required(baseLearningRate, target))
      text = request.parameters.sorted { $0.key < $1.key }.map { key, value in
        "--\(String(key.map { $0 == "_" ? "-" : $0 })) \(value.word)"
      }.joined(separator: " \\\n")
    case .torchTitan:
      request = try Self.torchTitan(outline, steps: steps, baseLearningRate: baseLearningRate)
      var flags = request.parameters.sorted { $0.key < $1.key }.map {
        "--lr_scheduler.\($0.key) \($0.value.word)"
      }
      flags.append("--training.steps \(steps)")
      if let baseLearningRate { flags.append("--optimizer.lr \(baseLearningRate)") }
      text = flags.joined(separator: " \\\n")
    case .olmoCore:
      request = try Self.olmoCore(
        outline, phases: phases, of: schedule, baseLearningRate: baseLearningRate)
      text = Self.olmoText(request)
    case .nanotron:
      request = try Self.nanotron(
        outline, steps: steps, rate: try Self.required(baseLearningRate, target))
      text =
        ParameterValue.object([
          "optimizer": .object(["learning_rate_scheduler": .object(request.parameters)]),
          "tokens": .object(["train_steps": .number(Double(steps))]),
        ]).json
    case .torch, .optax: preconditionFailure("code is no configuration")
    }
  }

  private static func count(_ phases: [SchedulePhase]) -> String {
    if phases.count > 1 { return "\(phases.count) stretches in another order" }
    if case .values? = phases.first?.law { return "a table of values" }
    return "a decay that is cut off at its floor"
  }

  private static func required(_ rate: Double?, _ target: ExportTarget) throws(ExportError)
    -> Double
  {
    guard let rate else {
      throw ExportError(
        target, problem: "it takes learning rates, and the base one is not known",
        hint: "add --lr")
    }
    return rate
  }

  private static func number(_ value: Int) -> ParameterValue { .number(Double(value)) }

  private static func unknownShape(_ target: ExportTarget, _ ramp: Ramp) -> ExportError {
    ExportError(target, problem: "it has no \(ramp.kind) here")
  }

  // MARK: - Hugging Face

  private static func huggingFace(
    _ outline: ScheduleOutline, steps: Int, baseLearningRate: Double?
  ) throws(ExportError) -> DialectRequest {
    var parameters: [String: ParameterValue] = ["warmup_steps": number(outline.warmupLength)]
    func request(_ name: String) -> DialectRequest {
      DialectRequest(
        name: name, parameters: parameters, steps: steps, learningRate: baseLearningRate)
    }
    guard let decay = outline.decay else {
      return request(outline.warmupSteps == 0 ? "constant" : "constant_with_warmup")
    }
    if outline.decaysThroughout {
      switch (decay.shape, decay.end) {
      case (.linear, 0): return request("linear")
      case (.linear, _):
        if let baseLearningRate {
          parameters["power"] = .number(1)
          parameters["lr_end"] = .number(decay.end * baseLearningRate)
          return request("polynomial")
        }
      case (.cosine(1), 0): return request("cosine")
      case (.cosine(1), _):
        parameters["min_lr_rate"] = .number(decay.end)
        return request("cosine_with_min_lr")
      case (.polynomial(let power), 0):
        parameters["power"] = .number(power)
        parameters["lr_end"] = .number(0)
        return request("polynomial")
      case (.power(-0.5), 0):
        parameters["timescale"] = .number(decay.width)
        return request("inverse_sqrt")
      default: break
      }
    }
    if outline.decaysAtOnce, outline.horizon > steps, decay.shape == .cosine(power: 1) {
      // A part of half a wave.
      parameters["num_cycles"] = .number(0.5 * Double(steps - outline.decayStart) / decay.width)
      if decay.end != 0 { parameters["min_lr_rate"] = .number(decay.end) }
      return request(decay.end == 0 ? "cosine" : "cosine_with_min_lr")
    }
    let types: [(Ramp.Shape, String)] = [
      (.linear, "linear"), (.cosine(power: 1), "cosine"), (.oneMinusSquareRoot, "1-sqrt"),
    ]
    guard let type = types.first(where: { $0.0 == decay.shape })?.1 else {
      throw unknownShape(.huggingFace, decay)
    }
    parameters["num_decay_steps"] = number(outline.decayLength)
    parameters["decay_type"] = .text(type)
    if decay.end != 0 { parameters["min_lr_ratio"] = .number(decay.end) }
    if abs(outline.horizon - steps) > 1 {
      parameters["num_stable_steps"] = number(
        max(0, outline.decayStart - outline.warmupLength))
    }
    return request("warmup_stable_decay")
  }

  private static func huggingFaceText(_ request: DialectRequest) -> String {
    var arguments: [String: ParameterValue] = [
      "lr_scheduler_type": .text(request.name), "max_steps": number(request.steps ?? 0),
    ]
    var specific = request.parameters
    arguments["warmup_steps"] = specific.removeValue(forKey: "warmup_steps")
    if !specific.isEmpty { arguments["lr_scheduler_kwargs"] = .object(specific) }
    arguments["learning_rate"] = request.learningRate.map { .number($0) }
    return ParameterValue.object(arguments).json
  }

  // MARK: - Megatron-LM

  private static func megatron(_ outline: ScheduleOutline, steps: Int, rate: Double)
    throws(ExportError) -> DialectRequest
  {
    var parameters: [String: ParameterValue] = [
      "lr": .number(rate), "min_lr": .number(outline.decay.map { $0.end * rate } ?? 0),
      "lr_warmup_iters": number(outline.warmupLength), "train_iters": number(steps),
      "lr_decay_iters": number(outline.horizon),
    ]
    switch outline.decay?.shape {
    case nil: parameters["lr_decay_style"] = .text("constant")
    // Without a warmup the first step's samples, of unknown number, are the timescale.
    case .power(-0.5)? where outline.warmupSteps > 0:
      parameters["lr_decay_style"] = .text("inverse-square-root")
    case .linear? where outline.decaysAtOnce: parameters["lr_decay_style"] = .text("linear")
    case .cosine(1)? where outline.decaysAtOnce:
      parameters["lr_decay_style"] = .text("cosine")
    case let shape?:
      let styles: [(Ramp.Shape, String)] = [
        (.linear, "linear"), (.cosine(power: 1), "cosine"), (.halving, "exponential"),
        (.oneMinusSquareRoot, "minus_sqrt"),
      ]
      guard let style = styles.first(where: { $0.0 == shape })?.1, let decay = outline.decay else {
        throw outline.decay.map { unknownShape(.megatron, $0) }
          ?? ExportError(.megatron, problem: "it has no such decay")
      }
      parameters["lr_decay_style"] = .text("WSD")
      parameters["lr_wsd_decay_style"] = .text(style)
      parameters["lr_wsd_decay_iters"] = .number(decay.width.rounded())
    }
    return DialectRequest(name: "", parameters: parameters, steps: steps)
  }

  // MARK: - torchtitan

  private static func torchTitan(
    _ outline: ScheduleOutline, steps: Int, baseLearningRate: Double?
  ) throws(ExportError) -> DialectRequest {
    var parameters: [String: ParameterValue] = ["warmup_steps": number(outline.warmupLength)]
    if let decay = outline.decay {
      let types: [(Ramp.Shape, String)] = [
        (.linear, "linear"), (.cosine(power: 1), "cosine"), (.oneMinusSquareRoot, "sqrt"),
      ]
      guard let type = types.first(where: { $0.0 == decay.shape })?.1 else {
        throw unknownShape(.torchTitan, decay)
      }
      parameters["decay_type"] = .text(type)
      parameters["min_lr_factor"] = .number(decay.end)
      let total = abs(outline.horizon - steps) > 1 ? outline.horizon : steps
      if total != steps { parameters["total_steps"] = number(total) }
      if !outline.decaysAtOnce {
        parameters["decay_ratio"] = .number(decay.width.rounded() / Double(total))
      }
    } else {
      parameters["decay_ratio"] = .number(0)
    }
    return DialectRequest(
      name: "", parameters: parameters, steps: steps, learningRate: baseLearningRate)
  }

  // MARK: - OLMo-core

  private static func olmoCore(
    _ outline: ScheduleOutline, phases: [SchedulePhase], of schedule: Schedule,
    baseLearningRate: Double?
  ) throws(ExportError) -> DialectRequest {
    var parameters: [String: ParameterValue] = ["warmup": number(outline.warmupLength)]
    let name: String
    let endsWithRun = abs(outline.horizon - schedule.steps) <= 1
    switch (outline.decay?.shape, outline.decaysAtOnce) {
    case (nil, _): name = "ConstantWithWarmup"
    case (.linear?, true), (.cosine(1)?, true):
      name = outline.decay?.shape == .linear ? "LinearWithWarmup" : "CosWithWarmup"
      parameters["alpha_f"] = .number(outline.floor)
      if !endsWithRun { parameters["t_max"] = number(outline.horizon) }
    case (.linear?, false) where endsWithRun && outline.floor == 0:
      name = "WSD"
      parameters["decay"] = number(outline.decayLength)
    default:
      name = "ComposableScheduler"
      parameters = ["stages": .list(try OLMoStages(of: phases, in: schedule).stages)]
    }
    return DialectRequest(
      name: name, parameters: parameters, steps: schedule.steps, learningRate: baseLearningRate)
  }

  private static func olmoText(_ request: DialectRequest) -> String {
    var scheduler = request.parameters
    scheduler["_CLASS_"] = .text("olmo_core.optim.scheduler.\(request.name)")
    // The fraction has a default that would contradict the length.
    if request.name == "WSD" { scheduler["decay_fraction"] = .null }
    var module: [String: ParameterValue] = ["scheduler": .object(scheduler)]
    if let rate = request.learningRate { module["optim"] = .object(["lr": .number(rate)]) }
    return ParameterValue.object([
      "train_module": .object(module),
      "trainer": .object([
        "max_duration": .object([
          "unit": .text("steps"), "value": number(request.steps ?? 0),
        ])
      ]),
    ]).json
  }

  // MARK: - nanotron

  private static func nanotron(_ outline: ScheduleOutline, steps: Int, rate: Double)
    throws(ExportError) -> DialectRequest
  {
    var parameters: [String: ParameterValue] = [
      "learning_rate": .number(rate), "lr_warmup_steps": number(outline.warmupLength),
      // A linear warmup of no steps would still take the first step's learning rate.
      "lr_warmup_style": .text(outline.warmupSteps == 0 ? "constant" : "linear"),
      "min_decay_lr": .number(outline.floor * rate), "lr_decay_style": .text("linear"),
    ]
    if let decay = outline.decay {
      switch decay.shape {
      case .linear: break
      case .cosine(1): parameters["lr_decay_style"] = .text("cosine")
      case .oneMinusSquareRoot: parameters["lr_decay_style"] = .text("1-sqrt")
      default: throw unknownShape(.nanotron, decay)
      }
      parameters["lr_decay_steps"] = number(outline.decayLength)
      parameters["lr_decay_starting_step"] = number(outline.decayStart)
    }
    return DialectRequest(name: "", parameters: parameters, steps: steps)
  }
}
