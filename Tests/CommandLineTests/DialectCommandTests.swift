import TestSupport
import Testing

/// `schedule --dialect`, `--strict` and `--export` as processes.
@Suite struct DialectCommandTests {
  static let warmupStableDecay = [
    "schedule", "--dialect", "hf", "warmup_stable_decay", "--steps", "10", "--lr", "1e-3",
    "--kwargs", "{\"num_decay_steps\": 4, \"decay_type\": \"linear\", \"warmup_steps\": 2}",
  ]

  @Test func learningRatesAndLint() throws {
    let table = try CommandRun(Self.warmupStableDecay + ["--csv"]).output.split(separator: "\n")
    #expect(table[0] == "step,multiplier,lr" && table[1] == "1,0.0,0.0" && table.count == 11)
    let json = try CommandRun(Self.warmupStableDecay + ["--json"]).json()
    #expect(json["dialect"] as? String == "hf" && json["base_lr"] as? Double == 1e-3)
    #expect(json["lint"] as? [[String: String]] == [])
    #expect(try CommandRun(Self.warmupStableDecay + ["--strict"]).code == 0)
  }

  @Test func strictLint() throws {
    let arguments = ["schedule", "cosine:min=0.1", "--steps", "1000", "--json"]
    let run = try CommandRun(arguments)
    let lint = try #require(try run.json()["lint"] as? [[String: String]])
    #expect(run.code == 0 && lint.map { $0["code"] } == ["high-final-lr"])
    #expect(lint[0]["severity"] == "warning")
    let strict = try CommandRun(arguments + ["--strict"])
    #expect(strict.code == 1 && strict.output == run.output)
    #expect(
      strict.errors.contains("high-final-lr") && strict.errors.split(separator: "\n").count == 1)
    // A single zero at the end is worth knowing, no more.
    #expect(
      try CommandRun(["schedule", "onecycle:end=0", "--steps", "1000", "--strict"]).code == 0)
  }

  @Test func exportsReadBack() throws {
    let schedule = ["schedule", "wsd20:decay=cosine", "--steps", "100", "--lr", "1e-3"]
    let wanted = try CommandRun(schedule + ["--csv"]).output
    for trainer in ["hf", "megatron", "torchtitan", "nanotron"] {
      let export = try CommandRun(schedule + ["--export", trainer])
      #expect(export.code == 0 && export.errors.isEmpty, "\(export.errors)")
      let file = try TemporaryFile(export.output, name: "config")
      let back = try CommandRun(["schedule", "--dialect", trainer, "--config", file.path, "--csv"])
      #expect(back.output.split(separator: "\n").count == 101, "\(back.errors)")
      for (line, expected) in zip(
        back.output.split(separator: "\n").dropFirst(), wanted.split(separator: "\n").dropFirst())
      {
        let (value, other) = (line.split(separator: ",")[2], expected.split(separator: ",")[2])
        #expect(abs((Double(value) ?? 1) - (Double(other) ?? 0)) < 1e-15)
      }
    }
    #expect(try CommandRun(schedule + ["--export", "csv"]).output == wanted)
    let json = try CommandRun(schedule + ["--export", "torch", "--json"]).json()
    let text = try #require((json["export"] as? [String: String])?["text"])
    #expect(text.contains("LambdaLR") && text.contains("BASE_LEARNING_RATE = 0.001"))
  }

  @Test(.enabled(if: isHeavy)) func transferAndExtend() throws {
    let transfer = [
      "transfer", "--from", "wsd20", "--to", "linear", "--steps", "5000", "--lr", "1e-3",
    ]
    let code = try CommandRun(transfer + ["--export", "torch"])
    #expect(code.code == 0 && code.output.contains("BASE_LEARNING_RATE = 0.0019\n"))
    #expect(try CommandRun(transfer + ["--export", "megatron"]).output.contains("--lr 0.0019 "))
    let extend = [
      "extend", "--schedule", "wsd20", "--steps", "1000", "--to-steps", "2000", "--lr", "1e-3",
    ]
    let plan = try CommandRun(extend + ["--plan", "lower-plateau", "--export", "olmo-core"])
    #expect(plan.output.contains("ComposableScheduler"), "\(plan.errors)")
    let free = try CommandRun(extend + ["--plan", "free-form", "--export", "optax"])
    #expect(free.output.contains("TABLE_"))
    let refused = try CommandRun(extend + ["--plan", "lower-plateau", "--export", "hf"])
    #expect(refused.code == 2 && refused.output.isEmpty && refused.errors.contains("3 stretches"))
  }

  /// What takes the place of the table leaves the lint to stderr.
  @Test(arguments: [["--csv"], ["--export", "csv"], ["--export", "torch"]])
  func lintBesideOtherOutput(_ form: [String]) throws {
    let run = try CommandRun(["schedule", "cosine:min=0.1", "--steps", "1000"] + form)
    #expect(run.code == 0 && !run.output.contains("high-final-lr"))
    #expect(run.errors.hasPrefix("lrbound: warning: high-final-lr: it ends at 10 %"))
    #expect(run.errors.split(separator: "\n").count == 1)
    #expect(try CommandRun(["schedule", "wsd20", "--steps", "1000"] + form).errors.isEmpty)
  }

  /// Scripts with everything that a trainer's own have: JSON, options in quotes, other programs' options.
  @Test func launchScript() throws {
    let file = try TemporaryFile(
      """
      ARGS="--learning_rate 1e-3 --max_steps 10 --warmup_steps 2 --save_steps 5"
      torchrun --nproc_per_node 8 train.py $ARGS --lr_scheduler_type cosine_with_min_lr \\
        --lr_scheduler_kwargs '{"min_lr_rate": 0.1}' --bf16
      """, name: "my train.sh")
    let run = try CommandRun(["schedule", "--dialect", "hf", "--config", file.path, "--json"])
    let json = try run.json()
    #expect(json["steps"] as? Int == 10 && json["base_lr"] as? Double == 1e-3, "\(run.errors)")
    #expect((json["last"] as? Double).map { abs($0 - 0.134254) < 1e-6 } ?? false)
  }

  /// --batch-tokens completes a configuration without a batch, and must not contradict one.
  @Test func batchOfConfiguration() throws {
    let members = "\"lr_decay_style\": \"linear\", \"lr\": 1e-3, \"seq_length\": 2048"
    let open = try TemporaryFile("{\(members), \"train_samples\": 5100}", name: "open.json")
    let arguments = ["schedule", "--dialect", "megatron", "--config", open.path]
    let completed = try CommandRun(arguments + ["--batch-tokens", "512x2048", "--json"]).json()
    #expect(completed["batch_tokens"] as? Int == 1_048_576 && completed["steps"] as? Int == 9)
    let lint = try #require(completed["lint"] as? [[String: String]])
    #expect(lint.contains { $0["code"] == "rounded-length" })
    #expect(try CommandRun(arguments).errors.contains("add global_batch_size"))
    let whole = try TemporaryFile("{\(members), \"global_batch_size\": 512}", name: "whole.json")
    let stated = ["schedule", "--dialect", "megatron", "--config", whole.path]
    let text = try CommandRun(stated + ["--steps", "10"])
    #expect(text.output.hasPrefix("megatron over 10 steps of 1,048,576 tokens"), "\(text.errors)")
    let inTokens = try CommandRun(stated + ["--tokens", "10M", "--json"]).json()
    #expect(inTokens["steps"] as? Int == 10)
    #expect((inTokens["assumptions"] as? [String])?.first?.contains("rounded up") == true)
    for (more, piece) in [
      (
        ["--steps", "10", "--batch-tokens", "1000"],
        "--batch-tokens: the configuration says 1,048,576"
      ),
      (["--steps", "10", "--tokens", "10M"], "--tokens: --steps gives the length"),
    ] {
      let refused = try CommandRun(stated + more)
      #expect(refused.code == 2 && refused.errors.contains(piece), "\(refused.errors)")
    }
    let bad = try TemporaryFile("{\(members), \"global_batch_size\": 0}", name: "bad.json")
    let refused = try CommandRun(["schedule", "--dialect", "megatron", "--config", bad.path])
    #expect(
      refused.code == 3 && refused.errors.contains("bad.json: megatron, global_batch_size: 0"))
  }

  /// A scheduler by name takes the batch, too; a spec of the grammar takes it only to count tokens.
  @Test func batchOfScheduler() throws {
    let batch = ["--steps", "10", "--batch-tokens", "1000", "--json"]
    let scheduler = try CommandRun(["schedule", "--dialect", "hf", "linear"] + batch).json()
    #expect(scheduler["batch_tokens"] as? Int == 1000)
    #expect(try CommandRun(["schedule", "linear"] + batch).code == 2)
    let spec = try CommandRun(
      ["schedule", "linear", "--tokens", "9500", "--batch-tokens", "1000", "--json"]
    ).json()
    #expect(spec["batch_tokens"] as? Int == 1000 && spec["steps"] as? Int == 10)
  }

  static let badInput: [([String], Int32, [String])] = [
    (["schedule", "linear", "--steps", "9", "--kwargs", "{}"], 2, ["add --dialect"]),
    (["schedule", "linear", "--steps", "9", "--dialect", "hff"], 2, ["did you mean hf"]),
    (["schedule", "linear", "--steps", "9", "--dialect", "jax"], 2, ["--dialect 'jax'", "optax"]),
    (
      ["schedule", "linear", "--steps", "9", "--dialect", "hf", "--kwargs", "{warmup: 3}"], 2,
      ["--kwargs", "JSON object"]
    ),
    (
      [
        "schedule", "linear", "--steps", "9", "--dialect", "hf", "--kwargs",
        "{\"warmup_steps\": 1, \"warmup_steps\": 2}",
      ], 2, ["--kwargs", "'warmup_steps' stands twice"]
    ),
    (
      ["schedule", "linear", "--steps", "9", "--dialect", "hf", "--kwargs", "[1]"], 2,
      ["JSON object"]
    ),
    (
      ["schedule", "warmup_stable_decay", "--steps", "9", "--dialect", "hf"], 2,
      ["hf warmup_stable_decay, num_decay_steps", "{\"num_decay_steps\": 1}"]
    ),
    (["schedule", "greedy", "--steps", "9", "--dialect", "hf"], 2, ["give a log"]),
    (["schedule", "linear", "--dialect", "hf"], 2, ["give the number of steps"]),
    (
      [
        "schedule", "linear", "--dialect", "hf", "--steps", "9", "--kwargs", "{\"warmup_step\": 3}",
      ], 2,
      ["--kwargs: hf linear, warmup_step", "did you mean warmup_steps"]
    ),
    (
      [
        "schedule", "constant_schedule", "--dialect", "optax", "--steps", "9", "--lr", "1",
        "--kwargs", "{\"value\": 3}",
      ], 2, ["--lr", "leave it out"]
    ),
    (["schedule", "x", "--dialect", "torchtitan", "--steps", "9"], 2, ["leave the name out"]),
    (
      [
        "schedule", "cosine", "--dialect", "megatron", "--steps", "9", "--kwargs",
        "{\"lr_decay_style\": \"linear\"}",
      ], 2, ["--kwargs", "contradicts the scheduler cosine"]
    ),
    (["schedule", "--dialect", "hf", "--config", "/no/such/file"], 3, ["no such file"]),
    (["schedule", "x", "--dialect", "hf", "--config", "/no/such/file"], 2, ["leave SPEC"]),
    (["schedule", "--steps", "9"], 2, ["SPEC", "no schedule is given"]),
    (["schedule", "linear", "--steps", "9", "--export", "pytorch"], 2, ["did you mean torch"]),
    (["schedule", "linear", "--steps", "9", "--export", "torch", "--csv"], 2, ["one of them"]),
    (["schedule", "rex", "--steps", "9", "--export", "hf"], 2, ["--export hf", "no REX decay"]),
    (
      ["schedule", "wsd20", "--steps", "9", "--export", "nanotron"], 2,
      ["give the base learning rate"]
    ),
  ]

  @Test(arguments: sampled(badInput))
  func refused(_ arguments: [String], _ code: Int32, _ pieces: [String]) throws {
    let run = try CommandRun(arguments)
    #expect(run.code == code && run.output.isEmpty, "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1)
    for piece in pieces { #expect(run.errors.contains(piece), "\(run.errors)") }
  }

  /// Files: contents, name, arguments, pieces of the message.
  static let badFiles: [(String, String, [String], [String])] = [
    ("lr: 3e-4\nwarmup: 10\n", "config.yaml", [], ["neither JSON nor", "yaml.safe_load"]),
    ("{\"lr\": ", "config.json", [], ["not valid JSON"]),
    ("[1]", "config.json", [], ["a list of 1"]),
    (
      "{\"learning_rate\": 1e-3, \"lr_scheduler\": \"cosine\"}", "config.json", [],
      ["config.json: hf: lr_scheduler may change the learning rate and is not read"]
    ),
    ("--lr 1e-3 --lr 1e-4 --max_steps 10", "train.sh", [], ["hf: lr may change"]),
    (
      "{\"lr_scheduler_type\": \"linear\", \"max_steps\": 100, \"learning_rate\": 0.1}",
      "config.json", ["--lr", "0.2"], ["--lr", "0.1, not 0.2"]
    ),
    (
      "{\"lr_scheduler_type\": \"warmup_stable_decay\", \"max_steps\": 100}", "config.json", [],
      ["num_decay_steps", "mandatory"]
    ),
    (
      "{\"lr_scheduler_type\": \"linear\", \"max_steps\": 100}", "config.json",
      ["--steps", "200"], ["--steps", "100 steps, not 200"]
    ),
  ]

  @Test(arguments: badFiles)
  func badFile(_ contents: String, _ name: String, _ more: [String], _ pieces: [String]) throws {
    let file = try TemporaryFile(contents, name: name)
    let run = try CommandRun(["schedule", "--dialect", "hf", "--config", file.path] + more)
    #expect(run.code == (more.isEmpty ? 3 : 2) && run.output.isEmpty)
    #expect(run.errors.split(separator: "\n").count == 1)
    for piece in pieces { #expect(run.errors.contains(piece), "\(run.errors)") }
  }
}
