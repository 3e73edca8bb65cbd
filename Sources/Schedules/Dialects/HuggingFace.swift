import Glibc
import Support

extension DialectLibrary {
  /// Hugging Face transformers 5 (`optimization.py`): warmup k/W, decay from the peak, rescaled floors,
  /// fractions rounded up.
  static let huggingFace = DialectLibrary(
    read: { reader throws(InputError) in try reader.readHuggingFace() },
    decidingPath: "lr_scheduler_type",
    request: { reader throws(InputError) in
      let name = try reader.text("lr_scheduler_type") ?? "linear"
      var parameters: [String: ParameterValue] = [:]
      // A number of steps takes precedence over a ratio.
      for key in ["warmup_ratio", "warmup_steps"] {
        guard let length = try reader.number(key), length != 0 else { continue }
        parameters = [key: .number(length)]
      }
      let specific = try reader.object("lr_scheduler_kwargs") ?? [:]
      try reader.merge(specific, of: "lr_scheduler_kwargs", into: &parameters)
      // The default of −1 means that the epochs set the length.
      let steps = try reader.count("max_steps").flatMap { $0 > 0 ? $0 : nil }
      return DialectRequest(
        name: name, parameters: parameters, steps: steps,
        learningRate: try reader.number("learning_rate"))
    },
    // run_clm's block size, with the processes of a state, of accelerate or of torchrun.
    batch: [["world_size"], ["num_processes"], ["nproc_per_node", "nnodes"]].map {
      ["per_device_train_batch_size", "gradient_accumulation_steps", "block_size"] + $0
    },
    writer: TrainerWriter(
      request: { question throws(InputError) in try question.huggingFace() },
      text: { request in
        var arguments: [String: ParameterValue] = [
          "lr_scheduler_type": .text(request.name), "max_steps": .count(request.steps ?? 0),
        ]
        var specific = request.parameters
        arguments["warmup_steps"] = specific.removeValue(forKey: "warmup_steps")
        if !specific.isEmpty { arguments["lr_scheduler_kwargs"] = .object(specific) }
        arguments["learning_rate"] = request.learningRate.map { .number($0) }
        return ParameterValue.object(arguments).json
      }))
}

extension DialectReader {
  private static let huggingFaceNames = [
    "linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup",
    "inverse_sqrt", "cosine_with_min_lr", "cosine_warmup_with_min_lr", "warmup_stable_decay",
  ]

  private mutating func layHuggingFace() throws(InputError) {
    switch name {
    case "linear": huggingFaceDecay(.linear)
    case "cosine": try huggingFaceCosine(floor: 0)
    case "cosine_with_restarts": try huggingFaceRestarts()
    case "polynomial":
      let power = try power()
      let end = try level("lr_end", default: 1e-7) ?? 0
      try require(end < 1, "lr_end", "it is not below the learning rate", "lower lr_end")
      intent.floor = end
      huggingFaceDecay(.polynomial(power: power), to: end)
    case "constant":
      // transformers ignores the warmup of this scheduler.
      if warmup > 0 {
        remark(
          "warmup-ignored", .warning,
          "constant ignores the warmup: use constant_with_warmup")
      }
      note(warmup: 0)
    case "constant_with_warmup":
      note(warmup: warmup)
      rise(over: warmup)
    case "inverse_sqrt":
      let standard = warmup > 0 ? warmup : 10_000
      let timescale = try number("timescale", in: 1...1e15) ?? standard
      note(warmup: warmup)
      rise(over: warmup)
      ramp(
        .power(exponent: -0.5), at: warmup, over: timescale, until: total)
    case "cosine_with_min_lr":
      let floor = try huggingFaceFloor()
      try huggingFaceCosine(floor: floor)
    case "cosine_warmup_with_min_lr":
      let floor = try huggingFaceFloor()
      let warmup = warmup
      if let rate = try number("warmup_lr_rate") {
        ramp(from: rate, to: 1, over: max(1, warmup - 1), until: warmup)
      } else {
        ramp(from: 0, to: 1, at: -1, over: warmup, until: warmup)
      }
      try huggingFaceWaves(at: warmup - 1, floor: floor)
    case "warmup_stable_decay": try huggingFaceStable()
    default: throw unknown(Self.huggingFaceNames)
    }
  }

  fileprivate mutating func readHuggingFace() throws(InputError) {
    try refuseAdaptive("reduce_lr_on_plateau", "greedy")
    guard Self.huggingFaceNames.contains(name) else {
      throw unknown(Self.huggingFaceNames)
    }
    try takeSteps("max_steps", "num_training_steps")
    try takeLearningRate("learning_rate")
    warmup = try huggingFaceWarmup()
    note(warmup: warmup, decayStart: warmup, horizon: total)
    try layHuggingFace()
    level(1)
  }

  /// `warmup_steps`: a count, or a ratio if below 1.
  private mutating func huggingFaceWarmup() throws(InputError) -> Double {
    let given = try take("warmup_steps", "num_warmup_steps", "warmup_ratio")
    guard let given else { return 0 }
    guard let number = given.number, number >= 0, number <= 1e15 else {
      throw failure(
        "warmup_steps", "\(given.shown) is not a length", "give steps, or a ratio below 1")
    }
    let warmup = number >= 1 ? Int(number) : Int((total * number).rounded(.up))
    if warmup > steps {
      throw failure(
        "warmup_steps", "\(warmup) steps are longer than the run of \(steps)",
        "shorten the warmup or lengthen the run")
    }
    return Double(warmup)
  }

