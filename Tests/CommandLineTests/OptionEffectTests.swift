import Foundation
import TestSupport
import Testing

/// Every option of every command, given alone with a value that is not its default, changes what the command
/// says or writes, or is refused by name: none is taken and ignored.
@Suite struct OptionEffectTests {
  /// What `--experimental-dump-help` says of a command.
  struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        let kind: String
        let name: String
      }
      let kind: String
      let names: [Name]?

      /// The long name without dashes; nil for a positional argument.
      var option: String? { names?.first { $0.kind == "long" }?.name }
    }
    let commandName: String
    let arguments: [Argument]?
    let subcommands: [Command]?

    /// Commands that can be run, with their names from the top.
    func leaves(_ path: [String] = []) -> [(name: String, command: Command)] {
      guard let subcommands, !subcommands.isEmpty else {
        return [(path.joined(separator: " "), self)]
      }
      return subcommands.flatMap { $0.leaves(path + [$0.commandName]) }
    }
  }

  private struct Dump: Decodable { let command: Command }

  static func commands() throws -> [(name: String, command: Command)] {
    let dump = try CommandRun(["--experimental-dump-help"])
    return try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command.leaves()
  }

  /// A quick invocation of every command; words in capitals are files that the test makes.
  static let bases: [String: [String]] = [
    "transfer": [
      "--from", "wsd20", "--to", "linear", "--lr", "1e-3", "--steps", "1000", "--explain",
    ],
    "extend": [
      "--schedule", "wsd20", "--steps", "300", "--to-steps", "600", "--lr", "1e-3", "--explain",
    ],
    "bound": ["wsd20", "--steps", "300"],
    "tune": ["wsd20", "--steps", "200"],
    "robustness": ["linear", "wsd20", "--steps", "300"],
    "refine": ["NORMS"],
    "model loss": ["wsd20", "--steps", "200", "--lr", "0.05", "--features", "200"],
    "model optimal": ["--steps", "60", "--features", "100"],
    "model compare": ["wsd20", "linear", "--steps", "100", "--features", "100"],
    "model batch": ["--steps", "200", "--features", "100"],
    "model momentum": ["--steps", "50,100", "--features", "50"],
    "model scaling": ["--compute", "1e4,1e5"],
    "model transfer": ["--from", "wsd20", "--to", "linear", "--steps", "200", "--features", "100"],
    "model horizon": ["wsd20", "--steps", "60", "--features", "10"],
    "log": ["LOG"], "fit": ["SWEEP"], "evaluate": ["SWEEP"],
    "search run": [
      "con", "--steps", "50", "--shapes", "2", "--grid", "0.1,1,2", "--workload", "logistic",
      "--seeds", "1",
    ],
    "search emit": [
      "con", "--steps", "50", "--shapes", "2", "--grid", "0.1,1,2", "--state", "FOLDER",
      "--command", "true {schedule_file}",
    ],
    "search collect": ["--state", "FOLDER"],
    "check": [
      "--schedule", "linear", "--steps", "1000", "--lr", "2e-3", "--tuned-lr", "1e-3",
      "--tuned-spec", "wsd20",
    ],
    "schedule": ["wsd20:min=0.2", "--steps", "300"],
    "completion": ["bash"], "schema": ["bound"],
  ]

  /// A value for every option, first by command and name, then by name.
  static let values: [String: String] = [
    "from": "cosine", "to": "cosine", "lr": "2.5e-3", "steps": "250", "to-steps": "700",
    "sweep": "SWEEP", "noise": "0.05", "format": "jsonl", "step-col": "nowhere",
    "loss-col": "nowhere", "val-loss-col": "nowhere", "final-val-loss-col": "nowhere",
    "lr-col": "nowhere", "grad-norm-col": "nowhere", "rule": "bound", "calibration": "CALIBRATION",
    "horizon-exponent": "0.2", "task": "2,1.5,20%,4", "gradient-norm": "2", "export": "torch",
    "schedule": "cosine", "tokens": "3000", "to-tokens": "9000", "batch-tokens": "10",
    "to-batch-tokens": "20", "params": "1e9", "tuned-tokens": "9000", "tuned-batch-tokens": "20",
    "cooldown": "0.3", "now": "290", "save-every": "70", "criterion": "tuned",
    "branch-step": "280", "cap": "0.5", "plan": "lower-plateau", "schedule-out": "OUT.csv",
    "distance": "2", "at": "7", "keep-steps": "10", "rho": "2,4", "workload": "logistic",
    "seeds": "3", "norm": "l1", "method": "minimise", "recursion": "modified",
    "features": "70", "compute": "1e4,2e5", "gradient-noise": "additive", "lr-at": "next",
    "calibration-out": "OUT.json", "curves": "CURVE", "score": "CURVE", "warmup": "3",
    "batch": "2", "batches": "2,20", "start": "aligned", "weight-decay": "0.001",
    "command": "true {schedule_file}",
    "trial-timeout": "9", "shapes": "3", "grid": "0.1,1,3", "finalists": "1", "fresh-seeds": "2",
    "refine": "2", "error": "dkw", "sampling-seed": "5", "chunk": "3", "max-array": "7",
    "max-parallel": "3", "sbatch": "--partition=x", "tuned-lr": "1.5e-3", "tuned-spec": "cosine",
    "tuned-steps": "700", "log": "LOG", "dialect": "hf", "kwargs": "{\"num_cycles\": 2}",
    "config": "CONFIG", "model batch lr": "0.1,0.2", "model loss lr": "0.1",
    "model momentum steps": "60,120", "extend cap": "2e-3", "extend steps": "310",
    "search run workload": "bound", "search run refine": "3", "bound lr": "0.01",
    "tune lr": "0.01", "model scaling features": "300",
    "state": "OTHER", "model compare cap": "0.01", "model momentum cap": "0.01",
    "model transfer cap": "0.01", "model scaling cap": "0.01",
  ]

  /// Options without an effect on the answer, and why.
  static let exempt: [String: String] = [
    "jobs": "results do not depend on the number of threads",
    "plot": "tested by PlotTests", "json": "a form of output", "csv": "a form of output",
    "markdown": "a form of output",
    "help": "", "version": "",
  ]

  /// Commands whose options are quick to go through.
  static let quick = ["bound", "schedule", "completion"]

  @Test(arguments: (isHeavy ? bases.keys.sorted() : quick))
  func isNeverIgnored(_ name: String) throws {
    let commands = try Self.commands()
    let command = try #require(commands.first { $0.name == name }?.command, "\(name)")
    let files = try OptionFiles()
    let plain = try files.run(name, Self.bases[name] ?? [])
    for option in (command.arguments ?? []).filter({ $0.kind != "positional" }) {
      let long = try #require(option.option)
      guard Self.exempt[long] == nil else { continue }
      var arguments = Self.bases[name] ?? []
      if option.kind == "flag" {
        if let index = arguments.firstIndex(of: "--" + long) {
          arguments.remove(at: index)
        } else {
          arguments.append("--" + long)
        }
      } else {
        let value = try #require(
          Self.values["\(name) \(long)"] ?? Self.values[long], "\(name) --\(long) has no value here"
        )
        if let index = arguments.firstIndex(of: "--" + long) {
          arguments[index + 1] = value
        } else {
          arguments += ["--" + long, value]
        }
      }
      let run = try files.run(name, arguments)
      #expect(run.code != 139 && run.code != 132 && run.code != 134, "\(name) --\(long)")
      let isRefused = [2, 3, 4].contains(run.code) && !run.errors.isEmpty
      #expect(
        isRefused || run != plain, "\(name) --\(long): taken and ignored (\(arguments))")
    }
  }

  /// Every command has an invocation here.
  @Test func knowsEveryCommand() throws {
    let names = Set(try Self.commands().map(\.name)).subtracting(["help"])
    #expect(names == Set(Self.bases.keys), "\(names.symmetricDifference(Self.bases.keys))")
  }
}

