import Bound
import Foundation
import Glibc
import Schedules
import Support
import TestSupport
import Testing
import Tuning

@Suite struct FreeFormScheduleTests {
  /// Ω*√T of the best schedule of all.
  @Test(arguments: [(10, 1.82784), (30, 1.96610), (100, 2.00114), (300, 2.00403), (1000, 2.00242)])
  func publishedOptima(_ steps: Int, _ scaled: Double) throws {
    let best = try FreeFormSchedule(steps: steps)
    #expect(abs(best.bound * Double(steps).squareRoot() - scaled) < 5.1e-6)
    let lower = try #require(best.lowerBound)
    #expect(lower <= best.bound && lower > best.bound * (1 - 1e-6))
    // What it says of itself is what its own schedule gives.
    let terms = try BoundTerms.lastIterate(of: Schedule(values: best.learningRates))
    #expect(relativeError(try terms.bound(at: best.baseLearningRate), best.bound) < 1e-13)
    #expect(relativeError(try terms.optimalBaseLearningRate(), best.baseLearningRate) < 1e-6)
  }

  @Test func tenDigitsAtOneHundredSteps() throws {
    #expect(abs(try FreeFormSchedule(steps: 100).bound - 0.2001143582) < 5.1e-11)
  }

  /// In the limit of long runs the optimum is linear decay.
  @Test func tendsToLinearDecay() throws {
    let steps = 4000
    let best = try FreeFormSchedule(steps: steps)
    let schedule = try Schedule(values: best.learningRates)
    for (index, multiplier) in schedule.multipliers.enumerated()
    where index > steps / 50 && index < steps * 49 / 50 {
      let linear = 1 - Double(index) / Double(steps)
      #expect(abs(multiplier - linear) < 0.02)
    }
    let linear = try BoundTerms.lastIterate(of: ScheduleSpec("linear").schedule(steps: steps))
    #expect(try best.bound < linear.optimalBound())
    #expect(try best.bound > linear.optimalBound() * 0.999)
  }

  @Test(arguments: [0.0, 0.5])
  func aPrefixIsKeptToTheBit(_ part: Double) throws {
    let gamma = 0.012345678901234567
    var constraints = FreeFormSchedule.Constraints()
    constraints.prefix = (0..<60).map { gamma * (1 - part * Double($0) / 60) }
    constraints.cap = gamma
    let best = try FreeFormSchedule(steps: 150, constraints: constraints)
    #expect(Array(best.learningRates[..<60]) == constraints.prefix)
    #expect(best.learningRates.allSatisfy { $0 <= gamma && $0 > 0 })
    // No worse than what the constraints allow besides.
    let plain = constraints.prefix + (0..<90).map { gamma * Double(90 - $0) / 90 }
    let terms = try BoundTerms.lastIterate(of: Schedule(values: plain))
    #expect(try best.bound <= terms.bound(at: plain.max() ?? gamma))
    let lower = try #require(best.lowerBound)
    #expect(lower <= best.bound && lower > best.bound * (1 - 1e-5))
  }

  /// Above 200,000 steps the search ends early, within 1e-6 of where it would end.
  @Test(.enabled(if: isHeavy))
  func longRunsEndEarly() throws {
    let gamma = 0.0006
    var constraints = FreeFormSchedule.Constraints()
    constraints.prefix = [Double](repeating: gamma, count: 100_000)
    constraints.cap = gamma
    let early = try FreeFormSchedule(steps: 400_000, constraints: constraints)
    let full = try FreeFormSchedule(steps: 400_000, constraints: constraints, leastGain: 0)
    #expect(early.isConverged && early.iterations < full.iterations)
    #expect(full.bound <= early.bound && early.bound < full.bound * (1 + 1e-6))
  }

  @Test func aCapBinds() throws {
    var constraints = FreeFormSchedule.Constraints()
    constraints.cap = 0.02
    let capped = try FreeFormSchedule(steps: 400, constraints: constraints)
    let free = try FreeFormSchedule(steps: 400)
    #expect(capped.baseLearningRate == 0.02 && capped.bound > free.bound)
    // 2501.18965: at γ = 0.02 the best linear cooldown has 0.111568.
    #expect(capped.bound < 0.111568 && capped.bound > 0.1)
    #expect(try #require(capped.lowerBound) > capped.bound * (1 - 1e-6))
  }

