import Bound
import Foundation
import Runs
import Schedules
import Support
import TestSupport
import Testing

@testable import Transfer

@Suite struct CalibrationTests {
  static func cells(_ sweep: Sweep) -> [TunedCell] {
    TunedSweep(sweep).cells
  }

  /// Exponents within two deviations of the truth, and predictions near the cells.
  @Test(arguments: [(0.5, 0.5, 1.0 / 3), (0.25, 0.6, 0.2), (0.3, 0.7, 0.4)])
  func recoversExponents(_ a: Double, _ b: Double, _ p: Double) throws {
    let sweep = try SyntheticSweep.following(a: a, b: b, p: p, horizons: [1000, 4000, 16_000])
    let calibration = try Calibration(of: Self.cells(sweep))
    #expect(calibration.scope == .full && calibration.sources.count == 15)
    #expect(calibration.diagnostics.isEmpty)
    let (exponents, deviations) = (calibration.exponents, calibration.deviations)
    #expect(abs(exponents.stepSum - a) < 2 * deviations.stepSum)
    #expect(abs(exponents.noiseSum - b) < 2 * deviations.noiseSum)
    #expect(abs(exponents.horizonOffset - (p - 1.0 / 3)) < 0.03)
    #expect(calibration.horizonInterval(at: Horizon(steps: 1000)).contains(p))
    #expect(calibration.shapeDeviation >= 0.1 && calibration.shapeDeviation < 0.15)
    for cell in Self.cells(sweep) {
      let rate = exp(calibration.logBaseLearningRate(for: cell.runTerms))
      #expect(abs(log(rate / cell.optimum.baseLearningRate)) < 0.06)
    }
  }

  /// Longer spans and more cells narrow δ, which lies between the prior's 0 and that of the runs.
  @Test func shrinksTowardsTheLaw() throws {
    func calibration(_ horizons: [Int]) throws -> Calibration {
      try Calibration(
        of: Self.cells(SyntheticSweep.following(a: 0.5, b: 0.5, p: 0.2, horizons: horizons)))
    }
    let few = try calibration([1000, 4000, 16_000])
    let many = try calibration([250, 1000, 4000, 16_000])
    for calibration in [few, many] {
      #expect((-2.0 / 15...0).contains(calibration.exponents.horizonOffset))
    }
    #expect(many.exponents.horizonOffset < few.exponents.horizonOffset)
    #expect(many.deviations.horizonOffset < few.deviations.horizonOffset)
  }

  @Test func oneShape() throws {
    let sweep = try SyntheticSweep.following(
      a: 0.5, b: 0.5, p: 0.1, shapes: ["linear"], horizons: [1000, 4000, 16_000])
    let calibration = try Calibration(of: Self.cells(sweep))
    #expect(calibration.scope == .horizon && calibration.diagnostics.map(\.code) == ["one-shape"])
    #expect(calibration.exponents.stepSum == 0.5 && calibration.exponents.noiseSum == 0.5)
    #expect(calibration.deviations.stepSum == 0 && calibration.deviations.noiseSum == 0)
    #expect(calibration.exponents.horizonOffset < -0.1)
    #expect(calibration.shapeDeviation == TransferUncertainty.otherShape)
  }

