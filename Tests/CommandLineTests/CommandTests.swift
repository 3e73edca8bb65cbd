import Foundation
import TestSupport
import Testing

@Suite struct CommandTests {
  @Test(.enabled(if: isHeavy)) func transferAnswersTheHeadline() throws {
    let arguments = [
      "transfer", "--from", "wsd20", "--to", "linear", "--lr", "1e-3", "--steps", "50000",
    ]
    let table = try CommandRun(arguments)
    #expect(table.code == 0 && table.errors.isEmpty)
    #expect(table.output.contains("1.9438"))
    let json = try CommandRun(arguments + ["--json"]).json()
    #expect(json["schema_version"] as? Int == 1 && json["command"] as? String == "transfer")
    let bound = try #require(json["bound"] as? [String: Any])
    #expect(abs(try #require(bound["ratio"] as? Double) - 1.9438) < 5e-5)
    #expect((json["interval"] as? [Double])?.count == 2 && (json["grid"] as? [Double])?.count == 5)
    let rule = try #require(json["rule"] as? [String: Any])
    #expect(rule["name"] as? String == "default")
    #expect(rule["horizon_exponent"] as? Double == 1.0 / 3)
    let from = try #require(json["from"] as? [String: Any])
    #expect(from["spec"] as? String == "wsd20" && from["steps"] as? Int == 50_000)
    #expect(json["sweep"] == nil)
    let rows = try CommandRun(arguments + ["--csv"]).output.split(separator: "\n")
    #expect(rows.count == 2 && rows[0].hasPrefix("from,from_steps,from_base_lr,to"))
  }

  @Test(.enabled(if: isHeavy)) func withoutALearningRateRatiosAlone() throws {
    let json = try CommandRun(
      ["transfer", "--from", "wsd20", "--to", "linear", "--steps", "1e4", "--json"]
    ).json()
    #expect(json["base_lr"] == nil && json["interval"] == nil && json["grid"] == nil)
    #expect(abs(try #require(json["ratio"] as? Double) - 1.9444) < 5e-5)
    let bare = try CommandRun(["transfer", "--from", "wsd20", "--to", "linear"])
    #expect(bare.code == 0 && bare.output.contains("--steps was not given: 10,000"))
  }

  @Test(.enabled(if: isHeavy)) func aSweepAtTheCommandLine() throws {
    let sweep = try TemporaryFile(
      """
      spec,steps,lr,loss
      wsd20,1000,5e-4,3.1
      wsd20,1000,1e-3,3.0
      wsd20,1000,2e-3,3.05
      wsd20,1000,1e-1,nan
      """)
    let run = try CommandRun([
      "transfer", "--from", "wsd20:warmup=10steps", "--to", "linear", "--sweep", sweep.path,
      "--to-steps", "4000", "--json",
    ])
    let json = try run.json()
    let reading = try #require(json["sweep"] as? [String: Any])
    #expect((reading["forms"] as? [Any])?.count == 3 && reading["steps"] as? Int == 1000)
    let warnings = try #require(json["warnings"] as? [[String: String]])
    #expect(warnings.contains { $0["code"] == "diverged" })
    let falling = try TemporaryFile(
      "spec,steps,lr,loss\nlinear,9,1,3.1\nlinear,9,2,3.0\nlinear,9,4,2.95\n")
    let outside = try CommandRun([
      "transfer", "--from", "linear", "--to", "linear", "--sweep", falling.path,
    ])
    #expect(outside.code == 0 && outside.errors.contains("lies above the swept learning rates"))
  }

  @Test func boundAndItsVariants() throws {
    let json = try CommandRun(["bound", "wsd20", "--steps", "100", "--lr", "1", "--json"]).json()
    let expected = [
      "S": 90.5, "V": 4.50158774566873941, "omega": 2.25631873471282475, "gamma": 1,
      "gamma_star": 0.04954420345459845, "omega_star": 0.22302757914014388,
    ]
    for (key, value) in expected {
      #expect(relativeError(try #require(json[key] as? Double), value) < 1e-13, "\(key)")
    }
    let schedule = try #require(json["schedule"] as? [String: Any])
    #expect(schedule["canonical"] as? String == "wsd:cooldown=0.2")
    let tight = try CommandRun([
      "bound", "wsd20", "--steps", "100", "--minimize-last-step", "--json",
    ])
    #expect(try #require(tight.json()["omega_star"] as? Double) < 0.223)
    let average = try CommandRun([
      "bound", "wsd20", "--steps", "100", "--average-iterate", "--json",
    ])
    #expect(try average.json()["iterate"] as? String == "average")
    let padded = try CommandRun(["bound", "@-", "--json"], input: "1\n0.5\n0\n").json()
    #expect(padded["trimmed_steps"] as? Int == 1)
    let warnings = try #require(padded["warnings"] as? [[String: String]])
    #expect(warnings.contains { $0["code"] == "trailing-zeros" })
  }

