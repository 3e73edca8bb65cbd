import Runs
import Schedules
import Support
import TestSupport
import Testing

@Suite struct SweepTests {
  static func sweep(_ text: String) throws -> Sweep {
    let table = try SweepTable(csv: Array(text.utf8), path: "sweep.csv")
    return Sweep(runs: table.runs, unfinished: table.unfinished)
  }

  @Test func readsBothKindsOfTables() throws {
    let families = try Self.sweep(
      """
      family,cooldown,horizon,base_lr,final_loss
      wsd,0.2,1000,1e-3,3.1
      wsd_sqrt,0.2,1000,1e-3,3.2
      cos0,,1000,1e-3,3.3
      cos10,,1000,1e-3,3.4
      const,,1000,1e-3,3.5
      linear,,1000,1e-3,3.6
      """)
    #expect(
      families.runs.map(\.spec.canonical) == [
        "wsd:cooldown=0.2", "wsd:cooldown=0.2,decay=1-sqrt", "cosine", "cosine:min=0.1", "constant",
        "linear",
      ])
    let specs = try Self.sweep(
      "lr,steps,loss,spec\r\n1e-3,1e3,nan,\"wsd20:decay=cosine,warmup=5steps\"\r\n")
    #expect(specs.runs[0].steps == 1000 && specs.runs[0].loss.isNaN)
    #expect(specs.runs[0].spec.canonical == "wsd:cooldown=0.2,decay=cosine,warmup=5steps")
  }

  @Test func averagesReplicatesAndSeesDivergence() throws {
    let sweep = try Self.sweep(
      """
      spec,steps,lr,loss
      wsd20,1000,1e-3,3.0
      wsd:cooldown=0.2,1000,0.001,3.2
      wsd20,1000,4e-3,inf
      wsd20,1000,6e-3,
      wsd20,1000,8e-3,diverged
      wsd20,1000,2e-3,9.5
      wsd20,1000,5e-4,3.3
      wsd20,2000,5e-4,3.3
      """)
    #expect(sweep.cells.count == 2)
    let cell = try #require(sweep.cells(for: ScheduleSpec("wsd20"), steps: 1000).first)
    #expect(cell.points.map(\.baseLearningRate) == [5e-4, 1e-3])
    #expect(relativeError(cell.points[1].loss, 3.1) < 1e-15 && cell.points[1].runs == 2)
    #expect(cell.diverged == [2e-3, 4e-3, 8e-3] && sweep.unfinished == 1)
    #expect(sweep.cells(for: try ScheduleSpec("wsd20"), steps: nil).count == 2)
    #expect(sweep.cells(for: try ScheduleSpec("linear"), steps: nil).isEmpty)
    // A table that says nothing of a warmup is matched whatever the warmup.
    #expect(sweep.cells(for: try ScheduleSpec("wsd20:warmup=300"), steps: 2000).count == 1)
  }

  /// Runs of other batches are other cells; a cell without a batch serves any.
  @Test func batches() throws {
    let csv = """
      spec,steps,batch_tokens,base_lr,final_loss
      wsd20,1000,64,1e-3,3.1
      wsd20,1000,5.12e2,1e-3,3.0
      wsd20,1000,,1e-3,2.9
      """
    let sweep = Sweep(runs: try SweepTable(csv: Array(csv.utf8), path: "runs.csv").runs)
    #expect(sweep.cells.map(\.batchTokens) == [64, 512, nil])
    let spec = try ScheduleSpec("wsd20")
    #expect(sweep.cells(for: spec, batchTokens: 512).map(\.batchTokens) == [512, nil])
    #expect(sweep.cells(for: spec).count == 3)
  }

  @Test func mergesRatesOfSingleAndDoublePrecision() throws {
    let sweep = try Self.sweep(
      "family,cooldown,steps,lr,loss\nwsd,1.0,9,1e-3,3.0\nwsd,1,9,0.0010000000474974513,3.2\n")
    let cell = try #require(sweep.cells.first)
    #expect(sweep.cells.count == 1 && cell.points.count == 1 && cell.points[0].runs == 2)
    #expect(cell.spec.canonical == "wsd:cooldown=100%")
  }

  static let bad: [(String, Int?, String)] = [
    ("", nil, "empty"), ("spec,steps,lr,loss\n", nil, "no rows"),
    ("steps,lr,loss\n", 1, "no column is called spec or family"),
    ("spec,lr,loss\n", 1, "steps or horizon"), ("spec,steps,loss\n", 1, "base_lr or lr"),
    ("spec,steps,lr\n", 1, "final_loss or loss"),
    ("spec,steps,lr,loss\nwsdx,10,1,1\n", 2, "no schedule is called"),
    ("spec,steps,lr,loss\nwsd20,0,1,1\n", 2, "not a number of steps"),
    ("spec,steps,lr,loss\nwsd20,1.5,1,1\n", 2, "not a number of steps"),
    ("spec,steps,lr,loss\nwsd20,10,-1,1\n", 2, "not a base learning rate"),
    ("spec,steps,batch_tokens,lr,loss\nwsd20,10,0,1,1\n", 2, "'0' is not a batch"),
    ("spec,steps,batch_tokens,lr,loss\nwsd20,10,-64,1,1\n", 2, "not a batch"),
    ("spec,steps,batch_tokens,lr,loss\nwsd20,10,0.5,1,1\n", 2, "not a batch"),
    ("spec,steps,batch_tokens,lr,loss\nwsd20,10,1e13,1,1\n", 2, "not a batch"),
    ("spec,steps,lr,loss\nwsd20,10,nan,1\n", 2, "not a base learning rate"),
    ("spec,steps,lr,loss\nwsd20,10,1,low\n", 2, "not a loss"),
    ("spec,steps,lr,loss\n@x.csv,10,1,1\n", 2, "a file is not a schedule"),
    ("family,steps,lr,loss\nwsd,10,1,1\n", 2, "has no cooldown"),
  ]

  @Test(arguments: bad)
  func refuses(_ text: String, _ line: Int?, _ problem: String) {
    let error = #expect(throws: InputError.self) { try Self.sweep(text) }
    #expect(error?.line == line)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }
}
