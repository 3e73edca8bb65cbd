import Schedules
import Support
import Testing

/// The batch in tokens and lengths in tokens or samples, in configurations of trainers.
@Suite struct BatchTests {
  static let megatron = #""lr": 1e-3, "lr_decay_style": "linear", "lr_warmup_iters": 0"#
  static let olmo =
    #""train_module": {"optim": {"lr": 1e-3}, "scheduler": {"_CLASS_": "WSD", "units": "tokens", "warmup": 10000, "decay": 20000, "decay_fraction": null}}"#
  static let composer =
    #""optimizer": {"lr": 1e-3}, "scheduler": {"name": "linear_decay_with_warmup", "t_warmup": "0.1dur"}"#
  static let huggingFace =
    #""lr_scheduler_type": "linear", "max_steps": 10, "per_device_train_batch_size": 4, "gradient_accumulation_steps": 2"#
  static let litGPT = #""optimizer": {"init_args": {"lr": 1e-3}}"#
  static let nanotron =
    #""optimizer": {"learning_rate_scheduler": {"learning_rate": 1e-3, "min_decay_lr": 0}}"#
  static let torchTitan = #""lr_scheduler": {"warmup_steps": 2}"#

  /// Library, members of the configuration, B, T.
  static let stated: [(Dialect, String, Int?, Int)] = [
    (
      .megatron, #"\#(megatron), "train_iters": 10, "global_batch_size": 512, "seq_length": 2048"#,
      1_048_576, 10
    ),
    (.megatron, #"\#(megatron), "train_iters": 10, "global_batch_size": 512"#, nil, 10),
    (
      .megatron,
      #"\#(megatron), "train_iters": 10, "global_batch_size": 512, "seq_length": "$LENGTH""#, nil,
      10
    ),
    (
      .megatron, #"\#(megatron), "train_samples": 1050, "global_batch_size": 100, "seq_length": 8"#,
      800, 10
    ),
    (
      .torchTitan,
      #"\#(torchTitan), "training": {"steps": 10, "global_batch_size": 256, "seq_len": 8192}"#,
      2_097_152, 10
    ),
    (
      .torchTitan,
      #"\#(torchTitan), "training": {"steps": 10, "global_batch_size": -1, "local_batch_size": 8, "seq_len": 8192}"#,
      nil, 10
    ),
    (
      .nanotron,
      #"\#(nanotron), "parallelism": {"dp": 8}, "tokens": {"train_steps": 10, "micro_batch_size": 2, "batch_accumulation_per_replica": 4, "sequence_length": 4096}"#,
      262_144, 10
    ),
    (
      .nanotron,
      #"\#(nanotron), "tokens": {"train_steps": 10, "micro_batch_size": 2, "batch_accumulation_per_replica": 4, "sequence_length": 4096}"#,
      nil, 10
    ),
    (
      .olmoCore,
      #"\#(olmo), "data_loader": {"global_batch_size": 1000}, "trainer": {"max_duration": {"value": 99500, "unit": "tokens"}}"#,
      1000, 100
    ),
    (
      .composer,
      #"\#(composer), "max_duration": "10ba", "global_train_batch_size": 4, "max_seq_len": 8"#, 32,
      10
    ),
    (.composer, #"\#(composer), "max_duration": "10ba", "global_train_batch_size": 4"#, nil, 10),
    (.composer, #"\#(composer), "max_duration": "37sp", "global_train_batch_size": 4"#, nil, 10),
    (
      .composer,
      #"\#(composer), "max_duration": "310tok", "global_train_batch_size": 4, "max_seq_len": 8"#,
      32,
      10
    ),
    (
      .litGPT,
      #"\#(litGPT), "devices": 2, "train": {"global_batch_size": 16, "micro_batch_size": 4, "max_seq_length": 8, "max_tokens": 1300, "lr_warmup_steps": 2}"#,
      128, 10
    ),
    (
      .litGPT,
      #"\#(litGPT), "train": {"global_batch_size": 16, "max_seq_length": 8, "max_steps": 10, "lr_warmup_steps": 2}"#,
      nil, 10
    ),
    (.huggingFace, #"\#(huggingFace), "world_size": 8, "block_size": 1024"#, 65_536, 10),
    (
      .huggingFace, #"\#(huggingFace), "nproc_per_node": 8, "nnodes": 2, "block_size": 1024"#,
      131_072, 10
    ),
    (.huggingFace, #"\#(huggingFace), "nproc_per_node": 8, "block_size": 1024"#, nil, 10),
    (.huggingFace, #"\#(huggingFace), "world_size": 8"#, nil, 10),
    (
      .huggingFace,
      #"\#(huggingFace), "world_size": 8, "block_size": 1024, "auto_find_batch_size": true"#, nil,
      10
    ),
    (
      .epfml,
      #""config": {"scheduler": "wsd", "iterations": 10, "warmup_steps": 2, "batch_size": 50, "acc_steps": 2, "world_size": 2, "sequence_length": 512}"#,
      102_400, 10
    ),
    (
      .epfml,
      #""config": {"scheduler": "wsd", "iterations": 10, "warmup_steps": 2, "batch_size": 50, "acc_steps": 2, "sequence_length": 512}"#,
      nil, 10
    ),
  ]

  static func read(
    _ library: Dialect, _ members: String, batch: Int? = nil, steps: Int? = nil
  ) throws -> DialectSchedule {
    var request = try library.request(
      configuration: .object(DialectTests.object("{\(members)}")))
    request.batchTokens = request.batchTokens ?? batch
    request.steps = request.steps ?? steps
    return try library.read(request)
  }

  @Test(arguments: stated)
  func isRead(_ library: Dialect, _ members: String, _ batch: Int?, _ steps: Int) throws {
    let read = try Self.read(library, members)
    #expect(read.batchTokens == batch && read.schedule.steps == steps)
    let isPartial = ["1050", "99500", "37sp", "310tok", "1300"].contains { members.contains($0) }
    #expect(read.remarks.contains { $0.code == "rounded-length" } == isPartial)
    // A batch that the configuration leaves open is taken from elsewhere.
    let whole = try Self.read(library, members, batch: 2_097_152_000)
    #expect(whole.batchTokens == batch ?? 2_097_152_000 && whole.schedule.steps == steps)
  }

  /// Library, members of the configuration, pieces of the message.
  static let refused: [(Dialect, String, [String])] = [
    (
      .megatron, #"\#(megatron), "train_iters": 10, "global_batch_size": 512, "seq_length": 0"#,
      ["seq_length", "0 is not a positive whole number"]
    ),
    (
      .megatron, #"\#(megatron), "train_iters": 10, "global_batch_size": 512, "seq_length": 1e10"#,
      ["global_batch_size × seq_length", "out of range", "1e12"]
    ),
    (
      .megatron,
      #"\#(megatron), "train_iters": 10, "global_batch_size": 512, "seq_length": 8, "batch_tokens": 4095"#,
      ["4,096 tokens in a step contradict the 4,095 of batch_tokens"]
    ),
    (
      .megatron, #"\#(megatron), "train_samples": 1000, "seq_length": 8"#,
      ["train_samples", "global_batch_size"]
    ),
    (
      .torchTitan,
      #"\#(torchTitan), "training": {"steps": 10, "global_batch_size": 1.5, "seq_len": 8192}"#,
      ["training.global_batch_size", "1.5"]
    ),
    (
      .torchTitan,
      #"\#(torchTitan), "training": {"steps": 10, "global_batch_size": 4, "seq_len": -2}"#,
      ["training.seq_len", "-2"]
    ),
    (
      .olmoCore, #"\#(olmo), "trainer": {"max_duration": {"value": 99500, "unit": "tokens"}}"#,
      ["99,500 tokens depend on the batch"]
    ),
    (
      .composer, #"\#(composer), "max_duration": "310tok", "global_train_batch_size": 4"#,
      ["max_duration", "the tokens in a step are not known"]
    ),
    (
      .composer, #"\#(composer), "max_duration": "1e300sp", "global_train_batch_size": 4"#,
      ["max_duration", "1 to 1e9 steps"]
    ),
    (
      .composer,
      #""scheduler": {"name": "linear_decay_with_warmup", "t_warmup": "64tok"}, "max_duration": "10ba", "global_train_batch_size": 4, "max_seq_len": 8"#,
      ["t_warmup", "it counts tok and t_max ba"]
    ),
    (
      .litGPT,
      #"\#(litGPT), "train": {"global_batch_size": 16, "max_seq_length": 8, "max_tokens": 100}"#,
      ["max_tokens", "0 steps"]
    ),
  ]

  @Test(arguments: refused)
  func isRefused(_ library: Dialect, _ members: String, _ pieces: [String]) throws {
    let error = #expect(throws: InputError.self) { try Self.read(library, members) }
    for piece in pieces { #expect(try #require(error).description.contains(piece), "\(error!)") }
  }

  /// A batch from elsewhere that does not hold whole sequences.
  @Test func brokenSequences() {
    let members = #"\#(Self.megatron), "train_iters": 10, "seq_length": 2048"#
    let error = #expect(throws: InputError.self) { try Self.read(.megatron, members, batch: 3000) }
    #expect(error?.description.contains("not a multiple of 2,048") == true)
    #expect(throws: Never.self) { try Self.read(.megatron, members, batch: 4096) }
  }

  /// Library, members of a configuration of 100,000 tokens.
  static let inTokens: [(Dialect, String)] = [
    (.olmoCore, #"\#(olmo), "trainer": {"max_duration": {"value": 100000, "unit": "tokens"}}"#),
    (
      .megatron,
      #""lr": 1e-3, "lr_decay_style": "WSD", "lr_wsd_decay_style": "linear", "train_samples": 50000, "lr_warmup_samples": 5000, "lr_decay_samples": 50000, "lr_wsd_decay_samples": 10000, "seq_length": 2"#
    ),
    (
      .composer,
      #""scheduler": {"name": "linear_decay_with_warmup", "t_warmup": "10000tok"}, "max_duration": "100000tok""#
    ),
  ]

  /// With the same tokens, stretches given in tokens or samples are the same fraction of the run at any batch,
  /// to one step.
  @Test(arguments: inTokens, [50, 200, 1000, 3000])
  func fractionsSurvive(_ sample: (Dialect, String), _ batch: Int) throws {
    let read = try Self.read(sample.0, sample.1, batch: batch)
    // T before it is rounded to a step.
    let steps = 100_000 / Double(batch)
    #expect(abs(Double(read.schedule.steps) - steps) < 1 && read.batchTokens == batch)
    #expect(abs(try #require(read.intent.warmupSteps) - 0.1 * steps) <= 1)
    let start = sample.0 == .composer ? 0.1 : 0.8
    #expect(abs(try #require(read.intent.decayStart) - start * steps) <= 1 + 1e-9)
    // Halfway down the decay the multiplier is a half.
    let middle = Int((start + 1) / 2 * steps)
    let slope = 1 / ((1 - start) * steps)
    #expect(abs(read.schedule.multipliers[middle] - 0.5) <= 2 * slope)
  }
}
