import Glibc
import Schedules
import Support
import TestSupport
import Testing

@Suite struct RealisationTests {
  /// The conventions, written out: spec, steps, multipliers.
  static let conventions: [(String, Int, [Double])] = [
    ("constant", 3, [1, 1, 1]), ("linear", 4, [1, 0.75, 0.5, 0.25]),
    ("linear:min=0.2", 4, [1, 0.8, 0.6, 0.4]),
    ("linear:min=0.6,floor=clamp", 4, [1, 0.75, 0.6, 0.6]),
    ("linear:warmup=2steps", 6, [0.5, 1, 1, 0.75, 0.5, 0.25]),
    ("wsd:cooldown=0.5", 4, [1, 1, 1, 0.5]), ("wsd:cooldown=4steps", 5, [1, 1, 0.75, 0.5, 0.25]),
    ("wsd20", 1, [1]), ("wsd20", 2, [1, 1]), ("linear", 1, [1]), ("linear", 2, [1, 0.5]),
    ("wsd:cooldown=4steps,decay=square", 4, [1, 0.5625, 0.25, 0.0625]),
    ("wsd:cooldown=4steps,decay=1-sqrt", 4, [1, 0.5, 0.2928932188134524, 0.1339745962155614]),
    ("1-sqrt:warmup=2steps", 4, [0.5, 1, 1, 0.2928932188134524]),
    ("wsd100:warmup=50%", 4, [0.5, 1, 1, 0.5]),
    ("1-sqrt", 4, [1, 0.5, 0.2928932188134524, 0.1339745962155614]),
    ("wsd:cooldown=2steps,decay=exponential,min=0.25", 3, [1, 1, 0.5]),
    ("wsd:cooldown=2steps,decay=exponential", 3, [1, 1, 0.1]),
    ("wsd:cooldown=2steps,decay=cosine", 3, [1, 1, 0.5]),
    ("invsqrt", 4, [1, 0.7071067811865476, 0.5773502691896257, 0.5]),
    (
      "invsqrt:timescale=4", 5,
      [1, 0.8944271909999159, 0.816496580927726, 0.7559289460184544, 0.7071067811865476]
    ),
    ("invsqrt:warmup=2steps", 4, [0.5, 1, 1, 0.7071067811865476]),
    ("poly:power=2", 4, [1, 0.5625, 0.25, 0.0625]),
    ("rex", 4, [1, 0.8571428571428571, 0.6666666666666666, 0.4]),
    ("rex:beta=1", 4, [1, 0.75, 0.5, 0.25]),
    ("cosine", 3, [1, 0.75, 0.25]), ("cosine:power=2", 3, [1, 0.5625, 0.0625]),
    ("cosine:min=0.2", 3, [1, 0.8, 0.4]), ("cosine:period=200%", 3, [1, 0.9330127018922193, 0.75]),
    ("cosine:period=50%,min=0.5", 4, [1, 0.75, 0.5, 0.5]),
    ("onecycle:warmup=3steps,start=0.5,end=0.5", 5, [0.5, 0.75, 1, 0.75, 0.5]),
    ("wsds:period=4steps,cooldown=2steps", 8, [1, 1, 1, 0.5, 1, 1, 1, 0.5]),
    ("wsds:period=4steps,cooldown=2steps", 6, [1, 1, 1, 1, 1, 0.5]),
    ("wsds:period=3steps,cooldown=1steps", 5, [1, 1, 1, 1, 1]),
    ("twostage:at=2steps,factor=0.5,cooldown=2steps", 6, [1, 1, 0.5, 0.5, 0.5, 0.25]),
    ("twostage:at=0.5,factor=0.5,cooldown=0.5,min=0.1", 4, [1, 1, 0.5, 0.3]),
    ("piecewise:0=1,0.5=1,1=0", 4, [1, 1, 1, 0.5]),
    ("piecewise:0=0,0.5=1,1=0", 4, [0, 0.5, 1, 0.5]),
    ("piecewise:0=2,1=0", 4, [1, 0.75, 0.5, 0.25]),
  ]

  @Test(arguments: conventions)
  func values(_ text: String, _ steps: Int, _ expected: [Double]) throws {
    let schedule = try ScheduleSpec(text).schedule(steps: steps)
    #expect(schedule.steps == steps)
    for (value, expected) in zip(schedule.multipliers, expected) {
      #expect(abs(value - expected) <= 3e-16, "\(schedule.multipliers)")
    }
    #expect(schedule.multipliers.count == expected.count)
  }

  static let misfits: [(String, Int, String)] = [
    ("wsd:cooldown=500steps,warmup=100steps", 400, "do not fit into 400"),
    ("linear:warmup=300", 300, "leaves no steps"), ("wsd20:warmup=90%", 10, "do not fit"),
    ("wsds:period=10steps,cooldown=20steps", 100, "does not fit into a period"),
    ("twostage:at=90%,factor=0.5,cooldown=20%", 100, "do not fit"),
    ("twostage:at=200steps,factor=0.5,cooldown=20%", 100, "lies outside the run"),
    ("twostage:at=50%,factor=0.1,cooldown=20%,min=0.2", 100, "below the floor"),
    ("cosine:period=5steps,warmup=10steps", 100, "ends within the warmup"),
    ("wsds:period=1steps,cooldown=1steps", 1_000_000_000, "1000000000 cycles"),
    ("onecycle:warmup=50steps", 20, "leaves no steps"), ("linear", 0, "out of range"),
    ("linear", -3, "out of range"), ("linear", 2_000_000_000, "out of range"),
    ("cosine:min-lr=1e-5", 10, "base learning rate is not known"),
  ]

