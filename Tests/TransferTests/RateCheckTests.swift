import Bound
import Foundation
import Glibc
import Schedules
import Support
import TestSupport
import Testing

@testable import Runs
@testable import Transfer

/// Base learning rates against what runs say of them.
@Suite struct RateCheckTests {
  /// A model like that of the 124M sweep.
  static let model = LossModel(
    constant: 1.9, logBias: 1, biasExponent: 0.19, logNoise: 1.2, rateExponent: 0.28,
    noiseSumExponent: 0.3)

  /// Several shapes at two horizons, five base learning rates each, with losses of the model.
  static func sweep(steps: [Int] = [2000, 8000], specs: [String] = ["wsd20", "linear"]) throws
    -> Sweep
  {
    var runs: [Sweep.Run] = []
    for steps in steps {
      for text in specs {
        let spec = try ScheduleSpec(text)
        let terms = try BoundTerms.lastIterate(of: spec.schedule(steps: steps))
        let best = model.optimalBaseLearningRate(for: terms)
        for factor in [0.25, 0.5, 1, 2, 4] {
          runs.append(
            Sweep.Run(
              spec: spec, steps: steps, baseLearningRate: best * factor,
              loss: model.loss(at: best * factor, terms: terms)))
        }
      }
    }
    return Sweep(runs: runs)
  }

  @Test(arguments: [0.1, 0.5, 0.9, 1, 1.5, 3, 20])
  func curveIsTheModel(_ ratio: Double) {
    let terms = BoundTerms(stepSum: 8000, noiseSum: 3, steps: 10_000)
    let optimum = Self.model.optimalBaseLearningRate(for: terms)
    let loss = Self.model.loss(at: ratio * optimum, terms: terms)
    let regret = RegretCurve(of: Self.model, terms: terms).regret(at: ratio)
    #expect(abs((regret.nats ?? 0) - loss + Self.model.loss(at: optimum, terms: terms)) < 1e-12)
    // A tuned run over the rest of the steps has the same loss.
    let rest = BoundTerms(
      stepSum: 8000 * (1 - regret.stepsFraction), noiseSum: 3, steps: 10_000)
    let tuned = Self.model.loss(at: Self.model.optimalBaseLearningRate(for: rest), terms: rest)
    #expect(abs(tuned - loss) < 1e-10)
  }

  /// With α = q the curve is f = cosh(α·ln ρ); for small errors it costs ½(α + q)·ln²ρ of the steps.
  @Test func typicalCurve() {
    for ratio in [0.25, 0.5, 2, 4.0] {
      let regret = RegretCurve.typical.regret(at: ratio)
      let factor = (pow(ratio, 0.25) + pow(ratio, -0.25)) / 2
      #expect(abs(regret.stepsFraction - (1 - pow(factor, -8))) < 1e-14 && regret.nats == nil)
    }
    let small = RegretCurve.typical.regret(at: 1.1).stepsFraction
    #expect(relativeError(small, 0.25 * log(1.1) * log(1.1)) < 0.01)
  }

  @Test func extremeErrorsCostNumbers() {
    // However far off, a number.
    for ratio in [1e-100, 1e-50, 1e50, 1e100] {
      for curve in [
        RegretCurve.typical,
        RegretCurve(
          of: Self.model, terms: BoundTerms(stepSum: 8000, noiseSum: 3, steps: 10_000)),
      ] {
        let regret = curve.regret(at: ratio)
        #expect(regret.stepsFraction > 0.99 && regret.stepsFraction <= 1)
        #expect(regret.nats ?? 1 == SweepCell.divergenceMargin)
      }
    }
  }

