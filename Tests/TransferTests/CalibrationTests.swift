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

  /// Runs that follow the default rule change nothing; whatever the runs, the sources are theirs.
  @Test func theDefaultStaysTheDefault() throws {
    let sweep = try SyntheticSweep.following(a: 0.5, b: 0.5, p: 1.0 / 3, horizons: [1000, 4000])
    let calibration = try Calibration(of: Self.cells(sweep))
    #expect(calibration.scope == .full && calibration.sources.count == 10)
    #expect(abs(calibration.exponents.stepSum - 0.5) < 1e-9)
    #expect(abs(calibration.exponents.noiseSum - 0.5) < 1e-9)
    #expect(abs(calibration.exponents.horizon - 1.0 / 3) < 1e-9)
    #expect(abs(calibration.exponents.length - 1.0 / 6) < 1e-9)
    // All cells together give each cell's own optimum.
    for cell in Self.cells(sweep) {
      let rate = exp(calibration.logBaseLearningRate(for: cell.runTerms))
      #expect(relativeError(rate, cell.optimum.baseLearningRate) < 1e-9)
    }
  }

  /// The exponents lie between the prior's and those of the runs, nearer to these the more runs say.
  @Test func shrinksTowardsThePrior() throws {
    let few = try SyntheticSweep.following(a: 0.25, b: 0.6, p: 0.2, horizons: [1000, 2000])
    let many = try SyntheticSweep.following(
      a: 0.25, b: 0.6, p: 0.2, horizons: [1000, 4000, 16_000])
    let first = try Calibration(of: Self.cells(few))
    let second = try Calibration(of: Self.cells(many))
    for calibration in [first, second] {
      #expect((0.25...0.5).contains(calibration.exponents.stepSum))
      #expect((0.2...1.0 / 3).contains(calibration.exponents.horizon))
    }
    #expect(second.exponents.horizon < first.exponents.horizon)
    #expect(second.deviations.horizon < first.deviations.horizon)
    #expect(second.horizonInterval.contains(0.2))
  }

  /// One shape at two horizons: a closed form.
  ///
  /// Two optima of deviation s, the exponents' prior d:
  /// p = 1/3 + (p_runs − 1/3)·x/(x + 1/d²) with x = (ln T2/T1)²/(2s²).
  @Test func oneShape() throws {
    let sweep = try SyntheticSweep.following(
      a: 0.5, b: 0.5, p: 0.1, shapes: ["linear"], horizons: [1000, 8000])
    let cells = Self.cells(sweep)
    let calibration = try Calibration(of: cells)
    #expect(calibration.scope == .horizon)
    #expect(calibration.exponents.stepSum == 0.5 && calibration.exponents.noiseSum == 0.5)
    #expect(calibration.deviations.stepSum == 0 && calibration.deviations.noiseSum == 0)
    let sides = cells[0].optimum.logDeviation
    let deviation = (sides.below + sides.above) / 2
    let information = pow(log(8), 2) / (2 * deviation * deviation)
    let expected = 1.0 / 3 + (0.1 - 1.0 / 3) * information / (information + 100)
    #expect(relativeError(calibration.exponents.horizon, expected) < 1e-6)
    #expect(
      relativeError(calibration.deviations.horizon, 1 / (information + 100).squareRoot()) < 1e-6)
    #expect(calibration.shapeDeviation == CalibrationPrior.shapeDeviation)
  }

  @Test func oneHorizon() throws {
    let sweep = try SyntheticSweep.following(a: 0.3, b: 0.4, p: 0.2, horizons: [2000])
    let calibration = try Calibration(of: Self.cells(sweep))
    #expect(calibration.scope == .shape)
    #expect(calibration.exponents.horizon == CalibrationPrior.horizonExponent)
    #expect(calibration.deviations.horizon == CalibrationPrior.exponentDeviation)
    #expect(calibration.exponents.stepSum < 0.5 && calibration.exponents.noiseSum < 0.5)
    // What several horizons show of the same shapes is the same, but for the horizon.
    let terms = try SyntheticSweep.terms("linear", 2000)
    let run = RunTerms(terms, at: Horizon(steps: 2000))
    #expect(calibration.ratio(from: run, to: run) == 1)
    #expect(calibration.deviation(from: run, to: run) == 0)
  }

  @Test func tooLittle() throws {
    let one = try SyntheticSweep.following(
      a: 0.5, b: 0.5, p: 0.3, shapes: ["linear"], horizons: [1000])
    let twice = try SyntheticSweep.following(
      a: 0.5, b: 0.5, p: 0.3, shapes: ["linear", "wsd100"], horizons: [1000])
    func problem(_ cells: [TunedCell]) -> String? {
      #expect(throws: InputError.self) { try Calibration(of: cells) }?.problem
    }
    #expect(problem([]) == "0 cells show an optimum, and a calibration needs two")
    #expect(problem(Self.cells(one)) == "1 cell shows an optimum, and a calibration needs two")
    #expect(problem(Self.cells(twice)) == "its cells have one shape and one horizon")
  }

  /// A schedule that does not anneal is mispredicted by any rule, and must not bend the exponents.
  @Test func whatDoesNotAnnealCountsLess() throws {
    let sweep = try SyntheticSweep.following(a: 0.5, b: 0.5, p: 1.0 / 3, horizons: [1000, 4000])
    let off = try SyntheticSweep.following(
      a: 0.5, b: 0.5, p: 1.0 / 3, shapes: ["constant"], horizons: [1000, 4000])
    let shifted = off.runs.map {
      Sweep.Run(
        spec: $0.spec, steps: $0.steps, baseLearningRate: 2 * $0.baseLearningRate, loss: $0.loss)
    }
    let calibration = try Calibration(of: Self.cells(Sweep(runs: sweep.runs + shifted)))
    #expect(abs(calibration.exponents.stepSum - 0.5) < 0.05)
    #expect(abs(calibration.exponents.noiseSum - 0.5) < 0.05)
    #expect(abs(calibration.exponents.horizon - 1.0 / 3) < 0.05)
  }

  @Test func bootstrapFollowsTheNoise() throws {
    let sweep = try SyntheticSweep.following(a: 0.5, b: 0.5, p: 0.3, horizons: [1000, 4000])
    func spread(_ noise: Double) throws -> CalibrationSpread {
      try CalibrationSpread(of: Self.cells(Sweep(runs: sweep.runs, noise: noise)), samples: 20)
    }
    let (quiet, loud) = (try spread(1e-5), try spread(1e-3))
    #expect(quiet.samples == 20 && quiet.optimumDeviations.count == 10)
    #expect(quiet.deviations.horizon < loud.deviations.horizon)
    #expect(loud.deviations.horizon > 0 && loud.deviations.horizon < 0.1)
    #expect(try spread(1e-3).deviations == loud.deviations)
  }
}

