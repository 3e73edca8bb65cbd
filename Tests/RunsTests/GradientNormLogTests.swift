import Runs
import TestSupport
import Testing

@Suite struct GradientNormLogTests {
  static func log(_ text: String) throws -> GradientNormLog {
    try GradientNormLog(contentsOf: TemporaryFile(text).path)
  }

  static let good: [(String, [Int], [Double], [String])] = [
    ("step,grad_norm\n1,2\n2,1\n3,4\n", [1, 2, 3], [2, 1, 4], []),
    ("grad_norm\n2\n1\n", [1, 2], [2, 1], []), ("2\n1\n", [1, 2], [2, 1], []),
    ("0,2\n1,1\n", [1, 2], [2, 1], []), ("[2, 1]", [1, 2], [2, 1], []),
    ("{\"step\": [10, 20], \"grad_norm\": [2, 1], \"name\": \"x\"}", [10, 20], [2, 1], []),
    ("step,loss,train/grad_norm\n100,3,2\n200,3,1\n", [100, 200], [2, 1], []),
    ("step,grad_norm\n2,1\n1,2\n", [1, 2], [2, 1], ["unsorted-steps"]),
    ("step,grad_norm\n1,2\n2,5\n2,1\n", [1, 2], [2, 1], ["repeated-steps"]),
    ("step,grad_norm\n1,2\n2,nan\n3,0\n4,\n5,inf\n6,1\n", [1, 6], [2, 1], ["norms-left-out"]),
    ("step,grad_norm\n0,nan\n1,5\n2,4\n", [2, 3], [5, 4], ["norms-left-out"]),
    ("step,grad_norm\n1,5\n,\n2,4\n", [1, 2], [5, 4], ["norms-left-out"]),
    ("step,grad_norm\n1,2\n2,2\n3,2\n9,1\n", [1, 2, 3, 9], [2, 2, 2, 1], ["gaps"]),
  ]

  @Test(arguments: good)
  func reads(_ text: String, _ steps: [Int], _ norms: [Double], _ codes: [String]) throws {
    let log = try Self.log(text)
    #expect(log.steps == steps && log.norms == norms)
    #expect(log.notices.map(\.code) == codes)
  }

  static let bad: [(String, Int?, String)] = [
    ("", nil, "empty"), ("step,loss\n1,2\n", 1, "no column"), ("1,2,3\n", 1, "have no names"),
    ("step,grad_norm\n1,2\n2,-1\n", 3, "-1.0 is not a gradient norm"),
    ("step,grad_norm\n1,2\n1.5,1\n", 3, "1.5 is not a step"),
    ("step,grad_norm\n1,2\n-3,1\n", 3, "-3 is not a step"),
    ("step,grad_norm\n1,5\n1000000000,3\n", 3, "1000000000 is not a step"),
    ("step,grad_norm\n1,x\n", 2, "'x' is not a gradient norm"),
    ("step,grad_norm\n1,1\n1,2\n", nil, "1 usable gradient norms"),
    ("grad_norm\n0\nnan\n", nil, "0 usable gradient norms"), ("{\"a\": 1}", nil, "no JSON array"),
    ("{\"step\": [1], \"grad_norm\": [2, 1]}", nil, "differ in number"),
  ]

  @Test(arguments: bad)
  func refuses(_ text: String, _ line: Int?, _ problem: String) {
    let error = #expect(throws: InputError.self) { try Self.log(text) }
    #expect(error?.line == line)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }

  @Test func straightLinesBetweenLoggedSteps() throws {
    let log = try Self.log("step,grad_norm\n2,4\n4,2\n")
    #expect(log.perStep(isFiltered: false) == [4, 4, 3, 2])
    #expect(log.perStep(count: 6, isFiltered: false) == [4, 4, 3, 2, 2, 2])
    #expect(log.perStep(count: 1, isFiltered: false) == [4])
  }

  @Test func theFilterWorksOnWhatWasLogged() throws {
    let rows = (1...100).map { "\($0 * 50),\($0 == 40 ? 99 : 1)" }.joined(separator: "\n")
    let log = try Self.log("step,grad_norm\n" + rows)
    #expect(log.perStep(isFiltered: true) == [Double](repeating: 1, count: 5000))
    #expect(log.perStep(isFiltered: false)[1999] == 99)
  }
}