/// The files that invocations name, and what they write.
private struct OptionFiles {
  /// What an invocation said and wrote.
  struct Outcome: Equatable {
    let code: Int32
    let output: String
    let errors: String
    let written: [String]
  }

  private let files: [String: String]

  init() throws {
    func file(_ text: String, _ name: String) throws -> String {
      try TemporaryFile(text, name: name).path
    }
    let curve = (0..<60).map { "\($0 * 10),0.001,\(3 + 2 / Double($0 + 1))" }
    let log = (0..<60).map { "\($0),\(1e-3 * (1 - Double($0) / 60)),\(4 - 0.01 * Double($0))" }
    let norms = (1...60).map { "\($0),\($0 % 7 == 0 ? 9 : 1 + 5 / Double($0))" }
    let sweep = ["wsd20", "linear"].flatMap { spec in
      [(5e-4, 3.05), (1e-3, 3.0), (2e-3, 3.04)].map { "\(spec),1000,\($0.0),\($0.1)" }
    }
    files = [
      "NORMS": try file("step,grad_norm\n" + norms.joined(separator: "\n") + "\n", "norms.csv"),
      "LOG": try file("step,lr,loss\n" + log.joined(separator: "\n") + "\n", "log.csv"),
      "SWEEP": try file(
        "spec,steps,base_lr,final_loss\n" + sweep.joined(separator: "\n") + "\n", "sweep.csv"),
      "CURVE": try file("step,lr,loss\n" + curve.joined(separator: "\n") + "\n", "curve.csv"),
      "CALIBRATION": try file("{}", "calibration.json"),
      "CONFIG": try file("{\"lr_scheduler_type\": \"linear\", \"max_steps\": 300}", "config.json"),
    ]
  }

  /// Runs a command in a folder of its own.
  func run(_ name: String, _ arguments: [String]) throws -> Outcome {
    let folder = URL(fileURLWithPath: try TemporaryFile("", name: "empty").path)
      .deletingLastPathComponent()
    func place(_ name: String) -> String { folder.appendingPathComponent(name).path }
    let words = arguments.map { word in
      switch word {
      case "FOLDER": return place("state")
      case "OTHER": return place("other")
      case "OUT.csv", "OUT.json": return place(word)
      default: return files[word] ?? word
      }
    }
    let run = try CommandRun(name.split(separator: " ").map(String.init) + words)
    func plain(_ text: String) -> String {
      text.replacingOccurrences(of: folder.path, with: "FOLDER")
    }
    let written = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().map {
      let contents = try? String(contentsOfFile: place($0), encoding: .utf8)
      return "\($0) \(plain(contents ?? ""))"
    }
    return Outcome(
      code: run.code, output: plain(run.output), errors: plain(run.errors), written: written)
  }
}