  @Test(arguments: misfits)
  func errors(_ text: String, _ steps: Int, _ problem: String) throws {
    let spec = try ScheduleSpec(text)
    let error = #expect(throws: InputError.self) { try spec.schedule(steps: steps) }
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }

  @Test func fractionsThatRoundOverTheRunAreCut() throws {
    let schedule = try ScheduleSpec("wsd:cooldown=0.5,warmup=0.5").schedule(steps: 3)
    #expect(schedule.multipliers == [0.5, 1, 1])
  }

  @Test func absoluteFloorDependsOnTheBaseLearningRate() throws {
    let spec = try ScheduleSpec("linear:min-lr=1e-4")
    #expect(try spec.schedule(steps: 2, baseLearningRate: 1e-3).multipliers == [1, 0.55])
    #expect(try spec.schedule(steps: 2, baseLearningRate: 1e-4).multipliers == [1, 1])
    let error = #expect(throws: InputError.self) {
      try spec.schedule(steps: 2, baseLearningRate: 9e-5)
    }
    #expect(error?.problem.contains("above the base learning rate") == true)
  }

  static let everyFamily = [
    "constant", "linear:warmup=7%", "cosine", "cosine:power=0.7,min=0.1", "cosine:period=130%",
    "wsd20", "wsd35:decay=1-sqrt", "wsd40:decay=cosine", "wsd20:decay=exponential",
    "wsd20:decay=square",
    "invsqrt:timescale=10,min=0.05,floor=clamp", "poly:power=1.5", "rex:beta=3", "onecycle",
    "wsds:period=30%,cooldown=10%", "twostage:at=40%,factor=0.5,cooldown=20%",
    "piecewise:0=0.3,0.2=0.9,0.7=0.6,1=0.1",
  ]

  /// Entries must not depend on the range in which they are asked for, nor the largest on rounding.
  @Test(arguments: everyFamily)
  func entriesDoNotDependOnTheRange(_ text: String) throws {
    let spec = try ScheduleSpec(text)
    for steps in [1, 2, 3, 10, 333, 5000] {
      let schedule = try spec.schedule(steps: steps)
      let all = schedule.multipliers
      #expect(all.max() == 1)
      #expect(all.allSatisfy { $0 >= 0 && $0 <= 1 })
      #expect(all.first == schedule.first && all.last == schedule.last)
      var generator = SplitMix64(seed: UInt64(steps))
      for _ in 0..<20 {
        let lower = Int.random(in: 0..<steps, using: &generator)
        let upper = Int.random(in: lower...steps, using: &generator)
        #expect(schedule.multipliers(in: lower..<upper) == Array(all[lower..<upper]))
      }
      let stretches = schedule.stretches
      #expect(stretches.first?.steps.lowerBound == 1 && stretches.last?.steps.upperBound == steps)
      #expect(relativeError(schedule.sum, all.reduce(0, +)) < 1e-13)
    }
  }

  #if arch(x86_64)
    /// The cosine against 80-bit arithmetic; the ends count most.
    @Test(arguments: [1, 2, 63, 64, 65, 1000, 99_991, 10_000_000])
    func cosineKeepsItsDigits(_ steps: Int) throws {
      let schedule = try ScheduleSpec("cosine").schedule(steps: steps)
      let pi: Float80 = 3.14159265358979323846264338327950288
      var indices = [0, 1, 2, steps / 3, steps / 2, steps - 65, steps - 64, steps - 2, steps - 1]
      var generator = SplitMix64(seed: 7)
      indices += (0..<2000).map { _ in Int.random(in: 0..<steps, using: &generator) }
      for index in indices where index >= 0 && index < steps {
        let sine = sinl(pi / 2 * Float80(steps - index) / Float80(steps))
        let value = schedule.multipliers(in: index..<index + 1)[0]
        #expect(abs(Float80(value) / (sine * sine) - 1) < 0x1p-50)
      }
    }
  #endif

  @Test(arguments: [2, 5, 445, 5000])
  func onecycleFromZeroIsNeverNegative(_ steps: Int) throws {
    let schedule = try ScheduleSpec("onecycle:start=0").schedule(steps: steps)
    #expect(schedule.multipliers.allSatisfy { $0 >= 0 })
    #expect(schedule.peak == 1)
  }

  @Test(arguments: [1, 65, 1000, 4097])
  func theCosineBeginsAtExactlyOne(_ steps: Int) throws {
    let schedule = try ScheduleSpec("cosine").schedule(steps: steps)
    #expect(schedule.first == 1 && schedule.peak == 1)
  }

  @Test func finalLevelsIgnoreTheLastStep() throws {
    func level(_ text: String, _ steps: Int = 100) throws -> Double {
      try ScheduleSpec(text).schedule(steps: steps).finalLevel
    }
    #expect(try level("linear", 10) < 1e-15)
    #expect(try level("wsd20", 50) < 1e-15)
    #expect(try level("constant") == 1)
    #expect(try abs(level("cosine:min=0.1") - 0.1) < 1e-3)
    #expect(try level("cosine") < 1e-3)
    #expect(try level("constant:warmup=100%", 10) == 1)
    let tenth = try Schedule(
      values: [Double](repeating: 1, count: 90) + [0.1, 0.1, 0.1, 0.1, 0, 0])
    #expect(tenth.finalLevel == 0.1)
    let half = try Schedule(values: [Double](repeating: 1, count: 300) + [0.5])
    #expect(half.finalLevel > 0.3)
  }
}
