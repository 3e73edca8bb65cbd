import Bound
import Glibc
import Schedules
import TestSupport
import Testing

@Suite struct AbsoluteFloorTests {
  /// The optimum against a fine scan of Ω over γ.
  @Test(arguments: [
    "linear:min-lr=1e-3", "cosine:min-lr=0.01", "wsd20:min-lr=5e-3,floor=clamp",
    "wsd40:decay=exponential,min-lr=1e-3", "linear:min-lr=1e-9", "invsqrt:min-lr=1e-3",
    "twostage:at=0.5,factor=0.5,cooldown=0.3,min-lr=1e-3", "cosine:period=50%,min-lr=1e-3",
    "wsds:period=30%,cooldown=10%,min-lr=1e-3",
  ])
  func isWhereTheBoundIsLeast(_ text: String) throws {
    let tunable = try TunableSchedule(of: TrainingRun(ScheduleSpec(text), steps: 300))
    let optimum = try tunable.optimum()
    #expect(!optimum.isAtFloor)
    func bound(_ gamma: Double) throws -> Double { try tunable.terms(at: gamma).bound(at: gamma) }
    #expect(relativeError(try bound(optimum.baseLearningRate), optimum.bound) < 1e-14)
    for factor in [0.9, 0.99, 0.999, 1.001, 1.01, 1.1, 2] {
      #expect(try bound(optimum.baseLearningRate * factor) > optimum.bound)
    }
    // Slopes on either side have opposite signs very near by.
    let h = 1e-4
    let rise = try bound(optimum.baseLearningRate * (1 + h)) - optimum.bound
    let fall = try bound(optimum.baseLearningRate * (1 - h)) - optimum.bound
    #expect(abs(rise / fall - 1) < 0.01)
  }

  /// Clamped floors make kinks, and several minima: never above the least of a fine scan.
  @Test(arguments: [
    ("cosine:min-lr=1e-5,floor=clamp", 50), ("cosine:min-lr=1e-5,floor=clamp", 49),
    ("cosine:period=50%,min-lr=1e-6,floor=clamp", 100), ("invsqrt:min-lr=0.1,floor=clamp", 10),
  ])
  func clampedFloors(_ text: String, _ steps: Int) throws {
    let tunable = try TunableSchedule(of: TrainingRun(ScheduleSpec(text), steps: steps))
    let optimum = try tunable.optimum()
    for exponent in stride(from: -1.0, through: 4, by: 0.005) {
      let gamma = optimum.baseLearningRate * pow(10, exponent)
      guard let terms = try? tunable.terms(at: gamma) else { continue }
      #expect(try terms.bound(at: gamma) >= optimum.bound * (1 - 1e-12))
    }
  }

  @Test func aTinyFloorIsNoFloor() throws {
    let floored = try TunableSchedule(
      of: TrainingRun(ScheduleSpec("cosine:min-lr=1e-25"), steps: 500)
    ).optimum()
    let plain = try TunableSchedule(of: TrainingRun(ScheduleSpec("cosine"), steps: 500)).optimum()
    #expect(relativeError(floored.baseLearningRate, plain.baseLearningRate) < 1e-10)
    #expect(relativeError(floored.bound, plain.bound) < 1e-13)
  }

  @Test func aHighFloorMakesTheScheduleConstant() throws {
    let optimum = try TunableSchedule(of: TrainingRun(ScheduleSpec("linear:min-lr=10"), steps: 100))
      .optimum()
    #expect(optimum.isAtFloor && optimum.baseLearningRate == 10)
  }

  /// The distance for which γ is tuned, and back.
  @Test(arguments: ["linear", "wsd20:min-lr=1e-5", "cosine:min-lr=1e-4,floor=clamp"], [1e-3, 0.3])
  func distanceAndBack(_ text: String, _ gamma: Double) throws {
    let tunable = try TunableSchedule(of: TrainingRun(ScheduleSpec(text), steps: 400))
    let distance = try tunable.distance(tunedAt: gamma)
    let optimum = try tunable.optimum(distance: distance)
    #expect(relativeError(optimum.baseLearningRate, gamma) < 1e-8)
  }

  @Test func longRunsUseTheClosedForm() throws {
    let optimum = try TunableSchedule(of: TrainingRun(ScheduleSpec("wsd20"), steps: 1_000_000_000))
      .optimum()
    #expect(relativeError(optimum.baseLearningRate * 1e9.squareRoot(), 0.514515) < 1e-5)
  }
}