  /// The mean over a narrow interval is the regret, over a wide one the second moment.
  @Test func expectation() {
    let narrow = RegretCurve.typical.expectedRegret(
      of: 2, centre: 1, interval: 0.999_999...1.000_001)
    #expect(
      relativeError(narrow.stepsFraction, RegretCurve.typical.regret(at: 2).stepsFraction) < 1e-6)
    // 1 − cosh^−8(x/4) = x²/4 − 7/192·x⁴ + …, the mean of which is σ²/4 − 7/64·σ⁴.
    let deviation = 0.05
    let ends = exp(-2 * deviation)...exp(2 * deviation)
    let wide = RegretCurve.typical.expectedRegret(of: 1, centre: 1, interval: ends)
    let square = deviation * deviation
    #expect(relativeError(wide.stepsFraction, square / 4 - 7 * square * square / 64) < 1e-3)
  }

  @Test func verdictsOnASweep() throws {
    let evidence = try RateEvidence(sweep: TunedSweep(Self.sweep()))
    let run = try TrainingRun(ScheduleSpec("cosine"), steps: 16_000)
    let best = Self.model.optimalBaseLearningRate(for: try TunableSchedule(of: run).terms(at: 1))
    func check(_ rate: Double) throws -> RateCheck {
      try RateCheck(rate, for: run, given: evidence)
    }
    let first = try check(best)
    #expect(first.verdict == .ok && !first.isMeasured && first.regretBasis == .lossModel)
    #expect(abs(log(first.suggestion / best)) < 0.15 && first.interval.contains(best))
    #expect(first.leastRegret.nats == 0 && first.expectedRegret.nats ?? 1 < 0.01)
    var last = 0.0
    for factor in [1.5, 2, 4, 8, 16, 1e6] {
      let check = try check(first.suggestion * factor)
      let nats = try #require(check.expectedRegret.nats)
      #expect(nats > last || nats == 1)
      #expect(check.leastRegret.stepsFraction <= check.expectedRegret.stepsFraction)
      last = nats
      if !first.interval.contains(first.suggestion * factor) { #expect(check.verdict != .ok) }
      if factor >= 4 { #expect(check.verdict == .fail) }
    }
    let edge = try check(first.interval.upperBound * 1.05)
    #expect(edge.verdict == .warn && edge.reasons.map(\.code) == ["above-interval"])
    #expect(try check(first.suggestion / 8).reasons.map(\.code) == ["below-interval", "costly"])
  }

  /// A cell of the sweep is its own answer, also for a plan with a warmup that the sweep leaves out.
  @Test(arguments: ["wsd20", "wsd20:warmup=300"])
  func measured(_ spec: String) throws {
    let sweep = try Self.sweep()
    let run = try TrainingRun(ScheduleSpec(spec), steps: 2000)
    let check = try RateCheck(1e-3, for: run, given: RateEvidence(sweep: TunedSweep(sweep)))
    let optimum = try SweepOptimum(of: sweep.cells[0])
    #expect(check.isMeasured && check.suggestion == optimum.baseLearningRate)
  }

  @Test func oneCell() throws {
    let sweep = try Self.sweep(steps: [2000], specs: ["wsd20"])
    let evidence = try RateEvidence(sweep: TunedSweep(sweep))
    #expect(evidence.rule == .standard() && evidence.isTuned)
    let run = try TrainingRun(ScheduleSpec("linear"), steps: 4000)
    let check = try RateCheck(1, for: run, given: evidence)
    #expect(check.regretBasis == .cell && check.expectedRegret.nats != nil)
  }

  @Test func oneRun() throws {
    let spec = try ScheduleSpec("wsd20")
    let evidence = try RateEvidence(
      sweep: TunedSweep(
        Sweep(runs: [.init(spec: spec, steps: 2000, baseLearningRate: 1e-3, loss: 3)])))
    let run = TrainingRun(spec, steps: 2000)
    // It shows no optimum: neither a yes nor a no.
    for rate in [1e-3, 1, 1e-6] {
      let check = try RateCheck(rate, for: run, given: evidence)
      #expect(check.verdict == .warn && check.suggestion == 1e-3 && check.regretBasis == .typical)
      #expect(check.reasons.last?.code == "not-tuned" && check.expectedRegret.nats == nil)
    }
    let diverged = Sweep(runs: [.init(spec: spec, steps: 9, baseLearningRate: 1, loss: .nan)])
    let error = #expect(throws: InputError.self) {
      try RateEvidence(sweep: TunedSweep(diverged, path: "runs.csv"))
    }
    #expect(error?.description.hasPrefix("runs.csv: no run has a finite loss; ") == true)
  }

  @Test func divergence() throws {
    let sweep = try Self.sweep()
    let highest = sweep.runs.map(\.baseLearningRate).max() ?? 0
    let spec = sweep.runs[0].spec
    let failed = Sweep.Run(spec: spec, steps: 2000, baseLearningRate: 2 * highest, loss: .nan)
    let run = TrainingRun(spec, steps: 2000)
    let evidence = try RateEvidence(sweep: TunedSweep(Sweep(runs: sweep.runs + [failed])))
    let check = try RateCheck(2 * highest, for: run, given: evidence)
    #expect(check.verdict == .fail && check.reasons.first?.code == "runs-diverged")
    #expect(check.reasons.first?.message.contains("every run") == true)
    let below = try RateCheck(highest, for: run, given: evidence)
    #expect(!below.reasons.contains { $0.code == "runs-diverged" })
  }

  /// With one tuned rate the suggestion is that of `transfer`.
  @Test func tunedRate() throws {
    let from = try TrainingRun(ScheduleSpec("wsd20"), steps: 50_000)
    let to = try TrainingRun(ScheduleSpec("linear"), steps: 100_000)
    let answer = try TransferQuestion(from: from, to: to, source: .given(1e-3)).answer()
    let check = try RateCheck(
      2e-3, for: to, given: RateEvidence(tuned: from, baseLearningRate: 1e-3))
    #expect(relativeError(check.suggestion, try #require(answer.to.baseLearningRate)) < 1e-14)
    #expect(
      relativeError(check.interval.upperBound, try #require(answer.interval).upperBound) < 1e-13)
    #expect(check.regretBasis == .typical && check.verdict == .ok)
  }

  /// Runs at several batches judge a plan of its own batch only, and none of an unknown one.
  @Test func batches() throws {
    let small = Self.model.optimalBaseLearningRate(
      for: try BoundTerms.lastIterate(of: ScheduleSpec("wsd20").schedule(steps: 2000)))
    let runs = try Self.sweep(steps: [2000], specs: ["wsd20"]).runs.flatMap { run in
      [(1000, 1.0), (64_000, 8.0)].map { batch, factor in
        Sweep.Run(
          spec: run.spec, steps: run.steps, batchTokens: batch,
          baseLearningRate: factor * run.baseLearningRate, loss: run.loss)
      }
    }
    let evidence = try RateEvidence(sweep: TunedSweep(Sweep(runs: runs)))
    for (batch, best) in [(1000, small), (64_000, 8 * small)] {
      let run = TrainingRun(try ScheduleSpec("wsd20"), steps: 2000, batchTokens: batch)
      let check = try RateCheck(best, for: run, given: evidence)
      #expect(check.isMeasured && check.verdict == .ok && abs(log(check.suggestion / best)) < 0.1)
    }
    let error = #expect(throws: InputError.self) {
      try RateCheck(small, for: TrainingRun(ScheduleSpec("wsd20"), steps: 2000), given: evidence)
    }
    #expect(error?.kind == .unanswerable)
  }

  /// A calibration in a file says what its sweep does, up to the interval.
  @Test func calibration() throws {
    let sweep = try Self.sweep()
    let calibration = try Calibration(of: TunedSweep(sweep).cells)
    let run = try TrainingRun(ScheduleSpec("cosine"), steps: 4000)
    let file = try RateCheck(1e-3, for: run, given: RateEvidence(calibration: calibration))
    let runs = try RateCheck(1e-3, for: run, given: RateEvidence(sweep: TunedSweep(sweep)))
    #expect(relativeError(file.suggestion, runs.suggestion) < 1e-12)
    #expect(file.regretBasis == .typical && runs.regretBasis == .lossModel)
  }

  /// Every run of the real sweep against the others: the verdicts, and the regrets that were measured.
  @Test(
    .enabled(
      if: isHeavy && FileManager.default.fileExists(atPath: RealSweepTests.path),
      "needs the folder of real runs"))
  func realSweep() throws {
    let sweep = try Sweep(contentsOf: RealSweepTests.path)
    var misses: [Double] = []
    for cell in sweep.cells {
      let others = Sweep(runs: sweep.runs.filter { $0.spec != cell.spec || $0.steps != cell.steps })
      let evidence = try RateEvidence(sweep: TunedSweep(others))
      let run = TrainingRun(cell.spec, steps: cell.steps)
      let best = try #require(cell.points.map(\.loss).min())
      let measured = try SweepOptimum(of: cell).baseLearningRate
      #expect(try RateCheck(measured, for: run, given: evidence).verdict == .ok)
      for point in cell.points {
        let check = try RateCheck(point.baseLearningRate, for: run, given: evidence)
        #expect(!check.isMeasured)
        if point.loss == best { #expect(check.verdict != .fail, "\(cell.spec.text)") }
        let own = try RateCheck(
          point.baseLearningRate, for: run, given: RateEvidence(sweep: TunedSweep(sweep)))
        if point.loss == best { #expect(own.verdict == .ok, "\(cell.spec.text)") }
        if point.loss > best + 0.1 { #expect(check.verdict == .fail) }
        misses.append(abs((check.expectedRegret.nats ?? 1) - (point.loss - best)))
      }
    }
    print(
      "held-out regrets off by \(misses.reduce(0, +) / Double(misses.count)), worst \(misses.max() ?? 0) nats"
    )
    #expect(misses.count == 21)
    #expect(misses.reduce(0, +) < 0.01 * 21)
  }
}
