import Bound
import Glibc
import Runs
import Schedules
import Support
import TestSupport
import Testing
import Transfer

@Suite struct TransferQuestionTests {
  static func run(_ text: String, _ steps: Int) throws -> TrainingRun {
    try TrainingRun(ScheduleSpec(text), steps: steps)
  }

  static func ask(
    _ from: (String, Int), _ to: (String, Int), lr: Double? = nil, rule: TransferRule = .standard()
  ) throws -> TransferAnswer {
    try TransferQuestion(
      from: run(from.0, from.1), to: run(to.0, to.1), source: lr.map { .given($0) } ?? .unknown,
      rule: rule
    ).answer()
  }

  /// At T = 50000: wsd20 → linear is 1.9438 (2501.18965: ln ratio .664639).
  @Test func headline() throws {
    let answer = try Self.ask(("wsd20", 50_000), ("linear", 50_000), lr: 1e-3)
    #expect(abs(answer.boundRatio - 1.9438) < 5e-5)
    #expect(abs(log(answer.boundRatio) - 0.664639) < 6e-7)
    // At one horizon the default rule is the bound.
    #expect(answer.ratio == answer.boundRatio)
    #expect(relativeError(answer.to.baseLearningRate ?? 0, 1e-3 * answer.ratio) < 1e-15)
    #expect(answer.diagnostics.isEmpty)
  }

  @Test(arguments: [0.2, 1.0 / 3, 0.5, 0.75])
  func horizonExponent(_ exponent: Double) throws {
    let answer = try Self.ask(
      ("linear", 10_000), ("linear", 40_000), rule: .exponent(exponent))
    // γ*(linear) is 1/√T up to ln T/T.
    #expect(relativeError(answer.ratio, pow(4, -exponent)) < 2e-3)
    #expect(relativeError(answer.boundRatio, 0.5) < 2e-3)
    let bound = try Self.ask(("linear", 10_000), ("linear", 40_000), rule: .bound)
    #expect(bound.ratio == bound.boundRatio)
  }

  static let pairs = [
    ("wsd20", "linear"), ("cosine:min=0.1", "invsqrt"),
    ("constant", "wsd40:decay=square,warmup=10steps"),
    ("onecycle", "rex"),
  ]

  /// There and back again is nothing at all.
  @Test(arguments: pairs, [(500, 500), (500, 8000)])
  func thereAndBack(_ pair: (String, String), _ steps: (Int, Int)) throws {
    let there = try Self.ask((pair.0, steps.0), (pair.1, steps.1))
    let back = try Self.ask((pair.1, steps.1), (pair.0, steps.0))
    #expect(relativeError(there.ratio * back.ratio, 1) < 1e-14)
    #expect(relativeError(there.boundRatio * back.boundRatio, 1) < 1e-14)
  }

  @Test(arguments: pairs, [1e-7, 1e-3, 20])
  func ratiosNeedNoScale(_ pair: (String, String), _ lr: Double) throws {
    let bare = try Self.ask((pair.0, 700), (pair.1, 900))
    let scaled = try Self.ask((pair.0, 700), (pair.1, 900), lr: lr)
    #expect(relativeError(scaled.ratio, bare.ratio) < 1e-14)
    #expect(bare.to.baseLearningRate == nil && bare.interval == nil && bare.grid == nil)
  }

  /// To the same run it is the same learning rate, to the last bit.
  @Test(
    arguments: sampled([
      ("wsd20", "wsd:cooldown=0.2"), ("cosine", "cosine"),
      ("cosine:min-lr=1e-5", "cosine:min-lr=1e-5"),
      ("wsd20:decay=1-sqrt,warmup=3%", "wsd20:decay=1-sqrt,warmup=3%"),
    ]))
  func identity(_ from: String, _ to: String) throws {
    var random = SplitMix64(seed: 3)
    for rule in [TransferRule.standard(), .bound, .exponent(0.2)] {
      for _ in 0..<20 {
        let rate = 1e-4 + random.nextUnit()
        let answer = try Self.ask((from, 777), (to, 777), lr: rate, rule: rule)
        #expect(answer.to.baseLearningRate == rate && answer.ratio == 1 && answer.boundRatio == 1)
      }
    }
  }