  @Test func tuneGivesCooldownAndCycle() throws {
    let fixed = try CommandRun(["tune", "wsd20", "--steps", "400", "--lr", "0.02", "--json"]).json()
    let cooldown = try #require(fixed["cooldown"] as? [String: Any])
    #expect(cooldown["steps"] as? Int == 116 && cooldown["fraction"] as? Double == 0.29)
    #expect((cooldown["references"] as? [Any])?.count == 3)
    let cosine = try CommandRun(["tune", "cosine:min=0.1", "--steps", "400", "--json"]).json()
    #expect((cosine["cycle"] as? [String: Any])?["steps"] as? Int == 411)
    #expect(cosine["cooldown"] == nil)
    let csv = try CommandRun(["tune", "invsqrt", "--steps", "400", "--csv"]).output
    #expect(csv.split(separator: "\n").count == 2)
  }

  /// What `schedule --csv` writes, `@file` reads back to the bit, also from standard input.
  @Test(arguments: ["cosine:min=0.1", "wsd20:decay=1-sqrt,warmup=5%", "piecewise:0=0.2,0.4=1,1=0"])
  func scheduleRoundTrip(_ spec: String) throws {
    let csv = try CommandRun(["schedule", spec, "--steps", "3000", "--csv"]).output
    #expect(csv.hasPrefix("step,multiplier\n1,"))
    let direct = try CommandRun(["bound", spec, "--steps", "3000", "--json"]).json()
    let read = try CommandRun(["bound", "@-", "--json"], input: csv).json()
    for key in ["S", "V", "gamma_star", "omega_star"] {
      #expect(direct[key] as? Double == read[key] as? Double)
    }
  }

