import Foundation
import Schedules
import Support
import Testing

/// Other libraries' schedules against values recorded from the libraries themselves.
@Suite struct DialectTests {
  struct Record: Decodable {
    struct Case: Decodable {
      let dialect: String?
      let name: String
      let kwargs: ParameterValue
      let steps: Int
      let lr: Double?
      let rates: [Double]
    }
    let dialect: String?
    let source: String
    let cases: [Case]
  }

  /// `Tests/RealLibraries/compare.py --record` writes the first from the installed libraries.
  @Test(arguments: ["recorded.json", "epfml.json"])
  func recordedValues(_ file: String) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("RealLibraries")
    let data = try Data(contentsOf: folder.appendingPathComponent(file))
    let record = try JSONDecoder().decode(Record.self, from: data)
    var schedulers: Set<String> = []
    for item in record.cases {
      let dialect = try #require(item.dialect ?? record.dialect)
      let library = try #require(Dialect(rawValue: dialect))
      guard case .object(let parameters) = item.kwargs else { continue }
      let request = DialectRequest(
        name: item.name, parameters: parameters, steps: item.steps, learningRate: item.lr)
      let read = try library.read(request)
      let rate = try #require(read.baseLearningRate)
      let peak = try #require(item.rates.max())
      // Keras rounds to single precision on the way.
      let tolerance = library == .keras ? 1e-6 : 1e-12
      for (multiplier, expected) in zip(read.schedule.multipliers, item.rates) {
        let error = abs(multiplier * rate - expected) / peak
        #expect(error <= tolerance, "\(library.rawValue) \(item.name) \(item.kwargs)")
      }
      #expect(read.schedule.steps == item.rates.count)
      schedulers.insert("\(library.rawValue) \(item.name)")
    }
    #expect(schedulers.count >= (file == "epfml.json" ? 1 : 70), "\(schedulers.count)")
  }

  static func object(_ json: String) throws -> [String: ParameterValue] {
    let value = try JSONDecoder().decode(ParameterValue.self, from: Data(json.utf8))
    guard case .object(let members) = value else { throw CocoaError(.coderReadCorrupt) }
    return members
  }

  /// Library, scheduler, parameters, steps, learning rate, pieces of the message.
  static let refusals: [(Dialect, String, String, Int?, Double?, [String])] = [
    (.huggingFace, "warmup_stable_decay", "{}", 100, nil, ["num_decay_steps", "mandatory", "20}"]),
    (.huggingFace, "reduce_lr_on_plateau", "{}", 100, nil, ["follows the loss", "give a log"]),
    (.huggingFace, "greedy", "{}", 100, nil, ["give a log"]),
    (.huggingFace, "cosin", "{}", 100, nil, ["did you mean cosine"]),
    (.huggingFace, "linear", "{\"warmup_step\": 3}", 100, nil, ["did you mean warmup_steps"]),
    (.huggingFace, "linear", "{}", nil, nil, ["give the number of steps"]),
    (.huggingFace, "linear", "{\"warmup_steps\": 300}", 100, nil, ["longer than the run of 100"]),
    (.huggingFace, "linear", "{\"max_steps\": 90}", 100, nil, ["90 contradicts", "100"]),
    (.huggingFace, "linear", "{\"warmup_steps\": -1}", 100, nil, ["warmup_steps", "not a length"]),
    (.huggingFace, "cosine_with_min_lr", "{}", 100, nil, ["min_lr_rate"]),
    (
      .huggingFace, "cosine_with_min_lr", "{\"min_lr\": 1e-5}", 100, nil,
      ["give the optimiser's learning rate"]
    ),
    (
      .huggingFace, "cosine_with_min_lr", "{\"min_lr\": 1e-5, \"min_lr_rate\": 0.1}", 100, 1e-3,
      ["one of them"]
    ),
    (.huggingFace, "polynomial", "{\"lr_end\": 1e-2}", 100, 1e-3, ["not below the learning rate"]),
    (
      .huggingFace, "warmup_stable_decay", "{\"num_decay_steps\": 90, \"warmup_steps\": 20}", 100,
      nil, ["warmup 20 and decay 90", "longer than the run"]
    ),
    (
      .huggingFace, "warmup_stable_decay", "{\"num_decay_steps\": 9, \"decay_type\": \"sqrt\"}",
      100, nil, ["decay_type", "1-sqrt"]
    ),
    (.torch, "ReduceLROnPlateau", "{}", 100, nil, ["give a log"]),
    (.torch, "CosineAnnealingLR", "{}", 100, nil, ["T_max", "mandatory"]),
    (.torch, "ExponentialLR", "{\"gamma\": \"x\"}", 100, nil, ["gamma", "not a number"]),
    (.torch, "StepLR", "{\"step_size\": 0}", 100, nil, ["at least 1"]),
    (.torch, "StepLR", "{\"step_size\": 2.5}", 100, nil, ["whole number"]),
    (
      .torch, "SequentialLR", "{\"schedulers\": [{\"name\": \"StepLR\"}], \"milestones\": [3]}",
      100, nil, ["milestones", "one fewer"]
    ),
    (
      .torch, "SequentialLR", "{\"schedulers\": [{\"total_iters\": 3}], \"milestones\": []}", 100,
      nil, ["entry 1 has no name"]
    ),
    (
      .torch, "SequentialLR",
      "{\"schedulers\": [{\"name\": \"LinearLR\", \"total\": 3}], \"milestones\": []}", 100, nil,
      ["SequentialLR LinearLR, total", "total_iters"]
    ),
    (.optax, "cosine_decay", "{}", 100, nil, ["cosine_decay_schedule"]),
    (
      .optax, "warmup_cosine_decay_schedule",
      "{\"init_value\": 0, \"peak_value\": 1, \"warmup_steps\": 30, \"decay_steps\": 20}", 100, nil,
      ["includes the warmup"]
    ),
    (
      .megatron, "", "{\"lr\": 1e-3, \"lr_decay_style\": \"WSD\"}", 100, nil, ["lr_wsd_decay_iters"]
    ),
    (
      .megatron, "", "{\"lr_warmup_iters\": 100, \"lr_decay_style\": \"linear\"}", 100, nil,
      ["lr_warmup_iters", "not shorter"]
    ),
    (
      .megatron, "", "{\"min_lr\": 1e-5}", 100, nil,
      ["min_lr", "give the optimiser's learning rate"]
    ),
    (.megatron, "", "{\"train_samples\": 1000}", nil, nil, ["global_batch_size"]),
    (
      .megatron, "", "{\"lr_warmup_iters\": 10, \"lr_warmup_samples\": 10}", 100, nil,
      ["one of them"]
    ),
    (.torchTitan, "", "{\"total_steps\": 50}", 100, nil, ["total_steps", "raise"]),
    (.torchTitan, "", "{\"decay_type\": \"1-sqrt\"}", 100, nil, ["sqrt"]),
    (.olmoCore, "WSD", "{}", 100, nil, ["warmup", "mandatory"]),
    (
      .olmoCore, "WSD", "{\"warmup\": 10, \"units\": \"tokens\"}", 100, nil, ["global_batch_size"]
    ),
    (
      .olmoCore, "WSD", "{\"warmup\": 10, \"decay\": 9, \"decay_fraction\": 0.1}", 100, nil,
      ["one of them"]
    ),
    (.olmoCore, "ComposableScheduler", "{\"stages\": []}", 100, nil, ["there are none"]),
    (
      .nanotron, "linear", "{\"lr_decay_starting_step\": 95, \"lr_warmup_steps\": 10}", 100, 1e-3,
      ["leave no steps"]
    ),
    (.nanotron, "lineal", "{}", 100, 1e-3, ["no scheduler of that name"]),
    (.litGPT, "", "{}", 100, nil, ["min_lr", "give the optimiser's learning rate"]),
    (
      .composer, "CosineAnnealingWithWarmupScheduler", "{\"t_warmup\": \"1ep\"}", 100, nil,
      ["not a time in batches", "0.1dur"]
    ),
    (
      .composer, "LinearWithWarmupScheduler", "{\"t_warmup\": \"9ba\", \"t_max\": \"50ba\"}", 100,
      nil, ["Composer refuses"]
    ),
    (
      .composer, "LinearWithWarmupScheduler", "{\"t_warmup\": \"1e19ba\"}", 10, nil,
      ["t_warmup", "more than 1e15 batches"]
    ),
    (.torch, "ExponentialLR", "{\"gamma\": 1e3}", 1000, nil, ["leave the range"]),
    (.torch, "ConstantLR", "{\"factor\": 1e-320, \"total_iters\": 9}", 9, nil, ["leave the range"]),
    (
      .keras, "ExponentialDecay",
      "{\"initial_learning_rate\": 0, \"decay_steps\": 1, \"decay_rate\": 1e30, \"staircase\": true}",
      100, nil, ["leave the range"]
    ),
    (.keras, "CosineDecay", "{\"decay_steps\": 10}", 100, nil, ["initial_learning_rate"]),
    (
      .keras, "PiecewiseConstantDecay", "{\"boundaries\": [9], \"values\": [1]}", 100, nil,
      ["one value more than boundaries"]
    ),
    (.deepSpeed, "WarmupDecayLR", "{}", 100, nil, ["total_num_steps", "mandatory"]),
    (.deepSpeed, "WarmupLR", "{}", 100, nil, ["give the optimiser's learning rate"]),
    (.epfml, "wsd", "{\"warmup_steps\": 100}", 100, nil, ["leave none of the run"]),
    (.torch, "LinearLR", "{\"end_factor\": 0, \"start_factor\": 0}", 100, nil, ["not positive"]),
    (.optax, "constant_schedule", "{\"value\": 0}", 100, nil, ["every learning rate"]),
    (
      .optax, "exponential_decay",
      "{\"init_value\": 1, \"transition_steps\": 1, \"decay_rate\": 1e30}", 100, nil, ["range"]
    ),
  ]

  @Test(arguments: refusals)
  func refused(
    _ library: Dialect, _ name: String, _ json: String, _ steps: Int?, _ rate: Double?,
    _ pieces: [String]
  ) throws {
    let request = DialectRequest(
      name: name, parameters: try Self.object(json), steps: steps, learningRate: rate)
    let error = #expect(throws: InputError.self) { try library.read(request) }
    let message = try #require(error?.description)
    #expect(message.hasPrefix(library.rawValue) && !message.contains("\n"))
    for piece in pieces { #expect(message.contains(piece), "\(message)") }
  }

  /// Closed forms are O(1): a billion steps of any common scheduler.
  @Test func longRuns() throws {
    let steps = 1_000_000_000
    let requests: [(Dialect, String, String)] = [
      (.huggingFace, "warmup_stable_decay", "{\"num_decay_steps\": 200000000}"),
      (.megatron, "WSD", "{\"lr\": 1e-3, \"lr_wsd_decay_iters\": 100000000}"),
      (.torch, "OneCycleLR", "{}"),
      (.deepSpeed, "WarmupDecayLR", "{\"total_num_steps\": 1000000000}"),
      (.olmoCore, "PowerLR", "{\"warmup\": 1000}"),
    ]
    for (library, name, json) in requests {
      let schedule = try library.read(
        DialectRequest(
          name: name, parameters: Self.object(json), steps: steps, learningRate: 1e-3)
      ).schedule
      #expect(schedule.steps == steps && schedule.last < 0.6)
    }
  }

  /// The options of a script without JSON.
  static func arguments(_ text: String) -> ParameterValue? {
    ParameterValue.arguments(text) { _ in nil }
  }

  @Test func launchScripts() throws {
    let script = """
      #!/bin/bash
      # the schedule
      ARGS=(
        --lr 3e-4   # peak
        --min-lr=3e-5 \\
        --lr-decay-style WSD --lr-wsd-decay-style "linear"
        --lr-wsd-decay-iters 4 --lr-warmup-iters 2
        --train-iters 10 --global-batch-size 512 --bf16 --recompute-granularity 'full'
      )
      torchrun pretrain_gpt.py ${ARGS[@]} --seed -1
      """
    let configuration = try #require(Self.arguments(script))
    #expect(configuration.value(at: "bf16") == .boolean(true))
    #expect(configuration.value(at: "seed") == .number(-1))
    #expect(configuration.value(at: "recompute_granularity") == .text("full"))
    let read = try Dialect.megatron.read(Dialect.megatron.request(configuration: configuration))
    #expect(read.baseLearningRate == 3e-4 && read.schedule.steps == 10)
    #expect(abs(read.schedule.last - 0.325) < 1e-15)
    #expect(Self.arguments("a: 1\nb: 2") == nil)
    #expect(Self.arguments("--a.b 1 --a.c x")?.value(at: "a.c") == .text("x"))
  }

  /// Options in quotes, Hydra's overrides, and options that are given twice.
  @Test func quotedOptions() throws {
    let script = """
      OPTIONS="--lr 3e-4 \\
        --lr-decay-style linear --train-iters 10"
      MORE=("--min-lr 0" "--lr-warmup-iters 2" '--note=a --lr 5')
      LR=1 torchrun pretrain_gpt.py $OPTIONS "${MORE[@]}" --kwargs '{"a": "b --c"}' +a.min=3 --bf16
      """
    let configuration = try #require(Self.arguments(script))
    #expect(configuration.value(at: "lr") == .number(3e-4))
    #expect(configuration.value(at: "note") == .text("a --lr 5"))
    #expect(configuration.value(at: "kwargs") == .text("{\"a\": \"b --c\"}"))
    #expect(configuration.value(at: "a.min") == .number(3))
    let read = try Dialect.megatron.read(Dialect.megatron.request(configuration: configuration))
    #expect(read.schedule.steps == 10 && read.schedule.last == 0.125)
    #expect(Self.arguments("train.py trainer.max_steps=9")?.value(at: "trainer") != nil)
    #expect(Self.arguments("LR=1 train.py x.py") == nil)
    let twice = try #require(Self.arguments("--lr 1 --lr 2 --seed 3 --seed 3"))
    #expect(twice.value(at: "lr") == .list([.number(1), .number(2)]))
    #expect(twice.value(at: "seed") == .number(3))
    let deep = "--" + [String](repeating: "a", count: 100_000).joined(separator: ".")
    #expect(Self.arguments(deep) != nil)
  }

  /// Eight times the script takes about eight times as long; it once took sixty-four times.
  @Test func longScriptsTakeLinearTime() {
    func seconds(_ options: Int) -> Double {
      let lines = (0..<options).map { "  --some-option-\($0) 'value \($0)' \\\n" }.joined()
      var least = Double.infinity
      for _ in 0..<3 {
        let time = ContinuousClock().measure {
          _ = Self.arguments(lines + "--note \"\(lines.filter { $0 != "-" })\"")
        }
        least = min(
          least, Double(time.components.attoseconds) * 1e-18 + Double(time.components.seconds))
      }
      return least
    }
    #expect(seconds(8000) < 20 * seconds(1000))
  }
}