  @Test func intervalAndGrid() throws {
    let answer = try Self.ask(("wsd20", 1000), ("linear", 4000), lr: 1e-3)
    let uncertainty = answer.uncertainty
    #expect(uncertainty.source == (0.21, 0.21) && uncertainty.ends == 0 && uncertainty.rest == 0.05)
    #expect(uncertainty.shape == 0.08 && uncertainty.batch == 0)
    #expect(relativeError(uncertainty.horizon, 0.25 * log(4)) < 1e-14)
    let interval = try #require(answer.interval)
    let centre = try #require(answer.to.baseLearningRate)
    #expect(relativeError(interval.upperBound * interval.lowerBound, centre * centre) < 1e-14)
    let grid = try #require(answer.grid)
    #expect(grid.count == 5 && grid[2] == centre)
    #expect(relativeError(grid[0], interval.lowerBound) < 1e-14)
    #expect(relativeError(grid[4], interval.upperBound) < 1e-14)
    let ratio = answer.ratioInterval
    let ofInterval = interval.upperBound / interval.lowerBound
    #expect(ratio.upperBound / ratio.lowerBound < ofInterval)
    #expect(zip(grid, grid.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func warnsWhereTheTheoryFails() throws {
    let floor = try Self.ask(("cosine:min=0.1", 1000), ("linear", 1000))
    #expect(floor.diagnostics.map(\.code) == ["not-annealed"])
    #expect(floor.uncertainty.ends == 0.33)
    let constant = try Self.ask(("constant", 1000), ("cosine:min=0.1", 1000))
    #expect(
      relativeError(constant.uncertainty.ends, (0.47 * 0.47 + 0.33 * 0.33).squareRoot()) < 1e-14)
    let far = try Self.ask(("linear", 1000), ("linear", 10_000))
    #expect(far.diagnostics.map(\.code) == ["batch-unknown", "far-horizon"])
  }

  /// With absolute floors the answer is a fixed point: carried back, it gives the source's rate.
  @Test func absoluteFloors() throws {
    let there = try Self.ask(
      ("cosine:min-lr=1e-5", 2000), ("wsd20:min-lr=3e-5", 6000), lr: 3e-4)
    let rate = try #require(there.to.baseLearningRate)
    let back = try Self.ask(
      ("wsd20:min-lr=3e-5", 6000), ("cosine:min-lr=1e-5", 2000), lr: rate)
    #expect(relativeError(try #require(back.to.baseLearningRate), 3e-4) < 1e-8)
    // A floor that is nothing changes nothing.
    let tiny = try Self.ask(("wsd20", 500), ("linear:min-lr=1e-20", 500), lr: 1e-3)
    let none = try Self.ask(("wsd20", 500), ("linear", 500), lr: 1e-3)
    #expect(relativeError(tiny.ratio, none.ratio) < 1e-9)
    #expect(throws: InputError.self) {
      try Self.ask(("wsd20", 500), ("linear:min-lr=1e-5", 500))
    }
    #expect(throws: InputError.self) {
      try Self.ask(("linear:min-lr=1e-2", 500), ("linear", 500), lr: 1e-3)
    }
  }

  @Test func sweptSource() throws {
    let spec = try ScheduleSpec("wsd20")
    let runs = [2.5e-4, 5e-4, 1e-3, 2e-3, 4e-3].map {
      Sweep.Run(spec: spec, steps: 1000, baseLearningRate: $0, loss: 3 + 2e-5 / $0 + 20 * $0)
    }
    let cell = try #require(Sweep(runs: runs).cells.first)
    let optimum = try SweepOptimum(of: cell)
    let answer = try TransferQuestion(
      from: Self.run("wsd20", 1000), to: Self.run("wsd20", 1000), source: .swept(optimum)
    ).answer()
    let interval = try #require(answer.interval)
    // With nothing else unknown, the width is that of the sweep, or what the choice of a form makes.
    let upwards = log(optimum.interval.upperBound / optimum.baseLearningRate)
    let expected = max(0.12, upwards)
    #expect(relativeError(log(interval.upperBound / optimum.baseLearningRate), expected) < 1e-12)
    #expect(answer.from.baseLearningRate == optimum.baseLearningRate)
  }

  /// One shape, however it is written: fractions, steps, files.
  @Test func sameShapes() throws {
    func shape(_ from: (String, Int), _ to: (String, Int)) throws -> Double {
      try Self.ask(from, to).uncertainty.shape
    }
    #expect(try shape(("wsd:cooldown=200steps", 1000), ("wsd20", 1000)) == 0)
    #expect(try shape(("wsd:cooldown=200steps", 1000), ("wsd:cooldown=200steps", 4000)) == 0.08)
    #expect(try shape(("linear", 1000), ("cosine", 1000)) == 0.08)
    #expect(try shape(("wsd100", 1000), ("linear", 5000)) == 0)
    let run = TrainingRun(try Schedule(values: [1, 1, 0.5]), name: "@values.csv")
    let answer = try TransferQuestion(from: run, to: run).answer()
    #expect(answer.uncertainty.shape == 0)
  }

  /// Clamped floors, where the derivative jumps: a transfer to itself changes nothing.
  @Test(arguments: [
    ("invsqrt:min-lr=1e-3,floor=clamp", 100, 1.3e-2), ("cosine:min-lr=1e-5,floor=clamp", 50, 1e-3),
    ("twostage:at=0.5,factor=0.5,cooldown=0.2,min-lr=1e-5", 300, 1e-3),
  ])
  func identityOverAbsoluteFloors(_ text: String, _ steps: Int, _ lr: Double) throws {
    let answer = try Self.ask((text, steps), (text, steps), lr: lr)
    #expect(relativeError(answer.ratio, 1) < 1e-6)
  }
}
