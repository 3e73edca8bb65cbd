import Foundation
import TestSupport
import Testing

/// `extend` as a process: plans written and read back.
@Suite struct ExtendCommandTests {
  static let plans = [
    "lower-plateau", "longer-cooldown", "free-form", "rewarm", "same", "retuned-same",
    "retuned-linear",
  ]

  /// A plan replayed through `bound @FILE --lr GAMMA` has the Ω that it stated.
  @Test(
    .enabled(if: isHeavy), arguments: sampled(plans), sampled(["wsd20:warmup=30steps", "constant"]))
  func plansReplay(_ plan: String, _ base: String) throws {
    for rate in [["--lr", "3e-4"], []] {
      let file = try TemporaryFile("", name: "plan.csv")
      let run = try CommandRun(
        [
          "extend", "--schedule", base, "--steps", "1000", "--to-steps", "2000", "--now", "1000",
          "--plan", plan, "--schedule-out", file.path, "--json", "--no-cross-check",
        ] + rate)
      // On a plateau nothing is warmed up again.
      if base == "constant", plan == "rewarm" {
        #expect(run.code == 2, "\(run.errors)")
        continue
      }
      try #require(run.code == 0, "\(run.errors)")
      let options = try #require(try run.json()["options"] as? [[String: Any]])
      let option = try #require(options.first { $0["kind"] as? String == plan })
      let gamma = try #require(option["gamma"] as? Double)
      let omega = try #require(option["omega"] as? Double)
      let replay = try CommandRun(["bound", "@" + file.path, "--lr", "\(gamma)", "--json"])
      let replayed = try #require(try replay.json()["omega"] as? Double)
      #expect(relativeError(replayed, omega) < 1e-13)
      let shown = try CommandRun(["schedule", "@" + file.path, "--json"]).json()
      #expect(shown["steps"] as? Int == 2000)
      #expect(option["base_lr"] != nil || rate.isEmpty)
      if !rate.isEmpty {
        let rates = try #require(option["base_lr"] as? Double)
        #expect(relativeError(try #require(shown["peak"] as? Double), rates) < 1e-15)
      }
    }
  }

  /// The papers' criterion can be asked for; some horizons have no plan by it.
  @Test(.enabled(if: isHeavy)) func theTunedPlan() throws {
    let arguments = ["extend", "--schedule", "wsd20", "--steps", "5000", "--no-cross-check"]
    let tuned = try CommandRun(
      arguments + ["--to-steps", "1e4", "--criterion", "tuned", "--save-every", "500", "--json"]
    ).json()
    #expect(tuned["criterion"] as? String == "tuned")
    let options = try #require(tuned["options"] as? [[String: Any]])
    let longer = try #require(options.first { $0["kind"] as? String == "longer-cooldown" })
    #expect(abs((longer["fraction"] as? Double ?? 0) - 0.48302) < 1e-4)
    #expect(longer["branch_at_step"] as? Int == 4001)
    #expect(longer["checkpoint_at_step"] as? Int == 4000)
    #expect(longer["steps_to_train"] as? Int == 6000)
    let far = try CommandRun(
      arguments + [
        "--to-steps", "2e4", "--rule", "bound", "--criterion", "tuned", "--plan", "longer-cooldown",
      ])
    #expect(far.code == 4 && far.errors.contains("3.7"), "\(far.errors)")
    let now = try CommandRun(arguments + ["--to-steps", "1e4", "--now", "4500", "--json"]).json()
    let rewarm = try #require(
      (now["options"] as? [[String: Any]])?.first { $0["kind"] as? String == "rewarm" })
    #expect(rewarm["ramp_steps"] as? Int == 55)
  }

  @Test(.enabled(if: isHeavy)) func tokensAreSteps() throws {
    let steps = try CommandRun([
      "extend", "--schedule", "wsd20", "--steps", "1000", "--to-steps", "2000",
      "--batch-tokens", "0.5M", "--csv",
    ])
    let tokens = try CommandRun([
      "extend", "--schedule", "wsd20", "--tokens", "500M", "--to-tokens", "1B",
      "--batch-tokens", "500k", "--csv",
    ])
    #expect(steps.code == 0 && steps.output == tokens.output)
  }

  /// Without --lr there is no learning rate anywhere.
  @Test func factorsAlone() throws {
    let run = try CommandRun([
      "extend", "--schedule", "wsd20", "--steps", "1000", "--to-steps", "2000", "--json",
      "--no-cross-check",
    ])
    #expect(run.code == 0 && !run.output.contains("base_lr"))
  }

  /// A plan can be extended again from its file, in which the first step of the cooldown is one more of
  /// the plateau.
  @Test(.enabled(if: isHeavy)) func aPlanGoesOn() throws {
    let file = try TemporaryFile("", name: "plan.csv")
    let first = try CommandRun([
      "extend", "--schedule", "wsd20", "--steps", "1000", "--to-steps", "2000", "--lr", "1e-3",
      "--plan", "lower-plateau", "--schedule-out", file.path,
    ])
    #expect(first.code == 0)
    let next = try CommandRun([
      "extend", "--schedule", "@" + file.path, "--to-steps", "4000", "--json",
    ])
    let options = try #require(try next.json()["options"] as? [[String: Any]])
    let lower = try #require(options.first { $0["kind"] as? String == "lower-plateau" })
    #expect(lower["feasible"] as? Bool == true && lower["branch_at_step"] as? Int == 1601)
    #expect(relativeError(try #require(lower["base_lr"] as? Double), 1e-3) < 1e-12)
  }
}
