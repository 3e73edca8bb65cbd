import Bound
import Foundation
import Glibc
import Runs
import Schedules
import Support
import TestSupport
import Testing
import Transfer

@Suite struct SweepEvaluationTests {
  /// A sweep whose optima follow K·(S/T)^−a·V^−b·T^−p.
  static func cells(a: Double, b: Double, p: Double, shapes: [String], horizons: [Int]) throws
    -> [TunedCell]
  {
    try TunedSweep(SyntheticSweep.following(a: a, b: b, p: p, shapes: shapes, horizons: horizons))
      .cells
  }

  static func score(_ rule: BaselineRule, _ evaluation: RuleEvaluation) throws -> RuleScore {
    try #require(evaluation.score(of: rule, from: .pairs))
  }

  /// Runs that follow the default are predicted by it without error, and by the others with theirs.
  @Test func theRuleThatHoldsWins() throws {
    let cells = try Self.cells(
      a: 0.5, b: 0.5, p: 1.0 / 3, shapes: ["wsd20", "linear", "cosine"], horizons: [1000, 8000])
    let evaluation = try RuleEvaluation(of: cells.map(MeasuredOptimum.init))
    #expect(evaluation.pairs.count == 30 * 8 + 8 && evaluation.fromOthers.count == 6 * 9 - 2)
    let standard = try Self.score(.law, evaluation)
    #expect(standard.error.worst < 1e-9 && standard.regret?.worst == 0)
    #expect(standard.covered == 30 && (standard.medianWidth ?? 0) > 1)
    // The prior of a and b is wide, and its mean is not the default's.
    #expect(try Self.score(.calibrated, evaluation).error.worst < 0.2)
    // Over the same shape the bound is off by 8^(1/6), the same learning rate by 8^(1/3), up to what S/T
    // and V change by.
    for (rule, exponent) in [(BaselineRule.bound, 1.0 / 6), (.same, 1.0 / 3), (.thirdPower, 0)] {
      let error = evaluation.pairs.filter {
        $0.rule == rule && $0.source.map { cells[$0].cell.spec } == cells[$0.target].cell.spec
      }.map(\.error)
      #expect(error.count == 6 && error.allSatisfy { abs($0 - exponent * log(8)) < 0.01 })
    }
    // Half of cosine speaks of wsd20 from cosine and back only.
    #expect(try Self.score(.halfOfCosine, evaluation).predictions == 8)
    #expect(evaluation.absence(of: .halfOfCosine) == nil)
  }

  /// Runs that follow the mean learning rate and T^−1/3.
  @Test func theSimpleRules() throws {
    let cells = try Self.cells(
      a: 1, b: 0, p: 1.0 / 3, shapes: ["wsd20", "linear"], horizons: [1000, 4000])
    let evaluation = try RuleEvaluation(of: cells.map(MeasuredOptimum.init))
    #expect(try Self.score(.meanRateThirdPower, evaluation).error.worst < 1e-9)
    #expect(try Self.score(.meanRate, evaluation).error.worst > 0.4)
    #expect(evaluation.absence(of: .halfOfCosine) == "needs a cosine and a wsd cell")
    #expect(evaluation.absence(of: .same) == nil)
  }

  @Test func regretsAtTestedRates() throws {
    let spec = try ScheduleSpec("linear")
    func runs(_ steps: Int, _ losses: [(Double, Double)]) -> [Sweep.Run] {
      losses.map { Sweep.Run(spec: spec, steps: steps, baseLearningRate: $0.0, loss: $0.1) }
    }
    let sweep = Sweep(
      runs: runs(1000, [(1e-3, 3.2), (2e-3, 3.1), (4e-3, 3.15), (8e-3, 3.3)])
        + runs(1001, [(1e-4, 3.05), (2e-4, 3), (4e-4, 3.04), (1e-3, .nan)]))
    let evaluation = try RuleEvaluation(of: TunedSweep(sweep).cells.map(MeasuredOptimum.init))
    let same = evaluation.pairs.filter { $0.rule == .same }
    // From the long optimum the nearest rate of the first cell is its lowest; the other way, the one that
    // diverged.
    #expect(relativeError(try #require(same.first { $0.target == 0 }?.regret), 0.1) < 1e-9)
    #expect(same.first { $0.target == 1 }?.regret == SweepCell.divergenceMargin)
    // The calibration of one cell says nothing.
    #expect(evaluation.score(of: .calibrated, from: .pairs) == nil)
    #expect(evaluation.absence(of: .calibrated)?.contains("two other cells") == true)
    for prediction in evaluation.pairs {
      #expect((prediction.smoothRegret.bound ?? 0) >= 0)
    }
  }