@Suite struct CalibrationFileTests {
  @Test func roundTrip() throws {
    let sweep = try SyntheticSweep.following(a: 0.3, b: 0.6, p: 0.2, horizons: [1000, 4000])
    let calibration = try Calibration(of: CalibrationTests.cells(sweep))
    let file = try TemporaryFile("", name: "mine.json")
    try calibration.write(to: file.path)
    #expect(try Calibration(contentsOf: file.path) == calibration)
    #expect(throws: InputError.self) { try calibration.write(to: "/no/such/folder/mine.json") }
  }

  static let bad: [(String, String, String)] = [
    ("\"kind\"", "\"sort\"", "not a calibration"),
    ("\"schema_version\" : 1", "\"schema_version\" : 2", "2 is not 1"),
    ("\"full\"", "\"all\"", "scope 'all'"), ("\"a\" : ", "\"a\" : 7777", "exponent a"),
    ("\"a\" : ", "\"a\" : x", "not a calibration"),
    ("\"shape_deviation\" : ", "\"shape_deviation\" : -", "out of range"),
  ]

  @Test(arguments: bad)
  func refuses(_ there: String, _ instead: String, _ problem: String) throws {
    let sweep = try SyntheticSweep.following(
      a: 0.5, b: 0.5, p: 0.3, shapes: ["linear", "wsd20"], horizons: [500, 1000])
    let text = try Calibration(of: CalibrationTests.cells(sweep)).json
    let file = try TemporaryFile(text.replacingOccurrences(of: there, with: instead))
    let error = #expect(throws: InputError.self) { try Calibration(contentsOf: file.path) }
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }

  @Test(arguments: ["", "{}", "[1]", "spec,steps\n"])
  func refusesOtherFiles(_ text: String) throws {
    let file = try TemporaryFile(text)
    #expect(throws: InputError.self) { try Calibration(contentsOf: file.path) }
  }
}
