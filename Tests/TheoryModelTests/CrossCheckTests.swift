import Glibc
import Schedules
import TestSupport
import Testing
import TheoryModel

extension CrossCheck.Reading {
  /// The reading over 4000 steps of the source.
  var middle: CrossCheck.Horizon? { horizons.first { $0.sourceSteps == 4000 } }
}

@Suite struct CrossCheckTests {
  static func schedule(_ text: String, _ steps: Int = 4000) throws -> Schedule {
    try ScheduleSpec(text).schedule(steps: steps)
  }

  static func check(
    _ from: String, _ to: String, steps: (Int, Int) = (4000, 4000),
    tasks: [ModelTask] = CrossCheck.standardTasks
  ) throws -> CrossCheck {
    try CrossCheck(from: schedule(from, steps.0), to: schedule(to, steps.1), tasks: tasks)
  }

  /// Ratios to wsd20, on E1, E2, E3, L1, L2 and H, of an independent program's single steps.
  static let ratios: [(String, [Double])] = [
    ("constant", [0.595, 0.549, 0.511, 0.294, 0.265, 0.172]),
    ("wsd10", [0.863, 0.865, 0.870, 0.842, 0.826, 0.751]),
    ("wsd40", [1.227, 1.218, 1.197, 1.222, 1.221, 1.328]),
    ("linear", [2.095, 2.029, 1.888, 1.832, 1.731, 2.093]),
    ("cosine", [2.110, 1.964, 1.762, 1.737, 1.651, 2.004]),
    ("cosine:min=0.1", [1.788, 1.720, 1.617, 1.323, 1.229, 1.119]),
  ]

  @Test(arguments: sampled(ratios))
  func ratiosToWSD(_ shape: String, _ expected: [Double]) throws {
    let check = try Self.check("wsd20", shape)
    #expect(check.readings.map(\.task.name) == ["E1", "E2", "E3", "L1", "L2", "H"])
    for (reading, ratio) in zip(check.readings, expected) {
      let own = try #require(reading.middle).ratio
      #expect(relativeError(own, ratio) < 0.015, "\(reading.task.name): \(own)")
      let ratios = reading.horizons.map(\.ratio)
      #expect(reading.ratioRange == (ratios.min() ?? 0)...(ratios.max() ?? 0))
    }
    let range = try #require(check.ratioRange())
    #expect(range.lowerBound == check.readings.compactMap(\.ratioRange?.lowerBound).min())
    #expect(range.upperBound == check.readings.compactMap(\.ratioRange?.upperBound).max())
    let like = try #require(check.ratioRange(of: CrossCheck.tasksLikeLanguageModels))
    #expect(like.lowerBound >= range.lowerBound && like.upperBound <= range.upperBound)
  }

  /// p in γ* ∝ T^−p from 1000 to 16000 steps, of the same program.
  static let exponents: [(String, [Double])] = [
    ("wsd20", [0.508, 0.341, 0.161, 0.161, 0.128, -0.159]),
    ("linear", [0.501, 0.319, 0.133, 0.073, 0.034, -0.083]),
    ("constant", [0.569, 0.425, 0.272, 0.316, 0.357, 0.169]),
  ]

  @Test(arguments: sampled(exponents))
  func horizonExponents(_ shape: String, _ expected: [Double]) throws {
    let check = try Self.check(shape, shape)
    for (reading, exponent) in zip(check.readings, expected) {
      let rates = reading.horizons.filter { [1000, 16_000].contains($0.sourceSteps) }
      let own = log(rates[0].targetRate / rates[1].targetRate) / log(16)
      #expect(abs(own - exponent) < 0.01)
      let exponents = try #require(reading.horizonExponents.to)
      #expect(exponents.lowerBound <= own && own <= exponents.upperBound)
    }
    let range = try #require(check.horizonExponentRange)
    #expect(range.upperBound == check.readings.compactMap(\.horizonExponents.to?.upperBound).max())
  }

