import Glibc
import Runs
import Schedules
import Support
import TestSupport
import Testing

@testable import Transfer

/// Calibrations on cells with batches, and questions whose batches they do or do not know.
@Suite struct CalibrationBatchTests {
  static func calibration(
    shapes: [String] = ["linear", "wsd20"], horizons: [Int] = [1000, 4000, 16_000],
    batches: [Int?], constant: Double = 1.9, p: Double = 1.0 / 3
  ) throws -> Calibration {
    let sweep = try SyntheticSweep.following(
      a: 0.5, b: 0.5, p: p, shapes: shapes, horizons: horizons, batches: batches,
      law: HorizonBatchLaw(constant: constant))
    return try Calibration(of: TunedSweep(sweep).cells)
  }

  static func ask(
    _ calibration: Calibration, _ from: (Int, Int?), _ to: (Int, Int?), spec: String = "linear"
  ) throws -> TransferAnswer {
    let spec = try ScheduleSpec(spec)
    return try TransferQuestion(
      from: TrainingRun(spec, steps: from.0, batchTokens: from.1),
      to: TrainingRun(spec, steps: to.0, batchTokens: to.1), rule: .calibrated(calibration)
    ).answer()
  }

  /// Three batches around B_c give c, and p with it.
  @Test(arguments: [0.8, 1.9, 4])
  func recoversTheConstant(_ constant: Double) throws {
    let calibration = try Self.calibration(batches: [256, 4096, 65_536], constant: constant)
    #expect(calibration.scope == .full && calibration.isLawFitted)
    let deviation = calibration.lawConstantLogDeviation
    #expect(abs(log(calibration.law.constant / constant)) < 2 * deviation && deviation < 0.25)
    let horizon = Horizon(steps: 4000, batchTokens: 4096)
    let truth = HorizonBatchLaw(constant: constant).horizonExponent(at: horizon)
    #expect(abs(calibration.horizonExponent(at: horizon) - truth) < 0.06)
    #expect(calibration.horizonInterval(at: horizon).contains(truth))
  }

  /// The fitted loss knows no batch, and is not fitted across several.
  @Test func noLossAcrossBatches() throws {
    func fit(_ batches: [Int?]) throws -> SweepFit {
      try SweepFit(
        of: TunedSweep(
          SyntheticSweep.following(
            a: 0.5, b: 0.5, p: 1.0 / 3, shapes: ["linear", "wsd20"], horizons: [1000, 4000],
            batches: batches, law: HorizonBatchLaw())))
    }
    let several = try fit([256, 4096])
    #expect(several.lossModel == nil)
    #expect(several.diagnostics.map(\.code).contains("no-loss-model"))
    #expect(try !fit([4096]).diagnostics.map(\.code).contains("no-loss-model"))
  }

  /// One shape at few horizons: c is all that can be fitted.
  @Test func theConstantAlone() throws {
    let calibration = try Self.calibration(
      shapes: ["linear"], horizons: [4000], batches: [256, 4096, 65_536], constant: 1)
    #expect(calibration.scope == .batch)
    #expect(calibration.diagnostics.map(\.code) == ["one-shape", "few-horizons"])
    #expect(calibration.deviations == Calibration.Exponents([0, 0, 0]))
    #expect(abs(log(calibration.law.constant)) < 0.2)
    let answer = try Self.ask(calibration, (4000, 256), (4000, 4096))
    let measured = HorizonBatchLaw(constant: 1).ratio(
      from: Horizon(steps: 4000, batchTokens: 256), to: Horizon(steps: 4000, batchTokens: 4096))
    #expect(abs(log(answer.ratio / measured)) < 0.1)
    // The fitted constant is known at few tokens as well.
    #expect(answer.diagnostics.isEmpty)
    #expect(answer.uncertainty.batch >= 0.12 * log(16) - 1e-12)
    #expect(answer.uncertainty.batch < 0.35 * log(16))
  }

