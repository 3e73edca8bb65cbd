import Foundation
import FoundationXML
import TestSupport
import Testing

/// `--plot` beside every command that draws.
@Suite struct PlotTests {
  static let log = (1...40).map { "\($0 * 10),\(1 + 5.0 / Double($0))" }.joined(separator: "\n")

  /// Arguments, and what must be on the picture.
  static let commands: [([String], [String])] = [
    (["bound", "wsd20", "--steps", "5000"], ["step t", "Ω_t (D·G)", "γ = 0.007"]),
    (
      ["bound", "wsd20", "--steps", "400", "--lr", "0.02,0.05", "--curve"],
      ["γ = 0.02", "γ = 0.05"]
    ),
    (["bound", "linear", "--steps", "400", "--at", "1,200,400"], ["step t"]),
    (["bound", "cosine:min-lr=1e-3", "--steps", "400", "--distance", "2"], ["Ω_t"]),
    (
      ["tune", "wsd20", "--steps", "400", "--lr", "0.02"],
      ["cooldown, fraction of the run", "least Ω"]
    ),
    (["tune", "cosine", "--steps", "400"], ["cosine cycle", "γ re-tuned"]),
    (["tune", "invsqrt", "--steps", "400"], ["γ (D/G)"]),
    (["tune", "poly:min-lr=1e-2", "--steps", "40"], ["γ (D/G)"]),
    (["tune", "wsd20", "--steps", "100", "--free-form"], ["wsd20", "free form", "γη_t"]),
    (
      [
        "transfer", "--from", "wsd20", "--to", "linear", "--lr", "1e-3", "--steps", "500",
        "--no-cross-check",
      ],
      ["source: wsd20, 500 steps", "target: linear, 500 steps", "the target's interval"]
    ),
    (
      ["transfer", "--from", "wsd20", "--to", "1-sqrt", "--no-cross-check"],
      ["the source's base one"]
    ),
    (
      [
        "extend", "--schedule", "wsd20", "--steps", "100", "--to-steps", "180", "--lr", "1e-3",
        "--no-cross-check",
      ],
      ["lower-plateau", "longer-cooldown", "free-form", "the run so far", "checkpoint of"]
    ),
    (
      [
        "extend", "--schedule", "constant", "--steps", "50", "--to-steps", "90,200",
        "--no-cross-check",
      ],
      ["From 90 to 200 steps"]
    ),
    (["robustness", "linear", "wsd20", "--steps", "500"], ["ρ = γ/γ*", "linear", "wsd20"]),
    (["robustness", "linear", "--steps", "500", "--rho", "2"], ["ρ = γ/γ*"]),
    (["model", "loss", "wsd20", "--steps", "200", "--features", "100"], ["excess loss"]),
    (["model", "loss", "linear", "--steps", "200", "--lr", "3"], ["excess loss"]),
    (["model", "optimal", "--steps", "32"], ["learning rate (1/λ_1)"]),
    (["model", "compare", "linear", "wsd20", "--steps", "32"], ["optimum", "linear", "wsd20"]),
    (["model", "batch", "--steps", "32"], ["batch (examples)", "η = "]),
    (["model", "scaling", "--compute", "4096"], ["compute"]),
    (["model", "momentum", "--steps", "8,16"], ["plain SGD", "with momentum"]),
    (
      ["model", "transfer", "--from", "wsd20", "--to", "linear", "--steps", "100"],
      ["source: wsd20, 100 steps", "target: linear, 100 steps"]
    ),
    (
      ["model", "horizon", "linear", "--steps", "20", "--features", "20", "--batches", "1,9,99"],
      ["the model", "the law", "B/B_c"]
    ),
    (["search", "tps", "--workload", "bound", "--steps", "50", "--shapes", "5"], ["tps"]),
    (["fit", "SWEEP"], ["base learning rate", "final loss (nats)", "linear, 100 steps"]),
    (
      ["evaluate", "SWEEP"],
      ["measured learning rate", "law, with its interval", "same LR", "predicted = measured"]
    ),
    (["refine", "-"], ["gradient norm, smoothed", "learning rate"]),
    (
      ["schedule", "wsds:period=25%,cooldown=5%", "--steps", "1e6"],
      ["multiplier", "1,000,000 steps"]
    ),
    (["schedule", "onecycle", "--steps", "1", "--lr", "1e-3"], ["learning rate"]),
  ]

