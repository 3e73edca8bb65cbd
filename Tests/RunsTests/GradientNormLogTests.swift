import Runs
import Support
import TestSupport
import Testing

@Suite struct GradientNormLogTests {
  static func log(_ text: String) throws -> GradientNormLog {
    let options = LogOptions(unnamed: .gradientNorm)
    return try GradientNormLog(of: RunLog(bytes: Array(text.utf8), path: "log", options: options))
  }

  static let good: [(String, [Int], [Double], [String])] = [
    ("step,grad_norm\n1,2\n2,1\n3,4\n", [1, 2, 3], [2, 1, 4], []),
    ("grad_norm\n2\n1\n", [1, 2], [2, 1], ["counted-steps"]),
    ("2\n1\n", [1, 2], [2, 1], ["counted-steps"]), ("0,2\n1,1\n", [1, 2], [2, 1], []),
    ("[2, 1]", [1, 2], [2, 1], ["counted-steps"]),
    ("{\"step\": [10, 20], \"grad_norm\": [2, 1], \"name\": \"x\"}", [10, 20], [2, 1], []),
    ("{\"norms\": [2, 1]}", [1, 2], [2, 1], ["counted-steps"]),
    (
      "{\"log_history\": [{\"step\": 5, \"grad_norm\": 2}, {\"step\": 9, \"grad_norm\": 1}]}",
      [5, 9], [2, 1], []
    ),
    (" iteration 5/ 9 | grad norm: 2 |\n iteration 9/ 9 | grad norm: 1 |\n", [5, 9], [2, 1], []),
    ("step,loss,train/grad_norm\n100,nan,2\n200,3,1\n", [100, 200], [2, 1], []),
    ("step,grad_norm\n2,1\n1,2\n", [1, 2], [2, 1], ["unsorted-steps"]),
    ("step,grad_norm\n1,2\n2,5\n2,1\n", [1, 2], [2, 1], ["repeated-steps"]),
    (
      "step,grad_norm\n1,2\n2,nan\n3,0\n4,\n5,inf\n6,1\n", [1, 6], [2, 1],
      ["unusable-values", "norms-left-out"]
    ),
    ("step,grad_norm\n1,2\n2,-1\n3,1\n", [1, 3], [2, 1], ["unusable-values"]),
    ("step,loss,grad_norm\n0,3,nan\n1,3,5\n2,3,4\n", [2, 3], [5, 4], ["unusable-values"]),
    ("step,grad_norm\n1,5\n,\n2,4\n", [1, 2], [5, 4], []),
    ("step,grad_norm\n1,5\n1.5,9\n2,4\n", [1, 2], [5, 4], ["unusable-steps"]),
    ("step,grad_norm\n1,2\n2,2\n3,2\n9,1\n", [1, 2, 3, 9], [2, 2, 2, 1], ["gaps"]),
  ]

  @Test(arguments: good)
  func reads(_ text: String, _ steps: [Int], _ norms: [Double], _ codes: [String]) throws {
    let log = try Self.log(text)
    #expect(log.steps == steps && log.norms == norms)
    #expect(log.diagnostics.map(\.code) == codes)
  }

  static let bad: [(String, Int?, String)] = [
    ("", nil, "empty"), ("step,loss\n1,2\n", nil, "no gradient norm (only loss)"),
    ("1,2,3\n", 1, "have no names"), ("step,grad_norm\n", nil, "no record holds a number"),
    ("step,grad_norm\n1,5\n1000000000,3\n", nil, "goes on to step 1000000000"),
    ("step,grad_norm\n1,x\n", nil, "no record holds a number"),
    ("step,grad_norm\n1,1\n1,2\n", nil, "1 usable gradient norms"),
    ("grad_norm\n0\nnan\n", nil, "0 usable gradient norms"), ("[1, \"a\"]", nil, "no records"),
  ]

  @Test(arguments: bad)
  func refuses(_ text: String, _ line: Int?, _ problem: String) {
    let error = #expect(throws: InputError.self) { try Self.log(text) }
    #expect(error?.line == line)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }

  @Test func runsOfAnotherLength() throws {
    let log = try Self.log("step,grad_norm\n2,4\n4,2\n")
    #expect(log.diagnostics(over: 4).isEmpty)
    #expect(log.diagnostics(over: 6).map(\.code) == ["norms-held"])
    #expect(log.diagnostics(over: 3).map(\.code) == ["norms-cut"])
  }

  @Test func straightLinesBetweenLoggedSteps() throws {
    let log = try Self.log("step,grad_norm\n2,4\n4,2\n")
    #expect(log.perStep() == [4, 4, 3, 2])
    #expect(log.perStep(count: 6) == [4, 4, 3, 2, 2, 2])
    #expect(log.perStep(count: 1) == [4])
  }

  @Test func theFilterWorksOnWhatWasLogged() throws {
    let rows = (1...100).map { "\($0 * 50),\($0 == 40 ? 99 : 1)" }.joined(separator: "\n")
    let log = try Self.log("step,grad_norm\n" + rows)
    #expect(log.perStep(filterWidth: 11) == [Double](repeating: 1, count: 5000))
    #expect(log.perStep()[1999] == 99)
  }
}