  @Test func scheduleSaysWhatItUnderstood() throws {
    let json = try CommandRun(
      ["schedule", "wsd20:warmup=10steps", "--steps", "100", "--json"]
    ).json()
    #expect(json["canonical"] as? String == "wsd:cooldown=0.2,warmup=10steps")
    #expect(json["peak"] as? Double == 1 && json["first"] as? Double == 0.1)
    #expect(json["last"] as? Double == 0.05 && json["steps"] as? Int == 100)
    #expect(relativeError(try #require(json["sum"] as? Double), 5.5 + 70 + 10.5) < 1e-15)
    #expect((json["stretches"] as? [Any])?.count == 3)
    let rates = try CommandRun(
      ["schedule", "linear:min-lr=1e-4", "--steps", "2", "--lr", "1e-3", "--csv"]
    ).output
    #expect(
      rates == "step,multiplier,lr\n1,1.0,0.001\n2,0.55,0.00055\n" || rates.contains("0.00055"))
  }

  @Test(arguments: sampled(["1", "2"]))
  func theShortestRuns(_ steps: String) throws {
    for arguments in [
      ["bound", "wsd20", "--steps", steps, "--curve"], ["robustness", "linear", "--steps", steps],
      ["tune", "linear", "--free-form", "--steps", steps], ["tune", "wsd20", "--steps", steps],
      ["tune", "cosine", "--steps", steps], ["schedule", "onecycle", "--steps", steps],
      ["transfer", "--from", "wsd20", "--to", "cosine", "--lr", "1e-3", "--steps", steps],
    ] {
      let run = try CommandRun(arguments)
      #expect(run.code == 0, "\(run.errors)")
      #expect(!run.output.lowercased().contains("nan") && !run.output.contains("inf"))
    }
  }

  @Test(arguments: ["50k", "50_000", "50,000", "5e4", "0.05M"])
  func waysToWriteACount(_ steps: String) throws {
    let json = try CommandRun(["bound", "linear", "--steps", steps, "--json"]).json()
    #expect((json["schedule"] as? [String: Any])?["steps"] as? Int == 50_000)
  }

  /// A schedule with its learning rates carries the base learning rate along, through a pipe.
  @Test(.enabled(if: isHeavy)) func learningRatesThroughAPipe() throws {
    let csv = try CommandRun(["schedule", "wsd20", "--steps", "1000", "--lr", "1e-3", "--csv"])
      .output
    let json = try CommandRun(
      ["transfer", "--from", "@-", "--to", "linear", "--json"], input: csv
    ).json()
    #expect((json["from"] as? [String: Any])?["base_lr"] as? Double == 1e-3)
    let target = try CommandRun(
      ["transfer", "--from", "linear", "--to", "@-", "--json"], input: csv
    ).json()
    #expect((target["to"] as? [String: Any])?["steps"] as? Int == 1000)
  }

  @Test func curvesAndChosenSteps() throws {
    let whole = try CommandRun(["bound", "wsd20", "--steps", "300", "--curve", "--json"]).json()
    let curve = try #require(whole["curve"] as? [String: Any])
    let omega = try #require(curve["omega"] as? [Double])
    #expect((curve["step"] as? [Int])?.count == 300 && omega.count == 300)
    #expect(relativeError(omega[299], try #require(whole["omega_star"] as? Double)) < 2e-13)
    let some = try CommandRun(
      ["bound", "wsd20", "--steps", "300", "--at", "1,100,300", "--json"]
    ).json()
    let chosen = try #require((some["curve"] as? [String: Any])?["omega"] as? [Double])
    for (value, expected) in zip(chosen, [omega[0], omega[99], omega[299]]) {
      #expect(relativeError(value, expected) < 2e-13)
    }
    let several = try CommandRun(
      ["bound", "linear", "--steps", "50", "--curve", "--lr", "0.1,0.2", "--csv"]
    ).output.split(separator: "\n")
    #expect(several.count == 51 && several[0] == "step,omega_0.1,omega_0.2")
  }

  @Test func freeFormReadsBack() throws {
    let arguments = ["tune", "wsd20", "--steps", "200", "--free-form"]
    let json = try CommandRun(arguments + ["--json"]).json()
    let best = try #require(json["omega_star"] as? Double)
    #expect(best < (try #require(json["spec_omega_star"] as? Double)))
    #expect((json["schedule"] as? [Double])?.count == 200)
    #expect(try #require(json["lower_bound"] as? Double) > best * (1 - 1e-6))
    let csv = try CommandRun(arguments + ["--csv"]).output
    let read = try CommandRun(["bound", "@-", "--json"], input: csv).json()
    #expect(relativeError(try #require(read["omega_star"] as? Double), best) < 1e-12)
    let kept = try CommandRun(
      ["tune", "constant", "--steps", "100", "--free-form", "--keep-steps", "50", "--json"]
    ).json()
    #expect((kept["schedule"] as? [Double])?.prefix(50).allSatisfy { $0 == 1 } == true)
  }

  @Test func refineReadsBack() throws {
    let log = (1...40).map { "\($0 * 10),\(1 + 5.0 / Double($0))" }.joined(separator: "\n")
    let input = "step,grad_norm\n" + log
    let json = try CommandRun(["refine", "-", "--json"], input: input).json()
    #expect((json["schedule"] as? [Double])?.count == 400)
    #expect(try #require(json["guarantee_ratio_to_linear"] as? Double) < 1)
    #expect(try #require(json["peak_fraction"] as? Double) > 0)
    let csv = try CommandRun(["refine", "-", "--csv"], input: input).output
    let read = try CommandRun(["schedule", "@-", "--json"], input: csv).json()
    #expect(read["steps"] as? Int == 400)
    let minimised = try CommandRun(
      ["refine", "-", "--method", "minimise", "--no-filter", "--steps", "100", "--json"],
      input: input
    ).json()
    #expect(minimised["method"] as? String == "minimise" && minimised["filter_width"] as? Int == 1)
    let ratio = try #require(minimised["omega_ratio_to_linear"] as? Double)
    #expect(ratio < 1)
  }

  @Test func robustnessTable() throws {
    let json = try CommandRun(
      ["robustness", "linear", "cosine", "--steps", "1e5", "--rho", "2,64", "--json"]
    ).json()
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.count == 4)
    #expect(abs(try #require(rows[1]["ratio"] as? Double) - 3.7822) < 5.1e-5)
    #expect((json["exponents"] as? [Any])?.count == 2)
  }

  @Test func aBillionStepsByClosedForm() throws {
    let run = try CommandRun(["bound", "wsd20", "--steps", "1e9", "--json"])
    #expect(try run.json()["S"] as? Double == 900_000_000.5)
  }

  /// At another batch the target sees the source's tokens, and says so; the last line says what to use.
  @Test func tokensAreKept() throws {
    let arguments = [
      "transfer", "--from", "cosine", "--to", "cosine", "--lr", "1e-3", "--tokens", "10B",
      "--batch-tokens", "512x2048", "--to-batch-tokens", "4M", "--no-cross-check",
    ]
    let json = try CommandRun(arguments + ["--json"]).json()
    let (from, to) = (json["from"] as? [String: Any], json["to"] as? [String: Any])
    #expect(from?["steps"] as? Int == 9537 && from?["batch_tokens"] as? Int == 1 << 20)
    // The source's tokens are those of its whole steps.
    #expect(to?["steps"] as? Int == 2501 && to?["batch_tokens"] as? Int == 4_000_000)
    let assumptions = try #require(json["assumptions"] as? [String])
    #expect(assumptions.contains { $0.hasPrefix("10,000,000,000 tokens are rounded up to 9,537") })
    #expect(assumptions.contains { $0.hasPrefix("--to-tokens was not given") })
    let parts = try #require(json["interval_parts"] as? [String: Any])
    #expect(abs((parts["batch"] as? Double ?? 0) - 0.12 * log(4e6 / 1_048_576)) < 1e-12)
    let text = try CommandRun(arguments).output
    let last = try #require(text.split(separator: "\n").last)
    #expect(last.hasPrefix("Use 1.") && last.contains("Confidence: "), "\(last)")
  }
}
