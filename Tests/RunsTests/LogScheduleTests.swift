import Foundation
import Runs
import Schedules
import Support
import TestSupport
import Testing

/// Learning rates of logs against the schedule of the run.
@Suite struct LogScheduleTests {
  static let rate = 1e-3

  /// A log of a schedule's learning rates, some updates apart.
  static func log(
    _ spec: String, steps: Int, timing: LearningRateTiming, every: Int = 10,
    change: (Int, Double) -> Double = { $1 }
  ) throws -> (RunLog, Schedule) {
    let schedule = try ScheduleSpec(spec).schedule(steps: steps)
    let multipliers = schedule.multipliers
    var rows = "step,lr,loss\n"
    for update in stride(from: every, through: steps, by: every) {
      // What stands at a step: of this update, of the next (0 after the end), or counted from 0.
      let index = timing == .next ? update : update - 1
      let value = index < steps ? rate * multipliers[index] : 0
      let step = timing == .appliedFromZero ? update - 1 : update
      rows += "\(step),\(change(step, value)),3\n"
    }
    return (try RunLog(bytes: Array(rows.utf8), path: "run.csv"), schedule)
  }

  @Test(
    arguments: [
      "linear", "cosine:warmup=30", "wsd20:warmup=30", "wsd:cooldown=40steps", "invsqrt",
    ],
    LearningRateTiming.allCases)
  func timingIsFound(_ spec: String, _ timing: LearningRateTiming) throws {
    let (log, schedule) = try Self.log(
      spec.replacingOccurrences(of: "warmup=30", with: "warmup=30steps"), steps: 400,
      timing: timing)
    let aligned = try log.aligned(with: schedule, baseLearningRate: Self.rate)
    #expect(aligned.learningRateTiming == timing)
    // The learning rates are those that the steps took.
    let rates = try #require(aligned.learningRate)
    let shift = timing == .appliedFromZero ? 0 : 1
    for (step, value) in zip(rates.steps, rates.values) {
      #expect(value == Self.rate * schedule.multipliers[step - shift])
    }
    #expect(rates.steps.count == log.learningRate?.steps.count)
    #expect(aligned.repairs.contains { $0.kind == .learningRatesOfNextStep } == (timing == .next))
  }

  /// Single precision, six digits, and a warmup that begins at a hundredth of the peak.
  @Test func whatTrainersDifferBy() throws {
    for change in [
      { (_: Int, rate: Double) in Double(Float(rate)) },
      { (_: Int, rate: Double) in (rate * 1e9).rounded() / 1e9 },
      { (step: Int, rate: Double) in
        step < 60 ? rate + Self.rate * 0.01 * (1 - Double(step) / 60) : rate
      },
    ] {
      for timing in LearningRateTiming.allCases {
        let (log, schedule) = try Self.log(
          "wsd20:warmup=60steps", steps: 400, timing: timing, change: change)
        let aligned = try log.aligned(with: schedule, baseLearningRate: Self.rate)
        #expect(aligned.learningRateTiming == timing)
      }
    }
  }

  @Test func aConstantTellsNothing() throws {
    let (log, schedule) = try Self.log("constant", steps: 400, timing: .applied)
    let aligned = try log.aligned(with: schedule, baseLearningRate: Self.rate)
    #expect(aligned.learningRateTiming == nil && aligned.learningRate == log.learningRate)
    let told = try log.aligned(with: schedule, baseLearningRate: Self.rate, timing: .next)
    #expect(told.learningRateTiming == .next)
  }

  /// The log's spec, the plan's spec, its steps and rate, and the first step that differs.
  @Test(arguments: [
    ("wsd20", "wsd10", 400, 1e-3, 330), ("wsd10", "wsd20", 400, 1e-3, 330),
    ("linear", "linear", 400, 2e-3, 10), ("linear", "linear", 800, 1e-3, 10),
    ("linear", "cosine", 400, 1e-3, 10), ("constant", "constant", 200, 1e-3, 210),
    ("wsd20:warmup=100steps", "wsd20", 400, 1e-3, 10),
  ])
  func anotherRun(_ own: String, _ spec: String, _ steps: Int, _ rate: Double, _ first: Int) throws
  {
    let (log, _) = try Self.log(own, steps: 400, timing: .applied)
    let plan = try ScheduleSpec(spec).schedule(steps: steps)
    let check = try PlanCheck(of: log, schedule: plan, baseLearningRate: rate)
    let mismatch = try #require(check.mismatch)
    #expect(mismatch.step == first)
    #expect(mismatch.found == log.learningRate?.values[first / 10 - 1])
    if let expected = mismatch.expected {
      #expect(abs(expected - rate * plan.multipliers[first - 1]) < 0.01 * rate)
    }
    let error = #expect(throws: InputError.self) {
      try log.aligned(with: plan, baseLearningRate: rate)
    }
    let found = "at step \(first) the learning rate is \(mismatch.found)"
    #expect(error?.kind == .contents && error?.problem.contains(found) == true)
  }

  @Test func movedWithoutASchedule() throws {
    let (log, _) = try Self.log("linear", steps: 30, timing: .next)
    let moved = try log.timed(.next)
    #expect(moved.learningRate?.steps == [11, 21, 31] && moved.steps == [10, 11, 20, 21, 30, 31])
    #expect(log.diagnostics.map(\.code) == ["lr-maybe-next"] && moved.diagnostics.isEmpty)
    let applied = try log.timed(.applied)
    #expect(applied.learningRate == log.learningRate && applied.diagnostics.isEmpty)
    let bare = try RunLog(bytes: Array("step,loss\n1,3\n".utf8), path: "bare.csv")
    #expect(throws: InputError.self) { try bare.timed(.applied) }
  }

  static let folder = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../../../shared/data").standardized.path

  /// Every real run with the schedule of its file's name.
  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: folder), "needs the folder of real runs"))
  func realRuns() throws {
    let folder = Self.folder + "/llama-124m/runs"
    let runs = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
      $0.hasPrefix("ann")
    }
    #expect(runs.count == 21)
    for name in runs {
      let log = try RunLog(contentsOf: folder + "/" + name)
      let fraction = try #require(name.split(separator: "_").first?.split(separator: "-").last)
      let rate = try #require(name.firstMatch(of: /_lr([0-9.]+)_/).flatMap { Double($0.1) })
      let steps = try #require(name.firstMatch(of: /_iter([0-9]+)_/).flatMap { Int($0.1) })
      let spec = try ScheduleSpec("wsd:cooldown=\(fraction),warmup=300")
      let aligned = try log.aligned(with: spec.schedule(steps: steps), baseLearningRate: rate)
      #expect(aligned.learningRateTiming == .next && log.finalLossQuantity == .finalValidationLoss)
      let last = try #require(aligned.learningRate?.values.last)
      let cooldown = try #require(Double(fraction)) * Double(steps)
      #expect(relativeError(last, rate / cooldown) < 1e-12)
    }
  }
}
