import Foundation
import Schedules
import Support
import TestSupport
import Testing

@testable import Runs

/// Sweeps made of logs.
@Suite struct LoggedSweepTests {
  /// A log of a schedule's learning rates with a loss.
  static func log(
    _ spec: String, steps: Int = 1000, rate: Double = 3e-4, every: Int = 10,
    timing: LearningRateTiming = .applied, to last: Int? = nil, loss: String = "3",
    path: String = "run.csv", column: String = "loss"
  ) throws -> RunLog {
    let multipliers = try ScheduleSpec(spec).schedule(steps: steps).multipliers
    var rows = "step,lr,\(column)\n"
    for update in stride(from: every, through: last ?? steps, by: every) {
      let index = timing == .next ? update : update - 1
      let value = index < steps ? rate * multipliers[index] : 0
      rows += "\(timing == .appliedFromZero ? update - 1 : update),\(value),\(loss)\n"
    }
    return try RunLog(bytes: Array(rows.utf8), path: path)
  }

  @Test(
    arguments: [
      "constant", "linear", "linear:warmup=50steps", "cosine:warmup=100steps", "cosine",
      "cosine:min=0.1,warmup=100steps", "linear:min=0.05,warmup=20steps", "1-sqrt", "wsd20",
      "wsd:cooldown=35%,warmup=60steps", "wsd20:decay=1-sqrt", "wsd20:decay=cosine",
      "wsd40:decay=square,warmup=100steps", "wsd20:decay=exponential", "wsd:cooldown=137steps",
      "wsd20:min=0.1",
    ],
    LearningRateTiming.allCases)
  func recognises(_ text: String, _ timing: LearningRateTiming) throws {
    let log = try Self.log(text, timing: timing)
    let sweep = LoggedSweep(of: [log])
    let run = try #require(sweep.runs.first, "\(sweep.unused.map(\.reason))")
    #expect(relativeError(run.baseLearningRate, 3e-4) < 1e-3, "\(run)")
    #expect(run.steps == 1000 && sweep.judge == .loss)
    // The multipliers after the warmup are those of the schedule, up to a step.
    let own = try ScheduleSpec(text).schedule(steps: 1000).multipliers
    let found = try run.spec.schedule(steps: 1000).multipliers
    for index in stride(from: 120, to: 1000, by: 7) {
      #expect(abs(own[index] - found[index]) < 0.012, "\(run.spec.canonical) at \(index)")
    }
  }

  @Test func writtenAsPeopleWould() throws {
    for (text, canonical) in [
      ("wsd20:warmup=100steps", "wsd:cooldown=0.2,warmup=100steps"), ("cosine:min=0.1", nil),
      ("linear", nil), ("constant", nil),
    ] as [(String, String?)] {
      let run = try #require(LoggedSweep(of: [Self.log(text)]).runs.first)
      #expect(run.spec.canonical == canonical ?? text && run.baseLearningRate == 3e-4)
    }
  }

  /// Long logs are tried on a sample, and a spike between its records still shows.
  @Test func everyStep() throws {
    let log = try Self.log("wsd20:warmup=100steps", steps: 20_000, every: 1)
    let run = try #require(LoggedSweep(of: [log]).runs.first)
    #expect(run.spec.canonical == "wsd:cooldown=0.2,warmup=100steps" && run.steps == 20_000)
    let rates = try #require(log.learningRate)
    var spiked = log
    spiked.series[.learningRate] = LogSeries(
      steps: rates.steps, values: rates.values.enumerated().map { $0 == 7777 ? 1e-4 : $1 })
    #expect(LoggedSweep(of: [spiked]).runs.isEmpty)
  }

  /// Replicates share a point, divergence is a result, and the rest is named.
  @Test func tableOfManyLogs() throws {
    let replicates = try ["3.0", "3.002", "3.004"].map { try Self.log("wsd20", loss: $0) }
    let diverged = try Self.log("wsd20", rate: 1e-2, to: 200, loss: "nan")
    let short = try Self.log("wsd20", to: 900, path: "short.csv")
    let odd = try RunLog(
      bytes: Array("step,lr,loss\n1,1,3\n2,0.2,3\n3,0.9,3\n4,0.1,3\n5,1,3\n".utf8), path: "odd.csv")
    let bare = try RunLog(bytes: Array("step,loss\n1000,3\n".utf8), path: "bare.csv")
    let settings = RunSettings(spec: try ScheduleSpec("wsd20"), steps: 1000)
    let sweep = LoggedSweep(of: replicates + [diverged, short, odd, bare], known: settings)
    #expect(sweep.unused.map(\.path) == ["short.csv", "odd.csv", "bare.csv"])
    #expect(sweep.unused[0].reason == "it ends at step 900 of 1000")
    #expect(sweep.unused[2].reason.contains("base learning rate"))
    let cell = try #require(Sweep(runs: sweep.runs).cells.first)
    #expect(cell.points.count == 1 && cell.points[0].runs == 3 && cell.diverged == [1e-2])
    #expect(abs(cell.points[0].loss - 3.002) < 1e-12)
  }

