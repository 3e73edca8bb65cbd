import Schedules
import TestSupport
import Testing
import TheoryModel

@Suite struct ScheduleProfileTests {
  static func profile(_ text: String, _ steps: Int) throws -> ScheduleProfile {
    ScheduleProfile(of: try ScheduleSpec(text).schedule(steps: steps))
  }

  static let specs = [
    "linear", "wsd20:warmup=3%", "cosine", "constant", "wsd20:decay=1-sqrt", "rex",
    "cosine:min=0.1", "twostage:at=0.5,factor=0.5,cooldown=0.2",
  ]

  /// Over its own number of steps a profile is the schedule.
  @Test(arguments: specs)
  func overItsOwnSteps(_ text: String) throws {
    let schedule = try ScheduleSpec(text).schedule(steps: 370)
    let profile = ScheduleProfile(of: schedule)
    for (step, multiplier) in schedule.multipliers.enumerated() {
      #expect(abs(profile.multiplier(at: Double(step) / 370) - multiplier) < 1e-12)
    }
  }

  /// Over another number of steps it is nearly the spec over those.
  @Test(arguments: specs, [137, 2000])
  func overOtherSteps(_ text: String, _ steps: Int) throws {
    let profile = try Self.profile(text, 1000)
    let expected = try ScheduleSpec(text).schedule(steps: steps).multipliers
    var apart = 0.0
    for (step, multiplier) in expected.enumerated() {
      apart += abs(profile.multiplier(at: Double(step) / Double(steps)) - multiplier)
    }
    // What is rounded to a step of either falls to one side or the other.
    #expect(apart / Double(steps) < 2 / Double(min(steps, 1000)))
  }

  @Test func cooldownsEndOnZero() throws {
    for text in ["linear", "wsd20", "cosine"] {
      #expect(try abs(Self.profile(text, 100).multiplier(at: 1)) < 3e-3)
    }
    #expect(try Self.profile("constant", 100).multiplier(at: 1) == 1)
    #expect(try relativeError(Self.profile("cosine:min=0.1", 100).multiplier(at: 1), 0.1) < 1e-2)
  }

  static let powers: [(String, Int, Double?)] = [
    ("constant", 1000, 0), ("linear", 1000, 1), ("wsd20", 1_000_000, 1), ("cosine", 100_000, 2),
    ("poly:power=3", 5000, 3), ("cosine:min=0.1", 5000, 0), ("constant", 1, 0),
    ("wsd20:decay=square", 5000, 2),
  ]

  @Test(arguments: powers)
  func tailPowers(_ text: String, _ steps: Int, _ expected: Double?) throws {
    #expect(try Self.profile(text, steps).tailPower == expected)
  }

  /// Blocks are as many steps as the run, have its sum, and end where the schedule bends.
  @Test(arguments: specs, [1, 19, 4000, 1_000_000_007])
  func plans(_ text: String, _ steps: Int) throws {
    let profile = try Self.profile(text, 1000)
    let plan = BlockPlan(of: profile, steps: steps)
    #expect(plan.blocks.reduce(0) { $0 + $1.steps } == Double(steps))
    #expect(plan.blocks.allSatisfy { $0.meanSquare >= $0.mean * $0.mean * (1 - 1e-12) })
    #expect(plan.blocks.count < 700)
    guard steps <= 4000 else { return }
    let direct = (0..<steps).reduce(0.0) { $0 + profile.multiplier(at: Double($1) / Double(steps)) }
    #expect(relativeError(plan.sum, direct) < 3e-4)
    var end = 0.0
    let ends = plan.blocks.map { block in
      end += block.steps
      return end
    }
    for kink in profile.kinks where steps == 4000 { #expect(ends.contains(4 * kink * 1000)) }
  }
}
