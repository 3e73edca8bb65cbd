import Bound
import Schedules
import Support
import TestSupport
import Testing
import Tuning

@Suite struct TunedRunTests {
  @Test func gathersWhatTheBoundSays() throws {
    let run = try TrainingRun(ScheduleSpec("wsd20"), steps: 400)
    let tuned = try TunedRun(run, baseLearningRate: 0.02)
    let tunable = try TunableSchedule(of: run)
    #expect(try tuned.optimum.bound == tunable.optimum().bound)
    #expect(try tuned.bound == tunable.bound(fixed: 0.02).bound)
    #expect(tuned.cooldown?.best.steps == 116 && tuned.cycle == nil)
    let cosine = try TunedRun(TrainingRun(ScheduleSpec("cosine"), steps: 400))
    #expect(cosine.cooldown == nil && cosine.cycle != nil && cosine.bound == nil)
  }

  /// Far below γ* the best cycle is the longest that is searched.
  @Test(arguments: [(0.01, ["edge"]), (0.02, [])] as [(Double, [String])])
  func cyclesAtTheEdge(_ gamma: Double, _ codes: [String]) throws {
    let run = try TrainingRun(ScheduleSpec("cosine"), steps: 400)
    #expect(try TunedRun(run, baseLearningRate: gamma).diagnostics.map(\.code) == codes)
  }

  /// Every curve has its least point at the optimum, and the bound that the schedule has there.
  @Test func curves() throws {
    let run = try TrainingRun(ScheduleSpec("wsd20:min-lr=0.01"), steps: 400)
    let tuned = try TunedRun(run)
    let curve = try tuned.bounds(count: 80)
    #expect(curve.count < 81 && curve.allSatisfy { $0.baseLearningRate >= 0.01 })
    #expect(curve.allSatisfy { $0.bound >= tuned.optimum.bound * (1 - 1e-12) })
    let free = try TunedRun(TrainingRun(ScheduleSpec("rex"), steps: 400))
    #expect(try free.bounds(count: 80)[40].bound == free.optimum.bound)

    let cooldown = try #require(tuned.cooldown)
    let lengths = try cooldown.choices(count: 30)
    #expect(lengths.first?.steps == 1 && lengths.last?.steps == 400)
    #expect(lengths.allSatisfy { cooldown.excess(of: $0) >= -1e-12 })
    let cycle = try #require(
      try CosineCycle(of: TrainingRun(ScheduleSpec("cosine"), steps: 400)))
    let cycles = try cycle.choices(count: 30)
    #expect(cycles.first?.steps == 200 && cycles.last?.steps == 1600)
    #expect(cycles.allSatisfy { $0.bound >= cycle.best.bound })
  }

  /// The free form keeps what it is told to, under the cap of the run's own γ.
  @Test func freeForm() throws {
    let run = try TrainingRun(ScheduleSpec("constant"), steps: 150)
    let tuning = try FreeFormTuning(of: run, baseLearningRate: 0.02, keeping: 60)
    #expect(tuning.cap == 0.02 && tuning.given.baseLearningRate == 0.02 && tuning.excess > 0)
    #expect(tuning.best.learningRates[..<60].allSatisfy { $0 == 0.02 })
    #expect(tuning.schedule.steps == 150 && tuning.best.baseLearningRate == 0.02)
    let free = try FreeFormTuning(of: run)
    #expect(free.cap == nil && free.best.bound < tuning.best.bound)
    #expect(throws: InputError.self) { try FreeFormTuning(of: run, keeping: 200) }
  }

  @Test func unconvergedSearches() throws {
    let cut = try FreeFormSchedule(steps: 100) { iteration, _ in iteration < 2 }
    let error = #expect(throws: InputError.self) { try cut.schedule() }
    #expect(error?.kind == .unanswerable && !cut.isConverged)
  }
}