  /// The batch's part is at least the law's, and what ln c adds if that is more.
  @Test func deviations() throws {
    let calibration = try Self.calibration(
      shapes: ["linear"], horizons: [4000], batches: [256, 288], constant: 1)
    let answer = try Self.ask(calibration, (4000, 256), (4000, 1_000_000))
    let law = calibration.law
    let change =
      law.sensitivity(at: Horizon(steps: 4000, batchTokens: 1_000_000))
      - law.sensitivity(at: Horizon(steps: 4000, batchTokens: 256))
    let deviation = calibration.lawConstantLogDeviation
    #expect(deviation > 0.5)
    let least = 0.12 * log(1_000_000.0 / 256)
    #expect(relativeError(answer.uncertainty.batch, max(least, deviation * change)) < 1e-12)
    // Over a horizon at one batch c moves p, and no floor applies.
    let longer = try Self.ask(calibration, (4000, 8192), (64_000, 8192))
    let slope =
      law.sensitivity(at: Horizon(steps: 64_000, batchTokens: 8192))
      - law.sensitivity(at: Horizon(steps: 4000, batchTokens: 8192))
    #expect(relativeError(longer.uncertainty.batch, abs(slope) * deviation) < 1e-12)
    #expect(relativeError(longer.uncertainty.horizon, 0.11 * log(16)) < 1e-12)
  }

  /// A question without a batch has that of the calibration's cells, if these share one.
  @Test func theSharedBatchIsSupplied() throws {
    let calibration = try Self.calibration(batches: [4096], p: 0.25)
    #expect(!calibration.isLawFitted && calibration.law == HorizonBatchLaw())
    let without = try Self.ask(calibration, (4000, nil), (64_000, nil))
    let with = try Self.ask(calibration, (4000, 4096), (64_000, 4096))
    #expect(relativeError(without.ratio, with.ratio) < 1e-12)
    #expect(without.diagnostics.map(\.code) == ["calibration-batch", "far-horizon"])
    #expect(!with.diagnostics.map(\.code).contains("calibration-batch"))
    #expect(relativeError(without.uncertainty.horizon, with.uncertainty.horizon) < 1e-12)
    // Another batch by the law: below 10⁹ tokens an order of magnitude.
    let other = try Self.ask(calibration, (4000, 4096), (4000, 8192))
    let expected = HorizonBatchLaw().ratio(
      from: Horizon(steps: 4000, batchTokens: 4096), to: Horizon(steps: 4000, batchTokens: 8192))
    #expect(relativeError(other.ratio, expected) < 1e-12)
    #expect(relativeError(other.uncertainty.batch, 0.35 * log(2)) < 1e-12)
  }

  /// Cells without a batch: their exponent is that of their unknown batch, and the law changes batches.
  @Test func theBatchIsUnknown() throws {
    let calibration = try Self.calibration(batches: [nil], p: 0.1)
    let exponent = 1.0 / 3 + calibration.exponents.horizonOffset
    #expect(exponent < 0.2)
    for batch in [nil, 64, 10_000_000] {
      let answer = try Self.ask(calibration, (4000, batch), (64_000, batch))
      #expect(relativeError(answer.ratio, pow(16, -exponent)) < 5e-3)
      let horizon = Horizon(steps: 4000, batchTokens: batch)
      #expect(calibration.horizonExponent(at: horizon) == exponent)
    }
    let other = try Self.ask(calibration, (4000, 4096), (4000, 8192))
    let expected = HorizonBatchLaw().ratio(
      from: Horizon(steps: 4000, batchTokens: 4096), to: Horizon(steps: 4000, batchTokens: 8192))
    #expect(relativeError(other.ratio, expected) < 1e-12)
    #expect(relativeError(other.uncertainty.batch, 0.35 * log(2)) < 1e-12)
    // With few horizons p is the law's at a batch that the question names.
    let few = try Self.calibration(horizons: [1000, 4000], batches: [nil])
    let horizon = Horizon(steps: 4000, batchTokens: 10_000_000)
    #expect(few.horizonExponent(at: horizon) == HorizonBatchLaw().horizonExponent(at: horizon))
  }

  @Test func severalBatchesNeedOne() throws {
    let calibration = try Self.calibration(batches: [256, 4096])
    func expectRefusal(_ body: () throws -> Void) {
      let error = #expect(throws: InputError.self, performing: body)
      #expect(error?.kind == .unanswerable && error?.hint.contains("batch") == true)
    }
    expectRefusal { _ = try Self.ask(calibration, (4000, nil), (64_000, nil)) }
    expectRefusal {
      _ = try RateCheck(
        1e-3, for: TrainingRun(ScheduleSpec("cosine"), steps: 4000),
        given: RateEvidence(calibration: calibration))
    }
    let one = try Self.ask(calibration, (4000, 256), (64_000, nil))
    #expect(one.to.run.batchTokens == 256 && one.diagnostics.isEmpty)
    let check = try RateCheck(
      1e-3, for: TrainingRun(ScheduleSpec("cosine"), steps: 4000, batchTokens: 1024),
      given: RateEvidence(calibration: calibration))
    #expect(check.suggestion > 0)
  }
}
