import Foundation
import TestSupport
import Testing

/// Help, JSON and tables as they stand in Goldens/; LRBOUND_UPDATE_GOLDENS=1 writes them anew.
@Suite struct GoldenTests {
  static let cases: [(String, [String])] = [
    ("help.txt", ["--help"]), ("help-transfer.txt", ["transfer", "--help"]),
    ("help-bound.txt", ["bound", "--help"]), ("help-tune.txt", ["tune", "--help"]),
    ("help-robustness.txt", ["robustness", "--help"]), ("help-refine.txt", ["refine", "--help"]),
    ("help-schedule.txt", ["schedule", "--help"]), ("help-log.txt", ["log", "--help"]),
    ("help-fit.txt", ["fit", "--help"]), ("help-evaluate.txt", ["evaluate", "--help"]),
    ("help-search.txt", ["search", "--help"]),
    ("help-search-run.txt", ["search", "run", "--help"]),
    ("help-search-emit.txt", ["search", "emit", "--help"]),
    ("help-search-collect.txt", ["search", "collect", "--help"]),
    ("help-check.txt", ["check", "--help"]),
    ("help-completion.txt", ["completion", "--help"]),
    ("help-model.txt", ["model", "--help"]), ("help-model-loss.txt", ["model", "loss", "--help"]),
    ("help-model-optimal.txt", ["model", "optimal", "--help"]),
    ("help-model-compare.txt", ["model", "compare", "--help"]),
    ("help-model-batch.txt", ["model", "batch", "--help"]),
    ("help-model-momentum.txt", ["model", "momentum", "--help"]),
    ("help-model-scaling.txt", ["model", "scaling", "--help"]),
    ("help-model-transfer.txt", ["model", "transfer", "--help"]),
    ("help-model-horizon.txt", ["model", "horizon", "--help"]),
    (
      "model-horizon.txt",
      [
        "model", "horizon", "wsd20", "--steps", "100", "--task", "3,1.5,10%", "--features", "100",
        "--batches", "1,32,1024",
      ]
    ),
    ("model-loss.txt", ["model", "loss", "wsd20", "--steps", "1000", "--lr", "0.05"]),
    ("model-loss.json", ["model", "loss", "wsd20", "--steps", "100", "--lr", "0.05", "--json"]),
    ("version.txt", ["--version"]),
    (
      "transfer.txt",
      ["transfer", "--from", "wsd20", "--to", "linear", "--lr", "1e-3", "--steps", "50000"]
    ),
    (
      "transfer.json",
      [
        "transfer", "--from", "wsd20", "--to", "linear", "--lr", "1e-3", "--steps", "5e4", "--json",
        "--no-cross-check",
      ]
    ),
    (
      "transfer-horizon.txt",
      [
        "transfer", "--from", "wsd20", "--to", "wsd20", "--lr", "1e-3", "--steps", "50000",
        "--to-steps", "200000",
      ]
    ),
    ("help-extend.txt", ["extend", "--help"]),
    (
      "extend.txt",
      [
        "extend", "--schedule", "wsd20", "--steps", "4000", "--to-steps", "8000", "--lr", "1e-3",
      ]
    ),
    (
      "extend-chain.json",
      [
        "extend", "--schedule", "wsd20", "--steps", "4000", "--to-steps", "8000,16000", "--rule",
        "bound", "--json", "--plan", "lower-plateau", "--no-cross-check",
      ]
    ),
    (
      "check.txt",
      [
        "check", "--schedule", "linear", "--steps", "50000", "--lr", "2e-3", "--tuned-spec",
        "wsd20", "--tuned-lr", "1e-3",
      ]
    ),
    (
      "check.json",
      [
        "check", "--schedule", "linear", "--steps", "50000", "--lr", "2.9e-3", "--tuned-steps",
        "25000", "--tuned-lr", "2e-3", "--json",
      ]
    ),
    ("bound.json", ["bound", "wsd20", "--steps", "1000", "--json"]),
    ("tune.txt", ["tune", "wsd20", "--steps", "400", "--lr", "0.02"]),
    ("robustness.txt", ["robustness", "linear", "wsd20", "--steps", "1000", "--rho", "2,8"]),
    ("schedule.txt", ["schedule", "wsd20:decay=1-sqrt,warmup=300", "--steps", "10000"]),
    ("schedule.json", ["schedule", "wsds:period=25%,cooldown=5%", "--steps", "100", "--json"]),
  ]

  static let updates = ProcessInfo.processInfo.environment["LRBOUND_UPDATE_GOLDENS"] == "1"

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Goldens")

  @Test(arguments: isHeavy || updates ? cases : cases.filter { !$0.0.hasPrefix("help-") })
  func matches(_ name: String, _ arguments: [String]) throws {
    let run = try CommandRun(arguments)
    #expect(run.code == 0, "\(run.errors)")
    // Warnings follow on a terminal.
    let shown = run.output + run.errors
    let file = Self.folder.appendingPathComponent(name)
    if Self.updates {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try shown.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try shown == String(contentsOf: file, encoding: .utf8), "\(name)")
  }

  /// What stands in the help is to be copied; a long line ends in a backslash.
  @Test(arguments: cases.filter { $0.0.hasPrefix("help") })
  func examplesAreNotWrapped(_ name: String, _: [String]) throws {
    let text = try String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix("  lrbound ") {
      #expect(next.isEmpty || next.hasPrefix("  "), "\(name): \(line)")
    }
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionScripts(_ shell: String) throws {
    let run = try CommandRun(["completion", shell])
    #expect(run.code == 0 && run.output.contains("lrbound") && run.output.contains("wsd20"))
  }
}
