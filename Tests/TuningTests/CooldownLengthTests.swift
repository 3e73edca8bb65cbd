import Bound
import Schedules
import TestSupport
import Testing
import Tuning

@Suite struct CooldownLengthTests {
  /// 2501.18965: at T = 400 and fixed γ.
  @Test(arguments: [(0.02, 116), (0.04, 316), (0.05, 400), (0.07, 400)])
  func bestLengthAtFixedBase(_ gamma: Double, _ steps: Int) throws {
    let found = try #require(
      try CooldownLength(
        of: TrainingRun(ScheduleSpec("wsd20"), steps: 400), baseLearningRate: gamma))
    #expect(found.best.steps == steps)
    #expect(found.best.fraction == Double(steps) / 400)
    #expect(found.references.allSatisfy { found.excess(of: $0) >= 0 })
  }

  @Test func tunedTheLongerTheBetter() throws {
    let found = try #require(
      try CooldownLength(of: TrainingRun(ScheduleSpec("constant"), steps: 400)))
    #expect(found.best.steps == 400)
    #expect(abs(found.best.bound - 0.10063) < 5e-6)
    #expect(found.references.map(\.steps) == [40, 80, 160])
    let losses = found.references.map { found.excess(of: $0) }
    #expect(losses[0] > losses[1] && losses[1] > losses[2] && losses[2] > 0)
  }

  /// The search against every length, for a decay without a closed form, with warmup and floor.
  @Test(arguments: ["wsd20:decay=1-sqrt,warmup=20steps", "wsd20:min=0.05", "wsd20:decay=square"])
  func findsTheBestOfAll(_ text: String) throws {
    let spec = try ScheduleSpec(text)
    let found = try #require(
      try CooldownLength(of: TrainingRun(spec, steps: 120), baseLearningRate: 0.05))
    let warmup = spec.warmup?.steps(of: 120) ?? 0
    var best = Double.infinity
    for length in 1...120 - warmup {
      let varied = try #require(spec.replacingCooldown(steps: length))
      best = min(best, try BoundTerms.lastIterate(of: varied.schedule(steps: 120)).bound(at: 0.05))
    }
    #expect(found.best.bound == best)
  }

  /// Ties in the last digits are rounding; the whole run is meant.
  @Test(arguments: [1_000_000, 1_000_000_000])
  func tunedIsTheWholeRun(_ steps: Int) throws {
    let found = try #require(
      try CooldownLength(of: TrainingRun(ScheduleSpec("wsd20"), steps: steps)))
    #expect(found.best.steps == steps)
  }

  @Test func othersHaveNoCooldown() throws {
    #expect(try CooldownLength(of: TrainingRun(ScheduleSpec("cosine"), steps: 100)) == nil)
    #expect(try CooldownLength(of: TrainingRun(ScheduleSpec("invsqrt"), steps: 100)) == nil)
  }

  @Test(arguments: [1, 2])
  func shortestRuns(_ steps: Int) throws {
    let found = try #require(
      try CooldownLength(of: TrainingRun(ScheduleSpec("wsd20"), steps: steps)))
    #expect((1...steps).contains(found.best.steps))
  }
}
