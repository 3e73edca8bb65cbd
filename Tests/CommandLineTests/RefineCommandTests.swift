import TestSupport
import Testing

/// `lrbound refine`: the logs that it reads, and runs of another length than the log's.
@Suite struct RefineCommandTests {
  static let rows = (1...20).map { "\($0 * 10),\(2 + 0.1 * Double($0))" }

  /// The same norms in several formats give the same schedule.
  @Test func everyFormat() throws {
    let csv = try CommandRun(
      ["refine", "-", "--csv"], input: "step,grad_norm\n" + Self.rows.joined(separator: "\n") + "\n"
    )
    #expect(csv.code == 0 && csv.output.split(separator: "\n").count == 201)
    let pairs = Self.rows.map { $0.split(separator: ",") }
    let records = pairs.map { "{\"step\": \($0[0]), \"train/grad_norm\": \($0[1])}" }
    let iterations = pairs.map { " iteration \($0[0])/ 200 | grad norm: \($0[1]) |\n" }
    for text in [
      records.joined(separator: "\n") + "\n",
      "{\"max_steps\": 200, \"log_history\": [\(records.joined(separator: ","))]}",
      iterations.joined(), Self.rows.joined(separator: "\n") + "\n",
    ] {
      #expect(try CommandRun(["refine", "-", "--csv"], input: text).output == csv.output)
    }
    let named = try CommandRun(
      ["refine", "-", "--csv", "--grad-norm-col", "g", "--step-col", "n", "--format", "csv"],
      input: "n,g,grad_norm\n" + Self.rows.map { $0 + ",1" }.joined(separator: "\n") + "\n")
    #expect(named.output == csv.output)
  }

  @Test func runsOfAnotherLength() throws {
    let log = "step,grad_norm\n" + Self.rows.joined(separator: "\n") + "\n"
    for (steps, code) in [("300", "norms-held"), ("100", "norms-cut")] {
      let run = try CommandRun(["refine", "-", "--steps", steps, "--json"], input: log).json()
      let warnings = try #require(run["warnings"] as? [[String: String]])
      #expect(warnings.map { $0["code"] } == [code])
    }
    let same = try CommandRun(["refine", "-", "--steps", "200"], input: log)
    #expect(same.code == 0 && same.errors.isEmpty)
    let longer = try CommandRun(["refine", "-", "--steps", "300"], input: log)
    #expect(longer.errors.contains("the log ends at step 200: its last norm stands for steps 201"))
  }
}
