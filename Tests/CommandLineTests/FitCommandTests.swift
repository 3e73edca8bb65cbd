import Foundation
import TestSupport
import Testing

/// `fit` and `evaluate`, and `transfer` by a calibration, at the command line.
@Suite struct FitCommandTests {
  /// Two shapes at two horizons; the optima follow T^−1/4 and the shapes √(1/SV) roughly.
  static let sweep: String = {
    var text = "spec,steps,base_lr,final_loss\n"
    for (spec, steps, optimum) in [
      ("wsd20", 1000, 1e-3), ("linear", 1000, 1.9e-3), ("wsd20", 4000, 7e-4),
      ("linear", 4000, 1.35e-3),
    ] {
      for factor in [0.25, 0.5, 1, 2, 4] {
        text += "\(spec),\(steps),\(factor * optimum),\(3 + 0.01 * (factor + 1 / factor))\n"
      }
    }
    return text
  }()

  @Test(.enabled(if: isHeavy)) func fitsWritesAndTransfers() throws {
    let file = try TemporaryFile(Self.sweep, name: "sweep.csv")
    let calibration = try TemporaryFile("", name: "mine.json")
    let json = try CommandRun([
      "fit", file.path, "--calibration-out", calibration.path, "--json",
    ]).json()
    let cells = try #require(json["cells"] as? [[String: Any]])
    #expect(cells.count == 4 && cells[0]["spec"] as? String == "wsd:cooldown=0.2")
    #expect((cells[0]["forms"] as? [Any])?.count == 3 && cells[0]["interval"] != nil)
    let fitted = try #require(json["calibration"] as? [String: Any])
    let exponent = try #require(fitted["horizon_exponent"] as? Double)
    // Two horizons: p is the law's.
    #expect(exponent == 1.0 / 3 && fitted["scope"] as? String == "shape")
    #expect((fitted["horizon_interval"] as? [Double])?.count == 2)
    #expect(fitted["law_constant"] as? Double == 1.9 && fitted["law_constant_log_sd"] == nil)
    let model = try #require(json["loss_model"] as? [String: Any])
    #expect(model["alpha"] as? Double ?? 0 > 0 && model["held_out_rms"] != nil)

    let transfer = [
      "transfer", "--from", "wsd20", "--to", "linear", "--steps", "1000", "--to-steps", "8000",
      "--json",
    ]
    let fromFile = try CommandRun(
      transfer + ["--lr", "1e-3", "--rule", "calibrated", "--calibration", calibration.path]
    ).json()
    let rule = try #require(fromFile["rule"] as? [String: Any])
    #expect(rule["name"] as? String == "calibrated")
    #expect(rule["horizon_exponent"] as? Double == exponent)
    #expect((fromFile["default"] as? [String: Any])?["base_lr"] != nil)
    #expect((fromFile["bound"] as? [String: Any])?["base_lr"] != nil)
    let fromSweep = try CommandRun(transfer + ["--sweep", file.path, "--rule", "calibrated"]).json()
    let (first, second) = (fromFile["ratio"] as? Double, fromSweep["ratio"] as? Double)
    #expect(relativeError(try #require(first), try #require(second)) < 1e-12)
    let text = try CommandRun(
      transfer.dropLast() + ["--rule", "calibrated", "--calibration", calibration.path])
    #expect(text.output.contains("calibrated on 4 cells") && text.output.contains("default"))
  }

