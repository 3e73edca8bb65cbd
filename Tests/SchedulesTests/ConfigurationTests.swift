import Foundation
import Schedules
import Support
import TestSupport
import Testing

/// Whole configurations of trainers: those that are understood are read, and none is read as a default.
@Suite struct ConfigurationTests {
  /// A configuration with all the keys that its trainer writes, and what it means.
  struct Sample: Decodable {
    let dialect: String
    let steps: Int
    let first: [Double]
    let last: Double
    let scheduleKeys: [String]
    let configuration: ParameterValue
  }

  static func samples() throws -> [Sample] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("RealLibraries/configurations.json")
    return try JSONDecoder().decode([Sample].self, from: Data(contentsOf: file))
  }

  /// The schedule that a configuration asks for, over the sample's steps.
  private func schedule(_ configuration: ParameterValue, _ sample: Sample) throws(InputError)
    -> Schedule?
  {
    guard let library = Dialect(rawValue: sample.dialect) else { return nil }
    var request = try library.request(configuration: configuration)
    request.steps = request.steps ?? sample.steps
    return try library.read(request).schedule
  }

  @Test func realConfigurationsAreRead() throws {
    let samples = try Self.samples()
    #expect(Set(samples.map(\.dialect)) == Set(Dialect.allCases.map(\.rawValue)))
    for sample in samples {
      let schedule = try #require(try schedule(sample.configuration, sample))
      let values = Array(schedule.multipliers.prefix(3)) + [schedule.last]
      #expect(schedule.steps == sample.steps)
      for (value, expected) in zip(values, sample.first + [sample.last]) {
        #expect(abs(value - expected) < 1e-15, "\(sample.dialect) \(values)")
      }
    }
  }

  /// Keys that no schedule depends on.
  static let harmless = [
    "run_name", "num_layers", "wandb_tags", "save_every", "save_steps", "eval_iters", "dropout",
    "hidden_size", "notes", "tokenizer_path", "gradient_checkpointing", "weight_decay_groups",
    "data_seed", "ema_decay", "log_every_n_steps", "grad_accumulation_steps", "eval_delay",
    "max_restarts", "checkpoint_interval", "dataloader_workers", "optimizer_name", "rope_theta",
  ]

  /// Keys on which one may.
  static let schedules = [
    "lr_decay_rate", "warmup_epochs", "lr_schedule", "cosine_min_lr_ratio", "decay_lr",
    "anneal_fraction", "cooldown_frac", "min_learning_rate", "lr_scheduler2", "rampup_batch_size",
    "num_cycles", "eta_min", "milestones", "learningRate", "lrWarmup", "total_training_steps",
    "base_lr", "shedule", "warm_up", "decoupled_lr", "total_tokens", "optim.max_lr", "a.b.sched",
    "lr-decay-style", "LR", "warmdown_iters", "hold_steps",
  ]

  @Test func noneIsReadAsADefault() throws {
    var generator = SplitMix64(seed: 13)
    let samples = try Self.samples()
    var renamed = 0
    for trial in 0..<300 {
      let sample = try #require(samples.randomElement(using: &generator))
      let added = (trial % 4 == 0 ? Self.harmless : Self.schedules).randomElement(
        using: &generator)
      let original = try #require(sample.scheduleKeys.randomElement(using: &generator))
      let key =
        trial % 2 == 0 ? try #require(added) : Self.renaming(of: original, using: &generator)
      let changed =
        trial % 2 == 0
        ? sample.configuration.setting(.number(3), at: key.split(separator: ".")[...])
        : sample.configuration.renaming(original.split(separator: ".")[...], to: key)
      let comment: Comment = "\(sample.dialect): \(trial % 2 == 0 ? "" : original) \(key)"
      do {
        let read = try schedule(changed, sample)
        #expect(trial % 4 == 0, comment)
        #expect(read?.multipliers == (try schedule(sample.configuration, sample))?.multipliers)
      } catch {
        // What is nothing but a scheduler takes no key that is not its own.
        #expect(trial % 4 != 0 || sample.dialect == "keras", comment)
        let isNamed = key.split(separator: ".").contains { error.description.contains($0) }
        #expect(isNamed || error.description.contains("no scheduler"), "\(comment) \(error)")
        renamed += trial % 2
      }
    }
    #expect(renamed == 150)
  }

  /// The last name of a path as someone might mistype it, or as another trainer might spell it.
  private static func renaming(of path: String, using generator: inout SplitMix64) -> String {
    let name = path.split(separator: ".").last.map(String.init) ?? path
    var letters = Array(name)
    let place = Int.random(in: 0..<letters.count - 1, using: &generator)
    switch Int.random(in: 0..<8, using: &generator) {
    case 0 where letters.count > 4: letters.remove(at: place)
    case 1 where letters.count > 4 && letters[place] != letters[place + 1]:
      letters.swapAt(place, place + 1)
    case 2 where letters.count > 4: letters.insert(letters[place], at: place)
    case 3: return name + "_v2"
    case 4: return "my_" + name
    case 5: return name + "x"
    case 6: return "x" + name
    default: return name.uppercased() == name ? name.lowercased() : name.uppercased()
    }
    return String(letters)
  }

  /// Library, configuration, the keys that are named.
  static let refusals: [(Dialect, String, [String])] = [
    // axolotl, torchtune, Megatron's model_config.yaml.
    (
      .huggingFace,
      "{\"learning_rate\": 2e-4, \"lr_scheduler\": \"cosine\", \"warmup_ratio\": 0.1, \"num_epochs\": 4}",
      ["lr_scheduler", "did you mean lr_scheduler_type"]
    ),
    (
      .huggingFace,
      "{\"optimizer\": {\"lr\": 2e-5}, \"lr_scheduler\": {\"num_warmup_steps\": 100}, \"epochs\": 1}",
      ["lr_scheduler.num_warmup_steps", "optimizer.lr"]
    ),
    (
      .megatron, "{\"MODEL_ARGS\": {\"--lr\": 1e-4, \"--train-iters\": 50, \"--num-layers\": 12}}",
      ["MODEL_ARGS.--lr", "MODEL_ARGS.--train-iters"]
    ),
    (.huggingFace, "{\"kind\": \"cosine\", \"max_steps\": 9}", ["has no lr_scheduler_type"]),
    (.huggingFace, "{}", ["has no lr_scheduler_type"]),
    (.huggingFace, "{\"lr_scheduler_type\": 3}", ["lr_scheduler_type", "3 is not a name"]),
    (
      .huggingFace, "{\"lr_scheduler_type\": \"linear\", \"lr_scheduler_kwargs\": \"x\"}",
      ["lr_scheduler_kwargs", "not an object"]
    ),
    (
      .huggingFace, "{\"lr_scheduler_type\": \"linear\", \"max_steps\": \"many\"}",
      ["max_steps", "not a whole number"]
    ),
    (
      .huggingFace, "{\"lr_scheduler_type\": \"linear\", \"train.max_steps\": 5}",
      ["train.max_steps"]
    ),
    (
      .megatron, "{\"lr_decay_style\": \"linear\", \"rampup_batch_size\": [32, 32, 2000]}",
      ["rampup_batch_size"]
    ),
    (
      .megatron, "{\"lr_decay_style\": \"linear\", \"use_checkpoint_opt_param_scheduler\": true}",
      ["use_checkpoint_opt_param_scheduler"]
    ),
    (.megatron, "{\"lr_decay_style\": \"linear\", \"train_tokens\": 10}", ["train_tokens"]),
    (
      .megatron, "{\"lr_decay_style\": \"linear\", \"lr_decay_samples\": 5000}",
      ["lr_decay_samples", "global_batch_size"]
    ),
    (.megatron, "{\"lr_decay_style\": \"linear\", \"exit_interval\": 500}", ["exit_interval"]),
    (.epfml, "{\"scheduler\": \"wsd\", \"iterations\": 10, \"wsd\": 0.4}", ["wsd"]),
    (.huggingFace, "{\"lr_scheduler_type\": \"linear\", \"floor\": 0.1}", ["floor"]),
    (.megatron, "{\"lr_decay_style\": \"linear\", \"lr_decay_tokens\": 10}", ["lr_decay_tokens"]),
    (
      .olmoCore,
      "{\"train_module\": {\"scheduler\": {\"_CLASS_\": \"WSD\", \"warmup\": 2}}, \"trainer\": {\"hard_stop\": {\"value\": 5, \"unit\": \"steps\"}}}",
      ["trainer.hard_stop.value"]
    ),
    (.torchTitan, "{\"training\": {\"steps\": 10}}", ["has no lr_scheduler"]),
    (
      .deepSpeed,
      "{\"scheduler\": {\"type\": \"WarmupLR\", \"warmup_num_steps\": 9, \"params\": {\"warmup_num_steps\": 5}}}",
      ["warmup_num_steps", "given twice"]
    ),
    (
      .litGPT, "{\"train\": {\"lr_warmup_steps\": 2, \"max_steps\": 10, \"max_tokens\": 100}}",
      ["max_tokens"]
    ),
  ]

  @Test(arguments: refusals)
  func refused(_ library: Dialect, _ json: String, _ pieces: [String]) throws {
    let configuration = ParameterValue.object(try DialectTests.object(json))
    let error = #expect(throws: InputError.self) {
      var request = try library.request(configuration: configuration)
      request.steps = request.steps ?? 10
      request.learningRate = request.learningRate ?? 1e-3
      return try library.read(request)
    }
    for piece in pieces { #expect(try #require(error).description.contains(piece), "\(error!)") }
  }
}

extension ParameterValue {
  /// The value with another at a path of names.
  fileprivate func setting(_ value: ParameterValue, at path: ArraySlice<Substring>)
    -> ParameterValue
  {
    guard let name = path.first.map(String.init) else { return value }
    var members: [String: ParameterValue] = [:]
    if case .object(let own) = self { members = own }
    members[name] = (members[name] ?? .null).setting(value, at: path.dropFirst())
    return .object(members)
  }

  /// The value with another name for what lies at a path.
  fileprivate func renaming(_ path: ArraySlice<Substring>, to name: String) -> ParameterValue {
    guard case .object(var members) = self, let first = path.first.map(String.init) else {
      return self
    }
    guard path.count > 1 else {
      members[name] = members.removeValue(forKey: first)
      return .object(members)
    }
    members[first] = members[first]?.renaming(path.dropFirst(), to: name)
    return .object(members)
  }
}