  /// Losses of different kinds are never compared.
  @Test func oneKindOfLoss() throws {
    let validated = try ["a.csv", "b.csv"].map {
      try Self.log("wsd20", path: $0, column: "val_loss")
    }
    let trained = try Self.log("wsd20", path: "c.csv")
    let sweep = LoggedSweep(of: validated + [trained])
    #expect(sweep.judge == .validationLoss && sweep.runs.count == 2)
    #expect(sweep.unused.map(\.path) == ["c.csv"])
    #expect(sweep.unused[0].reason.contains("validation loss"))
  }

  @Test func logOfAnotherRun() throws {
    let settings = RunSettings(spec: try ScheduleSpec("wsd40"), steps: 1000, baseLearningRate: 3e-4)
    let sweep = LoggedSweep(of: [try Self.log("wsd20")], known: settings)
    #expect(sweep.runs.isEmpty && sweep.unused[0].reason.contains("at step 610"))
  }

  @Test func epfmlSettings() throws {
    func settings(_ config: String) -> RunSettings {
      var reader = JSONReader(Array(config.utf8), range: 0..<config.utf8.count)
      return RunSettings(epfmlConfig: reader.value())
    }
    let cases: [(String, String?)] = [
      (
        #"{"scheduler":"wsd","wsd_fract_decay":0.2,"decay_type":"sqrt","warmup_steps":300}"#,
        "wsd:cooldown=0.2,decay=1-sqrt,warmup=300steps"
      ),
      (#"{"scheduler":"wsd","wsd_fract_decay":0}"#, "constant"),
      (#"{"scheduler":"cos","cos_final_lr":-1}"#, "cosine:min=0.1"),
      (#"{"scheduler":"wsd","wsd_fract_decay":7}"#, nil), (#"{"scheduler":"moon"}"#, nil),
      (#"{"scheduler":5}"#, nil), ("[]", nil),
    ]
    for (config, canonical) in cases {
      #expect(settings(config).spec?.canonical == canonical, "\(config)")
    }
    let numbers = settings(#"{"lr":-1,"iterations":1e300}"#)
    #expect(numbers == RunSettings())
    #expect(settings(#"{"lr":1e-3,"iterations":15000}"#).steps == 15_000)
  }

  /// The real runs make the cells of the table beside them; its losses are rounded to 1e-6.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: LogScheduleTests.folder),
      "needs the folder of real runs"))
  func realRuns() throws {
    let folder = LogScheduleTests.folder + "/llama-124m"
    let read = try SweepFolder(contentsOf: [folder + "/runs"])
    #expect(read.sweep.runs.count == 21 && read.logs?.judge == .finalValidationLoss)
    #expect(read.logs?.unused.count == 4 && read.unread.isEmpty)
    let table = try Sweep(contentsOf: folder + "/sweep-open.csv")
    #expect(read.sweep.cells.count == 6 && table.cells.count == 6)
    var differences: [Double] = []
    for cell in table.cells {
      let own = try #require(
        read.sweep.cells.first { $0.steps == cell.steps && $0.spec.withoutWarmup == cell.spec })
      #expect(own.points.map(\.baseLearningRate) == cell.points.map(\.baseLearningRate))
      differences += zip(own.points, cell.points).map { abs($0.loss - $1.loss) }
    }
    print("final losses of logs and table differ by at most \(differences.max() ?? 0) nats")
    #expect(differences.count == 21 && differences.max() ?? 1 < 0.003)
    let small = try SweepFolder(contentsOf: [LogScheduleTests.folder + "/llama-53m/runs"])
    #expect(small.sweep.runs.count == 4, "\(small.logs?.unused ?? [])")
    // What the logs say of themselves is what their learning rates show.
    for name in try LogFolder.names(in: folder + "/runs") where name.hasPrefix("ann124-0.2") {
      let log = try RunLog(contentsOf: folder + "/runs/" + name)
      let steps = try #require(log.settings?.steps)
      let base = try RunLog(
        contentsOf: folder + "/runs/"
          + #require(
            try LogFolder.names(in: folder + "/runs").first {
              $0.hasPrefix("stable")
                && $0.contains("_lr\(decimalText(log.settings?.baseLearningRate ?? 0))_")
            }))
      let rates = try #require(base.learningRate).filter { step, _ in
        step < log.learningRate?.steps.first ?? 0
      }
      let tail = try #require(log.learningRate)
      var whole = base
      whole.series[.learningRate] = LogSeries(
        steps: rates.steps + tail.steps, values: rates.values + tail.values)
      let found = try #require(RecognisedSchedule(in: whole, steps: steps))
      #expect(found.spec.withoutWarmup.canonical == "wsd:cooldown=0.2")
      #expect(found.baseLearningRate == log.settings?.baseLearningRate)
    }
  }
}