  @Test(.enabled(if: isHeavy)) func fitSaysWhatIsMissing() throws {
    let rows = Self.sweep.split(separator: "\n")
    func run(_ kept: (Substring) -> Bool, _ arguments: [String] = []) throws -> CommandRun {
      let text = ([rows[0]] + rows.dropFirst().filter(kept)).joined(separator: "\n")
      return try CommandRun(["fit", TemporaryFile(text).path] + arguments)
    }
    let one = try run { $0.hasPrefix("wsd20,1000,") }
    #expect(
      one.code == 0 && one.errors.contains("needs two") && one.errors.contains("default rule"))
    let horizon = try run { $0.contains(",1000,") }
    #expect(horizon.code == 0 && horizon.errors.contains("exponent p stays the law's"))
    #expect(horizon.output.contains("0.333  the law's: there are too few horizons"))
    let shape = try run { $0.hasPrefix("wsd20,") }
    #expect(shape.code == 0 && shape.errors.contains("one shape, and too few horizons"))
    let unwritten = try run({ $0.hasPrefix("wsd20,1000,") }, ["--calibration-out", "/tmp/no.json"])
    #expect(unwritten.code == 3 && unwritten.output.isEmpty)
    // Several files are one sweep.
    let halves = try [",1000,", ",4000,"].map { steps in
      try TemporaryFile(
        ([rows[0]] + rows.filter { $0.contains(steps) }).joined(separator: "\n")
      ).path
    }
    let both = try CommandRun(["fit"] + halves + ["--csv"]).output
    #expect(both.split(separator: "\n").count == 5)
  }

  /// One shape at three batches: c alone is fitted, and a transfer needs the batch.
  @Test(.enabled(if: isHeavy)) func fitsTheCriticalBatch() throws {
    var table = "batch_tokens,spec,steps,base_lr,final_loss\n"
    for (batch, optimum) in [(64, 1e-3), (1024, 1e-2), (16_384, 2e-2)] {
      for factor in [0.25, 0.5, 1, 2, 4] {
        table +=
          "\(batch),wsd20,1000,\(factor * optimum),\(3 + 0.01 * (factor + 1 / factor))\n"
      }
    }
    let sweep = try TemporaryFile(table, name: "sweep.csv")
    let calibration = try TemporaryFile("", name: "mine.json")
    let arguments = ["fit", sweep.path, "--calibration-out", calibration.path]
    let fitted = try #require(
      CommandRun(arguments + ["--json"]).json()["calibration"] as? [String: Any])
    #expect(fitted["scope"] as? String == "batch" && fitted["law_constant"] != nil)
    #expect(fitted["law_constant_log_sd"] as? Double ?? 1 < 0.4)
    let text = try CommandRun(arguments)
    #expect(text.output.contains("from 3 batches (usual: 1.9·√D)"), "\(text.output)")
    let transfer = try CommandRun([
      "transfer", "--from", "wsd20", "--to", "wsd20", "--steps", "1000", "--to-steps", "8000",
      "--rule", "calibrated", "--calibration", calibration.path,
    ])
    #expect(transfer.code == 4 && transfer.errors.contains("several batches"))
  }

  @Test(.enabled(if: isHeavy)) func evaluates() throws {
    let file = try TemporaryFile(Self.sweep, name: "sweep.csv")
    let text = try CommandRun(["evaluate", file.path])
    #expect(text.code == 0 && text.output.contains("calibrated: exponents fitted to all cells but"))
    #expect(text.output.contains("half of cosine needs a cosine and a wsd cell"))
    let json = try CommandRun(["evaluate", file.path, "--json"]).json()
    let rules = try #require(json["pairs"] as? [[String: Any]])
    #expect(rules.count == 10 && rules[0]["predictions"] as? Int == 12)
    #expect(rules[1]["absent"] as? String == "needs the batches in tokens")
    #expect(rules[4]["absent"] as? String == "needs a cosine and a wsd cell")
    #expect((json["predictions"] as? [Any])?.count == 8 * 12 + 8 * 4)
    let csv = try CommandRun(["evaluate", file.path, "--csv"]).output.split(separator: "\n")
    #expect(
      csv.count == 31
        && csv.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 14 }
    )
  }

  @Test func evaluatesTunedRates() throws {
    let table = """
      model,steps,batch_tokens,tuned_lr,curvature
      a,1000,65536,1e-3,0.02
      a,4000,65536,8e-4,0.02
      a,2000,131072,1.2e-3,
      b,1000,65536,3e-3,0.02

      """
    let file = try TemporaryFile(table, name: "tuned.csv")
    let text = try CommandRun(["evaluate", file.path])
    #expect(text.code == 0 && text.output.hasPrefix("4 cells of 2 models (by model); regret in"))
    for piece in [
      "horizon only", "batch only", "no schedule is named", "all but 1", "without log_sd (4 rows)",
    ] {
      #expect(text.output.contains(piece), "\(piece)")
    }
    #expect(text.errors.contains("compared with nothing: 1"))
    #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
    let json = try CommandRun(
      ["evaluate", "-", "--schedule", "cosine", "--json"], input: table
    ).json()
    #expect((json["horizon"] as? [[String: Any]])?.count == 10)
    #expect(json["model_columns"] as? [String] == ["model"])
    let predictions = try #require(json["predictions"] as? [[String: Any]])
    #expect(predictions.filter { $0["source"] == nil }.count == 8 * 3)
    for (option, value) in [("--lr", "1"), ("--steps", "9"), ("--noise", "1"), ("--lr-col", "x")] {
      let run = try CommandRun(["evaluate", file.path, option, value])
      #expect(run.code == 2 && run.errors.contains(option) && run.output.isEmpty)
    }
    for command in [["fit"], ["transfer", "--from", "wsd20", "--to", "rex", "--sweep"]] {
      let run = try CommandRun(command + [file.path])
      #expect(run.code == 3 && run.errors.contains("tuned learning rates, not runs"))
    }
  }

  @Test(.enabled(if: isHeavy)) func fitsCurves() throws {
    func curve(_ rate: (Int) -> Double) throws -> String {
      var text = "step,lr,loss\n"
      for step in stride(from: 10, through: 600, by: 20) {
        let drop = 100 * (1e-3 - rate(step))
        text += "\(step),\(rate(step)),\(3 + 1 / Double(step).squareRoot() - drop)\n"
      }
      return try TemporaryFile(text).path
    }
    let constant = try curve { _ in 1e-3 }
    let cooled = try curve { $0 < 300 ? 1e-3 : 1e-3 * Double(650 - $0) / 350 }
    let late = try curve { $0 < 450 ? 1e-3 : 1e-3 * Double(650 - $0) / 200 }
    let arguments = ["fit", "--curves", "\(constant),\(cooled)", "--score", "\(late),\(constant)"]
    let json = try CommandRun(arguments + ["--json"]).json()
    let laws = try #require(json["curve_laws"] as? [[String: Any]])
    #expect(laws.map { $0["law"] as? String } == ["bound", "momentum", "multi-power"])
    let scores = try #require(laws[1]["scores"] as? [[String: Any]])
    #expect(scores[0]["rows"] as? Int ?? 0 > 5 && scores[1]["rows"] as? Int == 0)
    #expect(scores[0]["rms"] as? Double ?? 1 < 0.05)
    let text = try CommandRun(arguments)
    #expect(text.code == 0 && text.output.contains("every row was seen"))
    #expect(try CommandRun(arguments + ["--csv"]).output.split(separator: "\n").count == 10)
  }

  /// A log of wsd20 over 100 steps with a final loss.
  private static func log(rate: Double, loss: Double) -> String {
    let rows = (1...100).map {
      "\($0),\(rate * min(1, Double(101 - $0) / 20)),\(loss + 0.01 * Double(100 - $0))\n"
    }
    return "step,lr,val_loss\n" + rows.joined()
  }

  @Test(.enabled(if: isHeavy)) func fitsLogs() throws {
    let logs = try [0.25, 0.5, 1, 2, 4].map { factor in
      try TemporaryFile(
        Self.log(rate: factor * 1e-3, loss: 3 + 0.01 * (factor + 1 / factor)), name: "run.csv"
      ).path
    }
    let run = try CommandRun(["fit"] + logs + ["--json"])
    let json = try run.json()
    let cells = try #require(json["cells"] as? [[String: Any]])
    #expect(cells.count == 1 && cells[0]["spec"] as? String == "wsd:cooldown=0.2")
    #expect(cells[0]["steps"] as? Int == 100)
    #expect(relativeError(cells[0]["optimum"] as? Double ?? 0, 1e-3) < 0.1)
    // A table stands beside logs, and a log of nothing is named.
    let table = try TemporaryFile(Self.sweep, name: "sweep.csv").path
    let short = try TemporaryFile("step,val_loss\n1,3\n2,2\n", name: "short.csv").path
    let both = try CommandRun(["fit", table, short] + logs + ["--csv"])
    #expect(both.code == 0 && both.output.split(separator: "\n").count == 6)
    #expect(both.errors.contains("short.csv: neither its schedule nor its learning rates"))
    let known = try CommandRun(
      ["fit", short, "--schedule", "wsd20", "--steps", "2", "--lr", "1", "--json"])
    #expect(known.code == 4 && known.errors.contains("no schedule at any number of steps"))
    let check = try CommandRun(
      ["check", "--schedule", "wsd20", "--steps", "100", "--lr", "1.1e-3"]
        + logs.flatMap { ["--sweep", $0] })
    #expect(
      check.code == 0 && check.output.contains("measured on this schedule"), "\(check.errors)")
  }

  /// Arguments, exit code, pieces of the message.
  static let badLogs: [(String, [String], Int32, [String])] = [
    ("step,val_loss\n1,3\n2,2\n", [], 3, ["neither its schedule", "give sweep tables"]),
    (sweep, ["--schedule", "linear"], 2, ["only tables"]),
    (
      "step,val_loss\n1,3\n", ["--schedule", "@a.csv"], 2,
      ["--schedule", "a file is not a schedule's name"]
    ),
    ("step,val_loss\n1,3\n", ["--lr", "0"], 2, ["--lr '0'"]),
    ("step,val_loss\n1,3\n", ["--loss-col", "x"], 3, ["no column 'x'"]),
  ]

  @Test(.enabled(if: isHeavy), arguments: sampled(badLogs))
  func refusesLogs(_ text: String, _ arguments: [String], _ code: Int32, _ pieces: [String]) throws
  {
    for command in ["fit", "evaluate"] {
      let run = try CommandRun([command, TemporaryFile(text).path] + arguments)
      #expect(run.code == code && run.output.isEmpty, "\(run.errors)")
      for piece in pieces { #expect(run.errors.contains(piece), "\(run.errors)") }
    }
  }
}
