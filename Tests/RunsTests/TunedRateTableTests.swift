import Runs
import Schedules
import Support
import TestSupport
import Testing

/// Tables of tuned learning rates.
@Suite struct TunedRateTableTests {
  static func read(_ texts: String..., spec: ScheduleSpec? = nil) throws -> TunedRateTable {
    let files = try texts.map { try TemporaryFile($0, name: "tuned.csv") }
    var known = RunSettings()
    known.spec = spec
    let folder = try SweepFolder(
      contentsOf: files.map(\.path), known: known, takesTunedRates: true)
    return try #require(folder.tunedRates)
  }

  @Test func readsColumns() throws {
    let table = try Self.read(
      """
      model,layers,spec,tokens,batch_tokens,tuned_lr,log_sd,curvature,least_loss,
      a,7,cosine,1e9,65536,1e-3,0.1,0.02,2.5,x
      a,7,wsd20,2e9,65536,8e-4,,,2.4,y
      b,7,cosine,65536000,65536,2e-3,0,0,2.6,z
      """)
    #expect(table.rows.map(\.steps) == [15259, 30518, 1000])
    #expect(table.rows.map(\.batchTokens) == [65536, 65536, 65536])
    #expect(table.rows.map(\.spec.canonical) == ["cosine", "wsd:cooldown=0.2", "cosine"])
    #expect(table.rows.map(\.logDeviation) == [0.1, nil, 0])
    #expect(table.rows.map(\.curvature) == [0.02, nil, 0])
    #expect(table.rows[0].model == "model=a, layers=7" && table.models == 2)
    #expect(table.modelColumns == ["model"])
    #expect(!table.isShapeAssumed && table.diagnostics.isEmpty)
  }

  @Test func fewColumns() throws {
    let text = "steps,optimum\n1000,1e-3\n2000,9e-4\n"
    let bare = try Self.read(text)
    #expect(bare.isShapeAssumed && bare.models == 1 && bare.modelColumns.isEmpty)
    #expect(bare.rows[1].batchTokens == nil && bare.rows[1].logDeviation == nil)
    let named = try Self.read(text, spec: ScheduleSpec("cosine"))
    #expect(!named.isShapeAssumed && named.rows[0].spec.canonical == "cosine")
    // The batch follows from tokens and steps.
    let tokens = try Self.read("steps,tokens,tuned_lr\n1000,65536000,1e-3\n")
    #expect(tokens.rows[0].batchTokens == 65536)
  }

  /// Several files are one table; rows of one run are two cells, with a warning.
  @Test func repeatedRuns() throws {
    let text = "steps,tuned_lr,least_loss\n1000,1e-3,3\n1000,2e-3,3.1\n2000,9e-4,2.9\n"
    let table = try Self.read(text, "steps,optimum\n4000,8e-4\n")
    #expect(table.rows.count == 4 && table.models == 1)
    #expect(table.diagnostics.map(\.code) == ["repeated-run"])
    #expect(table.diagnostics[0].message.contains("lines 2 and 3"))
  }

  /// A table, the line at fault and pieces of the message.
  static let bad: [(String, Int?, [String])] = [
    ("steps,tuned_lr\n", nil, ["a header and no rows", "tuned run"]),
    ("batch_tokens,tuned_lr\n64,1\n", 1, ["no column is called steps or tokens", "tuned_lr"]),
    ("steps,tuned_lr\n1000,\n", 2, ["'' is not a base learning rate", "1e-3"]),
    ("steps,tuned_lr\n1000,0\n", 2, ["'0' is not a base learning rate"]),
    ("steps,tuned_lr\n1000,1e-3\n1.5,1\n", 3, ["'1.5' is not a number of steps"]),
    ("steps,tuned_lr,log_sd\n1000,1,-1\n", 2, ["'-1' is not a valid log_sd", "0 to 10"]),
    ("steps,tuned_lr,curvature\n1000,1,nan\n", 2, ["'nan' is not a valid curvature"]),
    ("steps,tuned_lr,batch_tokens\n9,1,0.5\n", 2, ["'0.5' is not a batch", "524288"]),
    (
      "steps,tokens,batch_tokens,tuned_lr\n10,640,64,1\n12,640,64,1\n", 3,
      ["640 tokens in batches of 64 are 10 steps, not 12", "leave out"]
    ),
    ("tokens,tuned_lr\n1e9,1\n", 2, ["its number of steps is unknown", "batch_tokens"]),
    ("tokens,batch_tokens,tuned_lr\n1e20,1,1\n", 2, ["too many steps", "1e9"]),
    ("steps,tokens,tuned_lr\n1000,1,1\n", 2, ["too few or too many", "leave out tokens"]),
    ("steps,batch_tokens,tuned_lr\n9,64,1\n10,,1\n", 3, ["its batch is unknown", "or in none"]),
    ("steps,spec,tuned_lr\n9,linaer,1\n", 2, ["linaer", "did you mean linear"]),
    ("steps,spec,tuned_lr\n9,wsd:cooldown=50steps,1\n", 2, ["do not fit into 9 steps"]),
    ("steps,tuned_lr\n1000,0,003\n", 2, ["3 fields", "decimals with a point"]),
    ("steps,tuned_lr,steps\n9,1,9\n", 1, ["two columns are called 'steps'"]),
  ]

