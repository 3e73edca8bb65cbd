import Runs
import Schedules
import Support
import TestSupport
import Testing

@Suite struct ScheduleFileTests {
  static let good: [(String, [Double])] = [
    ("1\n0.5\n0.25\n", [1, 0.5, 0.25]), ("1\r\n0.5\r\n", [1, 0.5]), ("1\n\n0.5", [1, 0.5]),
    ("\u{FEFF}lr\n2e-3\n1e-3\n", [1, 0.5]), ("step,multiplier\n1,1\n2,0.5\n", [1, 0.5]),
    ("0,1\n1,0.5\n", [1, 0.5]), ("step\tlr\n1\t4\n2\t1\n", [1, 0.25]),
    ("step;lr\n1;4\n2;1\n", [1, 0.25]), ("\"step\",\"lr\"\n\"1\",\"4\"\n\"2\",\"1\"\n", [1, 0.25]),
    ("loss,LR\n3.0,1e-3\n2.0,5e-4\n", [1, 0.5]), (" 1 \n 0.5 \n", [1, 0.5]), ("5", [1]),
    ("1\n0\n", [1, 0]), ("[1, 0.5, 0.25]", [1, 0.5, 0.25]),
    ("{\"schedule\": [2, 1], \"other\": \"x\"}", [1, 0.5]), ("\u{FEFF}[1,0.5]", [1, 0.5]),
    ("{\"lr\": [1e-3, 5e-4]}", [1, 0.5]), ("step,multiplier,lr\n1,1,2e-3\n2,0.5,1e-3\n", [1, 0.5]),
  ]

  @Test(arguments: good)
  func reads(_ text: String, _ expected: [Double]) throws {
    let file = try TemporaryFile(text)
    #expect(try Schedule(contentsOf: file.path).multipliers == expected)
  }

  /// Contents, line, a piece of the problem.
  static let bad: [(String, Int?, String)] = [
    ("", nil, "it is empty"), ("\n \n", nil, "it is empty"), ("lr\n", nil, "holds no values"),
    ("loss\n1\n", 1, "no column"), ("1\n0.5\nabc\n", 3, "'abc' is not a number"),
    ("lr\n1\n\n-0.5\n", 4, "-0.5 is not a learning rate"), ("1\nnan\n", 2, "nan is not"),
    ("1\ninf\n", 2, "inf is not"), ("1\n0x10\n", 2, "not a number"),
    ("step,lr\n1,1\n3,0.5\n", 3, "step 3 follows step 1"),
    ("step,lr\n1,1\n1,0.5\n", 3, "step 1 follows step 1"), ("step,lr\n5,1\n", 2, "is the first"),
    ("step,lr\n1,1\n2\n", 3, "'' is not a number"), ("1,2,3\n", 1, "columns have no names"),
    ("0\n0\n", nil, "every value is zero"), ("[1, -1]", nil, "element 2, -1.0"),
    ("[1, null]", nil, "element 2, null"), ("[1, \"a\"]", nil, "element 2, 'a'"),
    ("{\"a\": 1}", nil, "no key"), ("{\"a\": ", 1, "not valid JSON"),
    ("[]", nil, "holds no values"), ("[1,0.5,]", 1, "not valid JSON"),
    ("[1\n0.5]", 2, "not valid JSON"), ("[1, 0.5] 2", 1, "not valid JSON"),
    ("{\"lr\": [1],\n\"lr\": [2]}", 2, "the key 'lr' stands twice"),
    ("{\"lr\": [1], \"LR\": [2]}", nil, "the key 'lr' stands twice"),
    ("lr,LR\n1,2\n", 1, "two columns are called 'LR'"), ("lr\n1\n\"0.5\n0.2\n", 3, "never closed"),
  ]

  @Test(arguments: bad)
  func refuses(_ text: String, _ line: Int?, _ problem: String) throws {
    let file = try TemporaryFile(text)
    let error = #expect(throws: InputError.self) { try Schedule(contentsOf: file.path) }
    #expect(error?.line == line)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func missingFilesAndFolders() throws {
    #expect(throws: InputError.self) { try Schedule(contentsOf: "/no/such/file.csv") }
    let error = #expect(throws: InputError.self) { try Schedule(contentsOf: "/tmp") }
    #expect(error?.problem == "it is a directory")
  }

  @Test func normsInFiles() throws {
    let file = try TemporaryFile("step,grad_norm\n1,2\n2,0\n3,1\n")
    #expect(try gradientNorms(contentsOf: file.path) == [2, 0, 1])
    let zeros = try TemporaryFile("0\n0\n")
    #expect(throws: InputError.self) { try gradientNorms(contentsOf: zeros.path) }
    let negative = try TemporaryFile("1\n-1\n")
    let error = #expect(throws: InputError.self) { try gradientNorms(contentsOf: negative.path) }
    #expect(error?.line == 2)
  }

  /// A spec written out with full precision and read back has the same bits.
  @Test(arguments: ["cosine:min=0.1", "wsd20:decay=1-sqrt,warmup=3%", "onecycle"])
  func roundTrip(_ text: String) throws {
    let schedule = try ScheduleSpec(text).schedule(steps: 3000)
    let rows = schedule.multipliers.enumerated().map { "\($0.offset + 1),\($0.element)" }
    let file = try TemporaryFile("step,multiplier\n" + rows.joined(separator: "\n"))
    let read = try Schedule(contentsOf: file.path)
    #expect(read.steps == 3000)
    #expect(read.multipliers == schedule.multipliers)
    #expect(read.peak == schedule.peak && read.trailingZeros == schedule.trailingZeros)
  }
}
