import Foundation
import Schedules
import TestSupport
import Testing

@testable import Runs

/// Logs as Hugging Face's Trainer writes them: what is recognised is right, or nothing is.
@Suite struct RecognisedScheduleTests {
  /// A run of the library.
  struct Run: Sendable {
    let name: String
    let spec: String
    let steps: Int
    let rate: Double
    let warmup: Int
    /// The multiplier at an index after the warmup.
    let decay: @Sendable (Int) -> Double
  }

  static func runs(steps: Int, rate: Double, warmup: Int) -> [Run] {
    let rest = Double(steps - warmup)
    let suffix = warmup > 0 ? "warmup=\(warmup)steps" : ""
    func spec(_ name: String) -> String {
      suffix.isEmpty ? name : name + (name.contains(":") ? "," : ":") + suffix
    }
    @Sendable func cosine(_ index: Int) -> Double {
      0.5 * (1 + cos(.pi * Double(index - warmup) / rest))
    }
    let cooldown = steps / 5
    let odd = steps * 3 / 16 + 3
    return [
      Run(name: "linear", spec: spec("linear"), steps: steps, rate: rate, warmup: warmup) {
        Double(steps - $0) / rest
      },
      Run(name: "cosine", spec: spec("cosine"), steps: steps, rate: rate, warmup: warmup) {
        cosine($0)
      },
      Run(
        name: "cosine_with_min_lr", spec: spec("cosine:min=0.1"), steps: steps, rate: rate,
        warmup: warmup
      ) { 0.1 + 0.9 * cosine($0) },
      Run(name: "wsd", spec: spec("wsd:cooldown=0.2"), steps: steps, rate: rate, warmup: warmup) {
        min(1, Double(steps - $0) / Double(cooldown))
      },
      Run(
        name: "wsd, odd", spec: spec("wsd:cooldown=\(odd)steps,decay=cosine"), steps: steps,
        rate: rate, warmup: warmup
      ) {
        $0 < steps - odd ? 1 : 0.5 * (1 + cos(.pi * Double($0 - steps + odd) / Double(odd)))
      },
    ]
  }

  /// `trainer_state.json`; `isNext` where the rate of the step to come is logged, as before 2025.
  static func state(_ run: Run, every: Int, isNext: Bool, digits: Int? = nil) throws -> RunLog {
    var rows: [String] = []
    for step in stride(from: every, through: run.steps, by: every) {
      let index = isNext ? step : step - 1
      let multiplier =
        index < run.warmup ? Double(index) / Double(run.warmup) : max(0, run.decay(index))
      var rate = run.rate * multiplier
      if let digits { rate = Double(String(format: "%.\(digits - 1)e", rate)) ?? rate }
      rows.append("{\"step\": \(step), \"loss\": 3.0, \"learning_rate\": \(rate)}")
    }
    let text = "{\"max_steps\": \(run.steps), \"log_history\": [\(rows.joined(separator: ","))]}"
    return try RunLog(bytes: Array(text.utf8), path: "trainer_state.json")
  }