  /// Caps far below the tuned rate, where nearly every step ends on the cap, and far above it.
  @Test(arguments: [
    (4000, 2000, 0.002), (400, 0, 0.001), (5000, 0, 0.001), (5000, 0, 0.002), (3000, 100, 0.5),
    (50, 0, 1e-8),
  ])
  func certifiedUnderAnyCap(_ steps: Int, _ kept: Int, _ cap: Double) throws {
    var constraints = FreeFormSchedule.Constraints()
    constraints.cap = cap
    constraints.prefix = [Double](repeating: cap, count: kept)
    let best = try FreeFormSchedule(steps: steps, constraints: constraints)
    #expect(best.isConverged)
    #expect(try #require(best.lowerBound) > best.bound * (1 - 1e-6))
    let constant = try BoundTerms.lastIterate(of: ScheduleSpec("constant").schedule(steps: steps))
    #expect(try best.bound <= constant.bound(at: cap) * (1 + 1e-12))
  }

  /// Wild norms either converge or say that they did not; never NaN.
  @Test(.enabled(if: isHeavy), arguments: [2.0, 20.0, 100.0])
  func wildNorms(_ spread: Double) throws {
    var generator = SplitMix64(seed: 4)
    let norms = (0..<100).map { _ in exp(Double.random(in: -spread...spread, using: &generator)) }
    let best = try FreeFormSchedule(steps: 100, gradientNorms: .perStep(norms))
    #expect(best.bound.isFinite || !best.isConverged)
  }

  @Test func distanceAndNormScale() throws {
    let unit = try FreeFormSchedule(steps: 50)
    let scaled = try FreeFormSchedule(
      steps: 50, gradientNorms: .constant(4), distance: 3)
    #expect(relativeError(scaled.bound, 12 * unit.bound) < 1e-10)
    #expect(relativeError(scaled.baseLearningRate, unit.baseLearningRate * 3 / 4) < 1e-5)
  }

  /// With norms of its own, better than both linear decay and the refined schedule.
  @Test func followsGradientNorms() throws {
    let norms = (0..<200).map { (step: Int) -> Double in
      let time = Double(step)
      return 1 + 4 * exp(-time / 10) + time / 400
    }
    let each = try GradientNorms.perStep(norms)
    let best = try FreeFormSchedule(steps: 200, gradientNorms: each)
    let linear = try BoundTerms.lastIterate(
      of: ScheduleSpec("linear").schedule(steps: 200), gradientNorms: each)
    let refined = try BoundTerms.lastIterate(
      of: RefinedSchedule(norms: norms).schedule, gradientNorms: each)
    #expect(try best.bound < linear.optimalBound() && best.bound < refined.optimalBound())
    #expect(try #require(best.lowerBound) > best.bound * (1 - 1e-6))
  }

  static let bad: [(steps: Int, prefix: [Double], cap: Double?, problem: String)] = [
    (2, [1, 1], nil, "2 of 2 steps are kept, which leaves none to optimise"),
    (5, [1, 1], 0.5, "the cap 0.5 is below 1.0, the highest kept learning rate"),
    (5, [1, 1], .nan, "the cap nan is not a learning rate"),
    (5, [1, .nan], nil, "step 2 of the kept steps has the learning rate nan"),
    (0, [], nil, "0 of 0 steps are kept, which leaves none to optimise"),
    (2_000_001, [], nil, "a free-form schedule of 2000001 steps is too long"),
  ]

  @Test(arguments: bad)
  func badConstraints(_ steps: Int, _ prefix: [Double], _ cap: Double?, _ problem: String) {
    var constraints = FreeFormSchedule.Constraints()
    (constraints.prefix, constraints.cap) = (prefix, cap)
    let error = #expect(throws: InputError.self) {
      try FreeFormSchedule(steps: steps, constraints: constraints)
    }
    #expect(error?.kind == .value && error?.problem == problem)
  }

  @Test func badNorms() throws {
    #expect(throws: InputError.self) {
      try FreeFormSchedule(steps: 5, gradientNorms: .perStep([1, 1]))
    }
    let error = #expect(throws: InputError.self) {
      try FreeFormSchedule(steps: 3, gradientNorms: .perStep([1, 0, 1]))
    }
    #expect(error?.problem == "the gradient norm of step 2 is zero")
  }

  @Test(arguments: [1, 2, 3])
  func shortestRuns(_ steps: Int) throws {
    let best = try FreeFormSchedule(steps: steps)
    #expect(best.learningRates.count == steps && best.bound > 0)
  }
}