  @Test func tooFewCells() throws {
    let cells = try Self.cells(a: 0.5, b: 0.5, p: 0.3, shapes: ["linear"], horizons: [1000])
    for (count, shown) in [(1, "1 cell shows"), (0, "0 cells show")] {
      let error = #expect(throws: InputError.self) {
        try RuleEvaluation(of: cells.prefix(count).map(MeasuredOptimum.init))
      }
      #expect(error?.problem == "\(shown) an optimum, and a pair needs two")
    }
  }

  /// The sweep of real 124M runs, where it is present.
  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: RealSweepTests.path),
      "needs the folder of real runs"))
  func realSweep() throws {
    let sweep = try Sweep(contentsOf: RealSweepTests.path)
    let evaluation = try RuleEvaluation(of: TunedSweep(sweep).cells.map(MeasuredOptimum.init))
    let standard = try Self.score(.law, evaluation)
    let calibrated = try Self.score(.calibrated, evaluation)
    for rule in [BaselineRule.same, .halfPower, .bound] {
      let other = try Self.score(rule, evaluation)
      #expect(standard.regret?.mean ?? 1 < other.regret?.mean ?? 0)
      #expect(standard.regret?.worst ?? 1 <= other.regret?.worst ?? 0)
      for form in [\RuleScore.boundRegret, \.steepRegret] {
        #expect(standard[keyPath: form]?.mean ?? 1 < other[keyPath: form]?.mean ?? 0)
        #expect(standard[keyPath: form]?.worst ?? 1 < other[keyPath: form]?.worst ?? 0)
      }
      #expect(standard.error.mean < other.error.mean)
    }
    #expect(calibrated.regret?.mean ?? 1 <= standard.regret?.mean ?? 0)
    #expect(calibrated.regret?.worst ?? 1 <= standard.regret?.worst ?? 0)
    // Two horizons and three cooldowns of one family teach little.
    #expect(calibrated.boundRegret?.mean ?? 1 <= 1.1 * (standard.boundRegret?.mean ?? 0))
    for score in [standard, calibrated] {
      #expect(Double(score.covered ?? 0) >= 0.8 * 30 && score.medianWidth ?? 9 <= 2.5)
    }
  }
}

@Suite struct CalibratedRuleTests {
  static func calibration(a: Double, b: Double, p: Double) throws -> Calibration {
    try Calibration(
      of: SweepEvaluationTests.cells(
        a: a, b: b, p: p, shapes: ["wsd20", "linear", "cosine"], horizons: [1000, 8000]))
  }

  static func ask(
    _ rule: TransferRule, _ from: (String, Int), _ to: (String, Int), lr: Double? = nil
  ) throws -> TransferAnswer {
    try TransferQuestionTests.ask(from, to, lr: lr, rule: rule)
  }

  /// Of one shape, runs that follow the default give it.
  @Test func nestsTheDefault() throws {
    let rule = TransferRule.calibrated(
      try Calibration(
        of: SweepEvaluationTests.cells(
          a: 0.5, b: 0.5, p: 1.0 / 3, shapes: ["linear"], horizons: [1000, 4000, 16_000])))
    let calibrated = try Self.ask(rule, ("wsd20", 1000), ("linear", 9000), lr: 1e-3)
    let standard = try Self.ask(.standard(), ("wsd20", 1000), ("linear", 9000), lr: 1e-3)
    #expect(relativeError(calibrated.ratio, standard.ratio) < 1e-9)
    #expect(relativeError(try #require(calibrated.standardRatio), standard.ratio) < 1e-14)
    #expect(calibrated.boundRatio == standard.boundRatio && standard.standardRatio == nil)
    // Floors that are absolute but nothing change nothing.
    let floored = try Self.ask(
      rule, ("wsd20", 1000), ("linear:min-lr=1e-20", 9000), lr: 1e-3)
    #expect(relativeError(floored.ratio, calibrated.ratio) < 1e-8)
  }