  /// A sweep of two schedules over five base learning rates.
  static let sweep = try? TemporaryFile(
    "spec,steps,base_lr,final_loss\n"
      + ["linear", "wsd20"].flatMap { spec in
        [0.5, 1, 2, 4, 8].map { rate in
          "\(spec),100,\(rate),\(3 + 0.01 / rate + 0.02 * rate * (spec == "linear" ? 1 : 2))\n"
        }
      }.joined())

  /// The arguments with the sweep's name in its place.
  private func named(_ arguments: [String]) -> [String] {
    arguments.map { $0 == "SWEEP" ? Self.sweep?.path ?? $0 : $0 }
  }

  @Test(arguments: sampled(commands))
  func pictures(_ arguments: [String], _ texts: [String]) throws {
    let arguments = named(arguments)
    let file = try TemporaryFile("", name: "a.svg")
    let plain = try CommandRun(arguments, input: Self.log)
    let run = try CommandRun(arguments + ["--plot", file.path], input: Self.log)
    #expect(run.code == 0 && run.output == plain.output, "\(run.errors)")
    let svg = try String(contentsOfFile: file.path, encoding: .utf8)
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    for text in texts { #expect(svg.contains(text), "\(text)") }
    #expect(!svg.contains("no data"))
    let below = try CommandRun(
      arguments + ["--plot", "-"], input: Self.log,
      environment: ["LC_ALL": "C.UTF-8", "COLUMNS": "100", "TERM": "xterm"])
    #expect(below.code == 0 && below.output.hasPrefix(plain.output + "\n"))
    let drawn = below.output.dropFirst(plain.output.count)
    let dots = Character("\u{2801}")...Character("\u{28FF}")
    #expect(drawn.contains("┤") && drawn.contains { dots.contains($0) || "•·".contains($0) })
    #expect(drawn.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(!drawn.contains("\u{1B}"))
  }

  /// Where the locale is not UTF-8 a plot is in ASCII, and 80 wide where nobody says how wide.
  @Test(arguments: ["bound", "tune", "schedule", "robustness"])
  func plainTerminals(_ command: String) throws {
    let arguments = [command, "wsd20", "--steps", "500"]
    let plain = try CommandRun(arguments)
    let run = try CommandRun(
      arguments + ["--plot", "-"], environment: ["LC_ALL": "C", "COLUMNS": "wide"])
    #expect(run.code == 0 && run.output.hasPrefix(plain.output + "\n"))
    let drawn = run.output.dropFirst(plain.output.count)
    #expect(drawn.allSatisfy(\.isASCII) && drawn.contains("---"))
    #expect(drawn.split(separator: "\n").contains { $0.count == 80 })
    #expect(drawn.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test(arguments: ["--json", "--csv"])
  func besideOtherForms(_ form: String) throws {
    for command in ["bound", "schedule"] {
      let file = try TemporaryFile("", name: "a.svg")
      let arguments = [command, "wsd20", "--steps", "500", form]
      let run = try CommandRun(arguments + ["--plot", file.path])
      #expect(try run.code == 0 && run.output == CommandRun(arguments).output)
      #expect(try String(contentsOfFile: file.path, encoding: .utf8).hasPrefix("<svg"))
    }
  }

  /// A picture that was there stays where a new one cannot be made.
  @Test func filesAreReplacedAsAWhole() throws {
    let file = try TemporaryFile("old", name: "a.svg")
    let failed = try CommandRun(["bound", "linear", "--steps", "6e7", "--plot", file.path])
    #expect(failed.code == 2)
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == "old")
    let run = try CommandRun(["bound", "linear", "--steps", "60", "--plot", file.path])
    #expect(run.code == 0)
    let first = try String(contentsOfFile: file.path, encoding: .utf8)
    #expect(first.hasPrefix("<svg"))
    _ = try CommandRun(["bound", "linear", "--steps", "60", "--plot", file.path])
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == first)
    let folder = URL(fileURLWithPath: file.path).deletingLastPathComponent().path
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.svg"])
  }
}