  /// Two horizons, a span under 16, and three horizons of which no batch has three: p stays the law's.
  @Test(arguments: [
    ([2000], [nil]), ([1000, 16_000], [nil]), ([1000, 4000, 15_999], [nil]),
    ([1000, 4000], [64, 256]),
  ])
  func fewHorizons(_ horizons: [Int], _ batches: [Int?]) throws {
    let sweep = try SyntheticSweep.following(
      a: 0.3, b: 0.6, p: 0.1, horizons: horizons, batches: batches)
    let calibration = try Calibration(of: Self.cells(sweep))
    #expect(calibration.scope == .shape)
    #expect(calibration.diagnostics.map(\.code) == ["few-horizons"])
    #expect(calibration.exponents.horizonOffset == 0 && calibration.deviations.horizonOffset == 0)
    let horizon = Horizon(steps: 5000, batchTokens: batches[0])
    #expect(
      calibration.horizonExponent(at: horizon) == calibration.law.horizonExponent(at: horizon))
    // The law's own uncertainty of the horizon stands.
    let run = try RunTerms(SyntheticSweep.terms("linear", 2000), at: Horizon(steps: 2000))
    #expect(calibration.ratio(from: run, to: run) == 1)
    #expect(calibration.deviation(from: run, to: run) == (0, 0))
    if batches == [nil] {
      let longer = RunTerms(
        BoundTerms(
          stepSum: 4 * run.terms.stepSum, noiseSum: run.terms.noiseSum, steps: 8000),
        at: Horizon(steps: 8000))
      let deviation = calibration.deviation(from: run, to: longer).horizon
      #expect(relativeError(deviation, 0.25 * log(4)) < 1e-12)
    }
  }

  @Test func tooLittle() throws {
    func problem(
      _ shapes: [String], _ horizons: [Int], _ batches: [Int?] = [nil]
    ) throws -> String? {
      let sweep = try SyntheticSweep.following(
        a: 0.5, b: 0.5, shapes: shapes, horizons: horizons, batches: batches)
      return #expect(throws: InputError.self) { try Calibration(of: Self.cells(sweep)) }?.problem
    }
    #expect(try problem([], []) == "0 cells show an optimum, and a calibration needs two")
    #expect(
      try problem(["linear"], [1000]) == "1 cell shows an optimum, and a calibration needs two")
    #expect(
      try problem(["linear", "wsd100"], [1000]) == "its cells have one shape and one horizon")
    #expect(try problem(["linear"], [1000, 9000])?.contains("too few horizons") == true)
    #expect(
      try problem(["linear", "wsd20"], [1000, 9000], [nil, 64])
        == "some of its cells have a batch and others have none")
  }

  /// A schedule that does not anneal is mispredicted by any rule, and must not bend the exponents.
  @Test func whatDoesNotAnnealCountsLess() throws {
    let horizons = [1000, 4000, 16_000]
    let sweep = try SyntheticSweep.following(a: 0.5, b: 0.5, horizons: horizons)
    let off = try SyntheticSweep.following(
      a: 0.5, b: 0.5, shapes: ["constant"], horizons: horizons, scale: 0.06)
    let without = try Calibration(of: Self.cells(sweep))
    let with = try Calibration(of: Self.cells(Sweep(runs: sweep.runs + off.runs)))
    #expect(abs(with.exponents.horizonOffset - without.exponents.horizonOffset) < 0.03)
    let from = try RunTerms(SyntheticSweep.terms("wsd10", 1000), at: Horizon(steps: 1000))
    let to = try RunTerms(SyntheticSweep.terms("cosine", 1000), at: Horizon(steps: 1000))
    #expect(abs(log(with.ratio(from: from, to: to) / without.ratio(from: from, to: to))) < 0.06)
  }

  @Test func bootstrapFollowsTheNoise() throws {
    let sweep = try SyntheticSweep.following(
      a: 0.5, b: 0.5, p: 0.3, horizons: [1000, 4000, 16_000])
    func spread(_ noise: Double) throws -> CalibrationSpread {
      try CalibrationSpread(of: Self.cells(Sweep(runs: sweep.runs, noise: noise)), samples: 20)
    }
    let (quiet, loud) = (try spread(1e-5), try spread(1e-3))
    #expect(quiet.samples == 20 && quiet.optimumDeviations.count == 15)
    #expect(quiet.deviations.horizonOffset < loud.deviations.horizonOffset)
    #expect(loud.deviations.horizonOffset > 0 && loud.deviations.horizonOffset < 0.1)
    #expect(try spread(1e-3).deviations == loud.deviations)
  }
}