  @Test func followsItsExponents() throws {
    let calibration = try Self.calibration(a: 0.3, b: 0.7, p: 0.2)
    let rule = TransferRule.calibrated(calibration)
    #expect(rule.name == "calibrated")
    let answer = try Self.ask(rule, ("wsd20", 1000), ("cosine", 4000), lr: 1e-3)
    let from = try BoundTerms.lastIterate(of: ScheduleSpec("wsd20").schedule(steps: 1000))
    let to = try BoundTerms.lastIterate(of: ScheduleSpec("cosine").schedule(steps: 4000))
    let expected = calibration.ratio(
      from: RunTerms(from, at: Horizon(steps: 1000)), to: RunTerms(to, at: Horizon(steps: 4000)))
    #expect(relativeError(answer.ratio, expected) < 1e-12)
    let deviation = calibration.deviation(
      from: RunTerms(from, at: Horizon(steps: 1000)), to: RunTerms(to, at: Horizon(steps: 4000)))
    #expect(relativeError(answer.uncertainty.horizon, deviation.horizon) < 1e-12)
    #expect(answer.uncertainty.batch == 0 && deviation.batch == 0)
    #expect(answer.uncertainty.shape == calibration.shapeDeviation)
    // There and back again.
    let rate = try #require(answer.to.baseLearningRate)
    let back = try Self.ask(rule, ("cosine", 4000), ("wsd20", 1000), lr: rate)
    #expect(relativeError(try #require(back.to.baseLearningRate), 1e-3) < 1e-12)
  }

  /// With absolute floors the shape depends on γ, and the way back still leads back.
  @Test func absoluteFloors() throws {
    let rule = TransferRule.calibrated(try Self.calibration(a: 0.3, b: 0.7, p: 0.2))
    let there = try Self.ask(
      rule, ("cosine:min-lr=1e-5", 2000), ("wsd20:min-lr=3e-5", 6000), lr: 3e-4)
    let rate = try #require(there.to.baseLearningRate)
    let back = try Self.ask(
      rule, ("wsd20:min-lr=3e-5", 6000), ("cosine:min-lr=1e-5", 2000), lr: rate)
    #expect(relativeError(try #require(back.to.baseLearningRate), 3e-4) < 1e-6)
  }
}

/// The project's own sweep, eighteen cells with three named seeds each.
@Suite struct OwnSweepTests {
  static let path = URL(fileURLWithPath: #filePath)
    .appendingPathComponent("../../../Notebooks/own-sweep.csv").standardized.path

  @Test func noiseAndIntervals() throws {
    let sweep = try Sweep(contentsOf: Self.path)
    #expect(sweep.noise.source == .replicates(freedom: 72))
    #expect(sweep.noise.typical > 0.006 && sweep.noise.typical < 0.009)
    let cells = TunedSweep(sweep).cells
    #expect(cells.count == 18)
    let evaluation = try RuleEvaluation(of: cells.map(MeasuredOptimum.init))
    let annealed = evaluation.pairs.filter { pair in
      cells[pair.target].isAnnealed && pair.source.map { cells[$0].isAnnealed } == true
    }
    let score = try #require(RuleScore(of: .law, in: annealed))
    #expect(score.predictions == 210 && score.covered == 210)
    #expect(score.medianWidth ?? 9 <= 2.3)
    let all = try SweepEvaluationTests.score(.law, evaluation)
    #expect(all.covered == 306)
    #expect(all.regret?.mean ?? 1 < 0.61e-3 && all.regret?.worst ?? 1 < 16e-3)
  }
}