  private var rest: Double { max(1, total - warmup) }

  private mutating func huggingFaceDecay(_ curve: Curve, to end: Double = 0) {
    rise(over: warmup)
    ramp(curve, to: end, at: warmup, over: rest, until: total)
  }

  private mutating func huggingFaceCosine(floor: Double) throws(InputError) {
    rise(over: warmup)
    try huggingFaceWaves(at: warmup, floor: floor)
  }

  /// `min_lr_rate`, or `min_lr` as a fraction of the learning rate.
  private mutating func huggingFaceFloor() throws(InputError) -> Double {
    let ratio = try number("min_lr_rate")
    let absolute = try level("min_lr")
    guard let floor = try either(ratio, "min_lr_rate", or: absolute, "min_lr") else {
      throw missing("min_lr_rate", example: "{\"min_lr_rate\": 0.1}")
    }
    intent.floor = floor
    return floor
  }

  /// Adds ½(1 + cos 2πcu) from 1 to the floor, where c is `num_cycles`, by default ½.
  private mutating func huggingFaceWaves(at origin: Double, floor: Double) throws(InputError) {
    let cycles = try number("num_cycles", in: 0...1e6) ?? 0.5
    try waves(cycles, at: origin, over: rest, floor: floor, until: total)
  }

  private mutating func waves(
    _ cycles: Double, at origin: Double, over width: Double, floor: Double, until limit: Double
  ) throws(InputError) {
    guard cycles != 0.5 else {
      return ramp(.cosine, to: floor, at: origin, over: width, until: limit)
    }
    try values(until: limit) { k in
      let wave = 0.5 * (1 + cos(Double.pi * cycles * 2 * ((k - origin) / width)))
      return max(0, wave * (1 - floor) + floor)
    }
  }

  private mutating func huggingFaceRestarts() throws(InputError) {
    let cycles = Double(try count("num_cycles", least: 1) ?? 1)
    guard cycles != 1 else { return huggingFaceDecay(.cosine) }
    rise(over: warmup)
    let (start, rest) = (warmup, rest)
    try values { k in
      let phase = fmod(cycles * ((k - start) / rest), 1)
      return max(0, 0.5 * (1 + cos(Double.pi * phase)))
    }
  }

  private mutating func huggingFaceStable() throws(InputError) {
    let decay = try requiredCount("num_decay_steps", example: "\(max(1, steps / 5))")
    let floor = try number("min_lr_ratio") ?? 0
    let cycles = try number("num_cycles", in: 0...1e6) ?? 0.5
    let types: [String: Curve] = ["1-sqrt": .oneMinusSquareRoot, "linear": .linear]
    let names = ["linear", "cosine", "1-sqrt"]
    let warmupType = try word("warmup_type", among: names) ?? "linear"
    let decayType = try word("decay_type", among: names) ?? "cosine"
    let stable = try count("num_stable_steps") ?? steps - Int(warmup) - decay
    try require(
      stable >= 0, "num_decay_steps",
      "warmup \(Int(warmup)) and decay \(decay) are longer than the run of \(steps)",
      "shorten one of them or lengthen the run")
    let rises: [String: Curve] = ["cosine": .cosine, "1-sqrt": .polynomial(power: 0.5)]
    ramp(rises[warmupType] ?? .linear, from: floor, to: 1, over: warmup)
    let (change, span) = (warmup + Double(stable), Double(decay))
    note(warmup: warmup, decayStart: change, horizon: change + span, floor: floor)
    level(1, until: change)
    if let curve = types[decayType] {
      ramp(curve, to: floor, at: change, over: span)
    } else {
      try waves(cycles, at: change, over: max(1, span), floor: floor, until: change + span)
    }
    level(floor)
  }
}

extension TrainerQuestion {
  fileprivate func huggingFace() throws(InputError) -> DialectRequest {
    let outline = try required(outline)
    var parameters: [String: ParameterValue] = ["warmup_steps": .count(outline.warmupLength)]
    func request(_ name: String) -> DialectRequest { self.request(name, parameters) }
    guard let decay = outline.decay else {
      return request(outline.warmupSteps == 0 ? "constant" : "constant_with_warmup")
    }
    if outline.decaysThroughout {
      switch (decay.curve, decay.end) {
      case (.linear, 0): return request("linear")
      case (.linear, _):
        if let baseLearningRate {
          parameters["power"] = .number(1)
          parameters["lr_end"] = .number(decay.end * baseLearningRate)
          return request("polynomial")
        }
      case (.cosine, 0): return request("cosine")
      case (.cosine, _):
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
    if outline.decaysAtOnce, outline.horizon > steps, decay.curve == .cosine {
      // A horizon beyond the run leaves less than half a wave.
      parameters["num_cycles"] = .number(0.5 * Double(steps - outline.decayStart) / decay.width)
      if decay.end != 0 { parameters["min_lr_rate"] = .number(decay.end) }
      return request(decay.end == 0 ? "cosine" : "cosine_with_min_lr")
    }
    let type = try name(
      of: decay, among: [(.linear, "linear"), (.cosine, "cosine"), (.oneMinusSquareRoot, "1-sqrt")])
    parameters["num_decay_steps"] = .count(outline.decayLength)
    parameters["decay_type"] = .text(type)
    if decay.end != 0 { parameters["min_lr_ratio"] = .number(decay.end) }
    if abs(outline.horizon - steps) > 1 {
      parameters["num_stable_steps"] = .count(max(0, outline.decayStart - outline.warmupLength))
    }
    return request("warmup_stable_decay")
  }
}