  /// ξ = max(0, (s − 1 + 1/α)/(s + 1/α)) as fractions.
  static let limits: [(String, [Double])] = [
    ("linear", [1.0 / 2, 3.0 / 8, 1.0 / 4, 2.0 / 9, 1.0 / 5, 0]),
    ("cosine", [1.0 / 2, 3.0 / 8, 1.0 / 4, 2.0 / 9, 1.0 / 5, 0]),
    ("constant", [4.0 / 7, 4.0 / 9, 1.0 / 3, 4.0 / 11, 3.0 / 7, 1.0 / 5]),
    ("cosine:min=0.1", [4.0 / 7, 4.0 / 9, 1.0 / 3, 4.0 / 11, 3.0 / 7, 1.0 / 5]),
  ]

  @Test(arguments: sampled(limits))
  func limitingExponents(_ shape: String, _ expected: [Double]) throws {
    let check = try Self.check(shape, shape)
    for (reading, exponent) in zip(check.readings, expected) {
      #expect(abs(try #require(reading.limitingExponents.to) - exponent) < 1e-12)
    }
  }

  @Test func nothingChangesNothing() throws {
    let check = try Self.check("wsd20", "wsd20")
    #expect(check.ratioRange() == 1...1)
    let verdict = check.verdict(on: 1)
    #expect(verdict.label == .agrees)
    #expect(try #require(verdict.worstRegret) < 1e-12)
  }

  /// A longer run of one shape: the ratio follows the measured exponent.
  @Test func horizons() throws {
    let check = try Self.check("linear", "linear", steps: (5000, 20_000))
    for reading in check.counted {
      #expect(reading.horizons.map(\.sourceSteps) == CrossCheck.horizons)
      let exponents = try #require(reading.horizonExponents.from)
      for ratio in reading.horizons.dropLast().map(\.ratio) {
        #expect(-log(ratio) / log(4) > exponents.lowerBound - 0.01)
        #expect(-log(ratio) / log(4) < exponents.upperBound + 0.01)
      }
    }
    // The bound's exponent holds on the easiest task alone.
    let verdict = check.verdict(on: 0.5)
    #expect(verdict.label == .taskDependent)
    #expect(verdict.judgements.first?.agrees == true && verdict.judgements.last?.agrees == false)
  }

  @Test(.enabled(if: isHeavy)) func verdicts() throws {
    for shape in ["wsd10", "wsd40"] {
      let check = try Self.check("wsd20", shape)
      #expect(check.verdict(on: shape == "wsd10" ? 0.9 : 1.18).label == .agrees)
    }
    let constant = try Self.check("wsd20", "constant")
    #expect(constant.verdict(on: 0.55).label == .taskDependent)
    #expect(constant.verdict(on: 10).label == .disagrees)
    let diverging = constant.verdict(on: 1e6)
    #expect(diverging.label == .disagrees && diverging.worstRegret == .infinity)
  }

  /// A tuned target loses nothing at its own ratio and something beside it.
  @Test(.enabled(if: isHeavy)) func regretIsLeastAtTheModelsOwnRatio() throws {
    let check = try Self.check("wsd20", "cosine")
    for (index, reading) in check.counted.enumerated() {
      for horizon in reading.horizons {
        let own = check.verdict(on: horizon.ratio).judgements[index]
        #expect(own.agrees && own.regrets.lowerBound < 1e-9)
      }
      let range = try #require(reading.ratioRange)
      for ratio in [0.8 * range.lowerBound, 1.15 * range.upperBound] {
        #expect(check.verdict(on: ratio).judgements[index].regrets.lowerBound > 1e-4)
      }
    }
  }

  /// A task contradicts a ratio only where it does so at every horizon: L2 reads 1.73 for linear decay over
  /// 4000 steps and 2.2 over more.
  @Test func anyHorizonMayBeTheUsers() throws {
    let check = try Self.check("wsd20", "linear", tasks: [CrossCheck.tasksLikeLanguageModels[1]])
    let ratios = check.readings[0].horizons.map(\.ratio)
    #expect(ratios[1] < 1.75 && ratios[3] > 2.15 && ratios == ratios.sorted())
    #expect(check.verdict(on: 1.9438).label == .agrees)
    #expect(check.verdict(on: 2.3).label == .agrees && check.verdict(on: 1.1).label == .disagrees)
  }