  @Test(arguments: sampled([1, 10, 50, 500]), [true, false])
  func rightOrNothing(_ every: Int, _ isNext: Bool) throws {
    var (offered, all) = (0, 0)
    for (steps, rate, warmup) in [
      (1880, 3e-4, 0), (1880, 3e-4, 94), (1880, 4.7123e-5, 94), (1880, 2e-5, 30), (5000, 5e-5, 500),
      (12_345, 1e-3, 300),
    ] {
      for run in Self.runs(steps: steps, rate: rate, warmup: warmup) {
        all += 1
        let log = try Self.state(run, every: every, isNext: isNext)
        #expect(log.settings?.steps == steps)
        guard let found = RecognisedSchedule(in: log, steps: steps) else {
          #expect(every > 1, "\(run.name) \(run.spec) \(rate) every step")
          continue
        }
        offered += 1
        // A warmup that ends before the first record is not seen, which moves no record.
        let expected = try ScheduleSpec(run.spec)
        let isUnseen = warmup < every && found.spec == expected.withoutWarmup
        #expect(
          found.spec == expected || isUnseen,
          "\(run.spec) over \(steps) every \(every): \(found.spec.canonical)")
        #expect(
          relativeError(found.baseLearningRate, rate) < 1e-6,
          "\(run.spec) \(rate) over \(steps): \(found.spec.canonical) \(found.baseLearningRate)")
        // The same log and the same run agree for every command.
        let schedule = try found.spec.schedule(steps: steps)
        if !isUnseen {
          let check = try PlanCheck(
            of: log, schedule: schedule, baseLearningRate: found.baseLearningRate)
          #expect(check.mismatch == nil, "\(run.spec) over \(steps) every \(every)")
        }
      }
    }
    print("every \(every) steps: \(offered) of \(all) recognised")
    #expect(offered * 10 >= all * (every == 1 ? 10 : every < 500 ? 8 : 2))
  }

  /// Logs that keep a few digits only.
  @Test(arguments: [3, 4, 7])
  func roundedLogs(_ digits: Int) throws {
    var offered = 0
    for run in Self.runs(steps: 5000, rate: 5e-5, warmup: 250) {
      let log = try Self.state(run, every: 10, isNext: true, digits: digits)
      guard let found = RecognisedSchedule(in: log, steps: 5000) else { continue }
      offered += 1
      #expect(try found.spec == ScheduleSpec(run.spec) && found.baseLearningRate == 5e-5)
    }
    #expect(offered >= 3)
  }

  /// What is not of a known family is not squeezed into one.
  @Test(arguments: [10, 50])
  func otherSchedules(_ every: Int) throws {
    let shapes: [@Sendable (Int) -> Double] = [
      { 1 / (1 + Double($0) / 200).squareRoot() }, { pow(0.999, Double($0)) },
      { $0 < 2500 ? 1 : 0.3 }, { pow(1 - Double($0) / 5000, 1.5) },
      { pow(1 - Double($0) / 5000, 2) },
      { 0.5 * (1 + cos(.pi * Double($0 % 1000) / 1000)) },
      { 0.0372 + 0.9628 * (1 - Double($0) / 5000) },
    ]
    for (index, shape) in shapes.enumerated() {
      let run = Run(name: "", spec: "", steps: 5000, rate: 3.17e-4, warmup: 0, decay: shape)
      let found = RecognisedSchedule(
        in: try Self.state(run, every: every, isNext: false), steps: 5000)
      #expect(found == nil, "\(index): \(found?.spec.canonical ?? "")")
    }
  }

  /// The run of a log: the trainer's own number of steps, also of one that was cut short.
  @Test func stepsOfTheTrainer() throws {
    let run = Self.runs(steps: 1880, rate: 3e-4, warmup: 94)[0]
    let whole = try Self.state(run, every: 50, isNext: true)
    let sweep = LoggedSweep(of: [whole])
    #expect(sweep.runs.map(\.steps) == [1880], "\(sweep.unused)")
    #expect(sweep.runs.first?.baseLearningRate == 3e-4)
    #expect(sweep.runs.first?.spec.canonical == "linear:warmup=94steps")
    let text = "{\"max_steps\": 4000, \"log_history\": [{\"step\": 50, \"loss\": 3}]}"
    let short = try RunLog(bytes: Array(text.utf8), path: "s.json")
    let settings = RunSettings(spec: try ScheduleSpec("linear"), baseLearningRate: 1e-3)
    #expect(
      LoggedSweep(of: [short], known: settings).unused.map(\.reason) == [
        "it ends at step 50 of 4000"
      ])
  }

  /// Folders of runs that hold checkpoints: the last of each has the whole history.
  @Test func checkpoints() throws {
    let root = LogReadingTests.folder(of: try TemporaryFile("").path) + "/runs"
    for (name, rate) in [("a", 1e-4), ("b", 3e-4)] {
      for last in [900, 1880] {
        let rows = stride(from: 50, through: last, by: 50).map {
          "{\"step\": \($0), \"loss\": 3.0, \"learning_rate\": \(rate * Double(1880 - $0) / 1880)}"
        }
        let end = last == 1880 ? ", {\"step\": 1880, \"eval_loss\": 2.5}" : ""
        let folder = "\(root)/\(name)/checkpoint-\(last)"
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
        try "{\"max_steps\": 1880, \"log_history\": [\(rows.joined(separator: ","))\(end)]}".write(
          toFile: folder + "/trainer_state.json", atomically: true, encoding: .utf8)
      }
    }
    let read = try SweepFolder(contentsOf: [root])
    #expect(read.unread.isEmpty && read.logs?.unused.isEmpty == true, "\(read.logs?.unused ?? [])")
    #expect(read.sweep.runs.map(\.baseLearningRate) == [1e-4, 3e-4])
    #expect(read.sweep.runs.allSatisfy { $0.spec.canonical == "linear" && $0.loss == 2.5 })
    #expect(try RunLog(contentsOf: root + "/a").steps.last == 1880)
  }
}