  @Test(arguments: bad)
  func refuses(_ text: String, _ line: Int?, _ pieces: [String]) throws {
    let error = #expect(throws: InputError.self) { try Self.read(text) }
    #expect(error?.kind == .contents && error?.line == line, "\(String(describing: error))")
    for piece in pieces { #expect(error?.description.contains(piece) == true, "\(piece)") }
  }

  @Test func refusesAnotherKind() throws {
    let rates = "steps,spec,tuned_lr\n1000,linear,1e-3\n"
    let file = try TemporaryFile(rates, name: "tuned.csv")
    let runs = try TemporaryFile("spec,steps,base_lr,final_loss\nlinear,9,1,3\n", name: "runs.csv")
    let unwanted = #expect(throws: InputError.self) { try SweepFolder(contentsOf: [file.path]) }
    #expect(unwanted?.problem == "it has tuned learning rates, not runs")
    let mixed = #expect(throws: InputError.self) {
      try SweepFolder(contentsOf: [file.path, runs.path], takesTunedRates: true)
    }
    #expect(mixed?.hint == "give files of one kind")
    let twice = #expect(throws: InputError.self) { try Self.read(rates, spec: ScheduleSpec("rex")) }
    #expect(twice?.problem.contains("names its own") == true)
    // A sweep may have the column of an optimum beside its runs.
    let sweep = try TemporaryFile("spec,steps,base_lr,final_loss,optimum\nlinear,9,1,3,2\n")
    #expect(try SweepFolder(contentsOf: [sweep.path], takesTunedRates: true).tunedRates == nil)
  }

  /// Damaged tables are read or refused in one line.
  @Test func neverTraps() throws {
    let text = """
      model,spec,steps,tokens,batch_tokens,tuned_lr,log_sd,curvature
      a,"wsd:cooldown=0.2,decay=1-sqrt",1000,65536000,65536,1e-3,0.1,0.02
      b,cosine,2000,131072000,65536,8e-4,,
      """
    var random = SplitMix64(seed: 7)
    let bytes = Array(text.utf8)
    let signs = Array("0189.,-e\"\n;\t x%".utf8)
    for _ in 0..<(isHeavy ? 20_000 : 500) {
      var damaged = bytes
      for _ in 0..<1 + random.nextIndex(below: 4) {
        let place = random.nextIndex(below: damaged.count)
        if random.nextIndex(below: 3) == 0 {
          damaged.remove(at: place)
        } else {
          damaged[place] = signs[random.nextIndex(below: signs.count)]
        }
      }
      do {
        let file = try TemporaryFile(String(decoding: damaged, as: UTF8.self), name: "a.csv")
        let table = try SweepFolder(contentsOf: [file.path], takesTunedRates: true).tunedRates
        for row in table?.rows ?? [] {
          #expect(row.steps >= 1 && row.baseLearningRate > 0 && row.baseLearningRate.isFinite)
          #expect((row.batchTokens ?? 1) >= 1 && (row.curvature ?? 0) >= 0)
        }
      } catch let error as InputError {
        #expect(!error.description.contains("\n"))
      }
    }
  }
}
