import Foundation
import TestSupport
import Testing

/// The theory model beside the answer of `transfer`.
@Suite struct CrossCheckCommandTests {
  static let transfer = ["transfer", "--from", "wsd20", "--to", "linear", "--steps", "50000"]

  @Test(.enabled(if: isHeavy)) func standsInTheTableAndInJSON() throws {
    // Theory is for those who ask.
    #expect(try !CommandRun(Self.transfer).output.contains("theory model"))
    let explained = try CommandRun(Self.transfer + ["--explain"]).output
    #expect(explained.contains("theory model  L1 and L2, the tasks like language models: "))
    #expect(explained.contains("the bound has p = 0.5") && explained.contains("E1: ratio"))
    let json = try CommandRun(Self.transfer + ["--json"]).json()
    let model = try #require(json["theory_model"] as? [String: Any])
    let ratio = try #require(model["ratio"] as? [Double])
    #expect(ratio.count == 2 && abs(ratio[0] - 1.47) < 0.02 && abs(ratio[1] - 2.37) < 0.02)
    #expect((model["ratio_like_language_models"] as? [Double])?.count == 2)
    let exponents = try #require(model["horizon_exponent"] as? [Double])
    #expect(exponents.count == 2 && exponents[0] < 0 && abs(exponents[1] - 0.51) < 0.01)
    #expect(["agrees", "task-dependent"].contains(model["label"] as? String))
    #expect(model["bound_horizon_exponent"] as? Double == 0.5)
    let tasks = try #require(model["tasks"] as? [[String: Any]])
    #expect(tasks.map { $0["name"] as? String } == ["E1", "E2", "E3", "L1", "L2", "H"])
    for task in tasks {
      #expect(task["on_edge"] as? Bool == false)
      #expect((task["horizons"] as? [Any])?.count == 5)
      let target = try #require(task["to"] as? [String: Any])
      #expect(target["xi"] != nil && target["horizon_exponent"] != nil)
      let bound = try #require(task["bound"] as? [String: Any])
      #expect(bound["agrees"] is Bool)
    }
    let rows = try CommandRun(Self.transfer + ["--csv"]).output.split(separator: "\n")
    #expect(rows[0].hasSuffix("model_ratio_low,model_ratio_high,model_label"))
    #expect(rows[1].contains(model["label"] as? String ?? "?"))
  }

  @Test func canBeLeftOut() throws {
    let json = try CommandRun(Self.transfer + ["--no-cross-check", "--json"]).json()
    #expect(json["theory_model"] == nil)
    let table = try CommandRun(Self.transfer + ["--no-cross-check"]).output
    #expect(!table.contains("theory model"))
    let rows = try CommandRun(Self.transfer + ["--no-cross-check", "--csv"]).output
    #expect(rows.contains("model_label") && rows.hasSuffix(",,,\n"))
  }

  @Test(.enabled(if: isHeavy)) func ownTasks() throws {
    let own = ["--task", "2,1.5,20%,4", "--task", "1.5,4,.1%,64"]
    let json = try CommandRun(Self.transfer + own + ["--json"]).json()
    let model = try #require(json["theory_model"] as? [String: Any])
    let tasks = try #require(model["tasks"] as? [[String: Any]])
    #expect(tasks.map { $0["on_edge"] as? Bool } == [false, true])
    #expect(tasks[0]["a"] as? Double == 2 && tasks[0]["batch"] as? Double == 4)
    let table = try CommandRun(Self.transfer + own).output
    #expect(table.contains("left out: 1.5,4,.1%,64") && table.contains("its task: "))
    let none = try CommandRun(Self.transfer + ["--task", "1.5,4,.1%,64"])
    #expect(none.code == 0 && none.output.contains("theory model  left out"))
  }

  /// Where every task contradicts the answer at every horizon, that is a warning.
  @Test(.enabled(if: isHeavy)) func warnsWhereAllContradict() throws {
    let run = try CommandRun([
      "transfer", "--from", "wsd20", "--to", "constant", "--steps", "50000", "--task",
      "1.5,2,100%,1",
    ])
    #expect(run.code == 0 && run.errors.contains("every task of the theory model"), "\(run.errors)")
    let usual = try CommandRun(Self.transfer)
    #expect(usual.errors.isEmpty)
    let refused = try CommandRun(Self.transfer + ["--explain", "--json"])
    #expect(refused.code == 2 && refused.errors.contains("--explain"), "\(refused.errors)")
    let parts = try CommandRun(Self.transfer + ["--explain", "--no-cross-check"])
    #expect(parts.output.contains("sd of ln γ: shape 0.08, rest 0.05"), "\(parts.output)")
  }

  @Test(.enabled(if: isHeavy)) func absoluteFloors() throws {
    let run = try CommandRun([
      "transfer", "--from", "wsd20", "--to", "cosine:min-lr=1e-4", "--lr", "1e-3", "--steps", "1e4",
      "--json",
    ])
    #expect(try run.json()["theory_model"] != nil)
  }
}
