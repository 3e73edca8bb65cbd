import Foundation
import Runs
import Schedules
import Support
import TestSupport
import Testing

/// Logs against plans: where they part, how far they go.
@Suite struct PlanCheckTests {
  private static func plan(_ spec: String, _ steps: Int) throws -> Schedule {
    try ScheduleSpec(spec).schedule(steps: steps)
  }

  @Test(
    arguments: ["wsd20:warmup=30steps", "linear", "cosine:min=0.1"], LearningRateTiming.allCases)
  func follows(_ spec: String, _ timing: LearningRateTiming) throws {
    let (log, schedule) = try LogScheduleTests.log(spec, steps: 400, timing: timing)
    let check = try PlanCheck(of: log, schedule: schedule, baseLearningRate: 1e-3)
    #expect(check.mismatch == nil && check.agreeing == 40 && check.timing == timing)
    #expect(!check.isUnfinished && !check.beginsLate && !check.hasHole && check.widestGap == 10)
    #expect(check.matchingBaseLearningRate == nil)
  }

  /// A run that is cut short and one that branched off are checked as far as they go.
  @Test func parts() throws {
    let (log, schedule) = try LogScheduleTests.log("wsd20", steps: 400, timing: .next)
    let rates = try #require(log.learningRate)
    func part(_ isKept: (Int) -> Bool) throws -> PlanCheck {
      let rows = zip(rates.steps, rates.values).filter { isKept($0.0) }.map { "\($0),\($1)\n" }
      let log = try RunLog(bytes: Array(("step,lr\n" + rows.joined()).utf8), path: "part.csv")
      return try PlanCheck(of: log, schedule: schedule, baseLearningRate: 1e-3)
    }
    let first = try part { $0 <= 200 }
    #expect(first.mismatch == nil && first.isUnfinished && !first.beginsLate)
    #expect(first.steps == 10...200)
    let last = try part { $0 > 200 }
    #expect(last.mismatch == nil && !last.isUnfinished && last.beginsLate && last.agreeing == 20)
    let ends = try part { $0 < 100 || $0 > 300 }
    #expect(ends.mismatch == nil && ends.hasHole && ends.widestGap == 220)
    #expect(!ends.isUnfinished && !ends.beginsLate)
    let one = try part { $0 == 400 }
    #expect(one.mismatch == nil && one.beginsLate && one.widestGap == 0)
  }

  /// A resumed run repeats steps: the later rows count, and a cooldown that began too early shows.
  @Test func resumed() throws {
    let (log, schedule) = try LogScheduleTests.log("wsd20", steps: 400, timing: .applied)
    let rates = try #require(log.learningRate)
    let rows = zip(rates.steps, rates.values).map { "\($0),\($1)\n" }
    func check(_ text: String) throws -> PlanCheck {
      let log = try RunLog(bytes: Array(("step,lr\n" + text).utf8), path: "resumed.csv")
      return try PlanCheck(of: log, schedule: schedule, baseLearningRate: 1e-3)
    }
    // The first attempt went on at half the rate from step 210 to 250.
    let wrong = stride(from: 210, through: 250, by: 10).map { "\($0),5e-4\n" }.joined()
    let mended = try check(rows[..<20].joined() + wrong + rows[20...].joined())
    #expect(mended.mismatch == nil && mended.agreeing == 40)
    let spoilt = try check(rows.joined() + wrong)
    #expect(spoilt.mismatch?.step == 210 && spoilt.agreeing == 20)
    #expect(spoilt.mismatch?.expected == 1e-3 && spoilt.mismatch?.found == 5e-4)
    #expect(spoilt.matchingBaseLearningRate == nil)
  }

  @Test(arguments: LearningRateTiming.allCases)
  func anotherBaseLearningRate(_ timing: LearningRateTiming) throws {
    let (log, schedule) = try LogScheduleTests.log("linear", steps: 400, timing: timing)
    let check = try PlanCheck(of: log, schedule: schedule, baseLearningRate: 3e-3)
    #expect(check.mismatch?.step == log.learningRate?.steps.first && check.agreeing == 0)
    let rate = try #require(check.matchingBaseLearningRate)
    #expect(relativeError(rate, 1e-3) < 0.004)
    let told = try PlanCheck(
      of: log, schedule: schedule, baseLearningRate: 3e-3, timing: timing)
    #expect(relativeError(try #require(told.matchingBaseLearningRate), 1e-3) < 1e-12)
  }

  @Test func beyondTheEnd() throws {
    let (log, _) = try LogScheduleTests.log("constant", steps: 400, timing: .applied)
    let check = try PlanCheck(
      of: log, schedule: Self.plan("constant", 300), baseLearningRate: 1e-3)
    #expect(check.mismatch?.step == 310 && check.mismatch?.expected == nil && check.agreeing == 30)
  }

  @Test func withoutLearningRates() throws {
    let log = try RunLog(bytes: Array("step,loss\n1,2\n2,1\n".utf8), path: "bare.csv")
    let error = #expect(throws: InputError.self) {
      try PlanCheck(of: log, schedule: Self.plan("linear", 10), baseLearningRate: 1)
    }
    #expect(error?.description.contains("no learning rate (only loss)") == true)
  }
}