  /// Without noise and with large batches nothing but stability limits the learning rate.
  @Test func tasksOnTheEdgeAreLeftOut() throws {
    let edge = try ModelTask("1.5,4,0.1%,64")
    let check = try Self.check("wsd20", "linear", tasks: [edge, CrossCheck.standardTasks[0]])
    #expect(check.readings.map(\.horizons.isEmpty) == [true, false])
    #expect(check.counted.map(\.task.name) == ["E1"])
    #expect(check.verdict(on: 2).judgements.count == 1)
    let none = try Self.check("wsd20", "linear", tasks: [edge])
    #expect(none.ratioRange() == nil && none.horizonExponentRange == nil)
    #expect(none.verdict(on: 2).label == .unknown && none.verdict(on: 2).worstRegret == nil)
  }

  /// The user's steps are no steps of the model: only their quotient matters.
  @Test func theUsersUnitOfStepsDoesNotMatter() throws {
    let tasks = [CrossCheck.standardTasks[1], CrossCheck.standardTasks[5]]
    let expected = try Self.check("wsd20", "cosine", tasks: tasks)
    for steps in [400, 1_000_000_000] {
      let check = try Self.check("wsd20", "cosine", steps: (steps, steps), tasks: tasks)
      for (reading, other) in zip(check.readings, expected.readings) {
        for (own, expected) in zip(reading.horizons, other.horizons) {
          #expect(relativeError(own.ratio, expected.ratio) < 3e-3)
        }
      }
    }
  }

  /// Explicit values, as plans to extend a run are made of, are read like the spec that they follow.
  @Test func storedValues() throws {
    let spec = "twostage:at=0.5,factor=0.6,cooldown=0.2,warmup=2%"
    let tasks = [CrossCheck.standardTasks[1], CrossCheck.standardTasks[5]]
    let expected = try Self.check("wsd20", spec, steps: (2000, 3000), tasks: tasks)
    let stored = try CrossCheck(
      from: Self.schedule("wsd20", 2000),
      to: Schedule(values: Self.schedule(spec, 3000).multipliers.map { 0.07 * $0 }), tasks: tasks)
    for (reading, other) in zip(stored.readings, expected.readings) {
      let own = try #require(reading.middle).ratio
      #expect(relativeError(own, try #require(other.middle).ratio) < 5e-3)
    }
  }

  /// Steps of zero at the end are no part of the run.
  @Test func trailingZeros() throws {
    let linear = try Self.schedule("linear", 1000).multipliers
    let padded = try Schedule(values: linear + [Double](repeating: 0, count: 1000))
    let tasks = [CrossCheck.standardTasks[3]]
    let check = try CrossCheck(from: Self.schedule("linear", 1000), to: padded, tasks: tasks)
    #expect(relativeError(try #require(check.readings[0].middle).ratio, 1) < 1e-3)
  }

  static let extremes: [(String, Int, String, Int)] = [
    ("constant", 1, "linear", 1_000_000_000), ("linear", 1_000_000_000, "constant", 1),
    ("piecewise:0=0,0.999999=0,1=1", 10_000_000, "linear", 100),
    ("wsds:period=100steps,cooldown=10steps", 1_000_000, "exponential", 1_000_000),
    ("onecycle", 7, "invsqrt:warmup=3steps", 11),
  ]

  @Test(.enabled(if: isHeavy), arguments: sampled(extremes))
  func extremesAreFinite(_ from: String, _ steps: Int, _ to: String, _ toSteps: Int) throws {
    guard let source = try? Self.schedule(from, steps), let target = try? Self.schedule(to, toSteps)
    else { return }
    let tasks = try [
      CrossCheck.standardTasks[0], CrossCheck.standardTasks[5],
      ModelTask("100,100,0%,1e50"), ModelTask("1.0001,1.0001,100000%,1"),
    ]
    let check = CrossCheck(from: source, to: target, tasks: tasks)
    for reading in check.counted {
      #expect(reading.horizons.allSatisfy { $0.ratio > 0 && $0.ratio.isFinite })
      let (exponents, limits) = (reading.horizonExponents, reading.limitingExponents)
      for exponent in [exponents.from, exponents.to] {
        #expect(exponent?.lowerBound.isFinite != false && exponent?.upperBound.isFinite != false)
      }
      #expect(limits.from?.isFinite != false && limits.to?.isFinite != false)
    }
    for ratio in [1e-6, 1, 1e6] {
      #expect(check.verdict(on: ratio).judgements.allSatisfy { $0.regrets.lowerBound >= 0 })
    }
  }
}
