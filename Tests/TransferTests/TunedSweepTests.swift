import Runs
import Schedules
import Support
import Testing
import Transfer

/// Sweeps with their optima, and what is said about them.
@Suite struct TunedSweepTests {
  static func runs(_ spec: String, steps: Int = 1000, _ losses: [Double]) throws -> [Sweep.Run] {
    let spec = try ScheduleSpec(spec)
    return losses.enumerated().map { index, loss in
      Sweep.Run(
        spec: spec, steps: steps, baseLearningRate: 1e-3 * Double(1 << index), loss: loss)
    }
  }

  static func sweep() throws -> TunedSweep {
    let parts = try [
      runs("wsd20", [3.02, 3, 3.03]), runs("wsd20", steps: 2000, [3, 2.98, 3.01]),
      runs("linear", [3.02, 3, .nan]), runs("cosine", [3, 3.2, 3.1, 3.25, 3.05]),
      runs("constant", [3.1, 3, 2.9]),
    ]
    let known = [Diagnostic(code: "no-loss", message: "rows without a loss: 2")]
    return TunedSweep(
      Sweep(runs: parts.flatMap { $0 }, noise: 0.001), path: "runs.csv", fileDiagnostics: known)
  }

  @Test func tellsWhichCellsShowAnOptimum() throws {
    let sweep = try Self.sweep()
    #expect(sweep.cells.map(\.cell.spec.text) == ["wsd20", "wsd20", "constant"])
    #expect(
      sweep.untuned.map(\.reason) == [
        "2 base learning rates cannot show an optimum (1 diverged)",
        "no fitted form has a minimum",
      ])
    #expect(
      sweep.diagnostics.map(\.code) == [
        "no-loss", "no-optimum", "no-optimum", "diverged", "optimum-outside-sweep", "not-annealed",
      ])
    #expect(
      sweep.diagnostics[3].message == "linear at 1,000 steps: diverged at LR 0.004")
    #expect(sweep.cells[2].diagnostics.map(\.code) == ["optimum-outside-sweep"])
    #expect(
      sweep.noiseAssumption
        == "a run's final loss has a standard deviation of 0.001 nats (given)")
  }

  @Test func findsTheSource() throws {
    let sweep = try Self.sweep()
    let spec = try ScheduleSpec("wsd20")
    let cell = try sweep.cell(for: spec, steps: 2000)
    #expect(cell.optimum.baseLearningRate == sweep.cells[1].optimum.baseLearningRate)
    // A warmup that the sweep does not name is no obstacle.
    #expect(
      try sweep.cell(for: ScheduleSpec("wsd20:warmup=10steps"), steps: 1000).cell.steps == 1000)
  }

  static let refused: [(String, Int?, InputError.Kind, String)] = [
    ("rex", nil, .contents, "runs.csv: no row is for rex"),
    ("wsd20", nil, .value, "the sweep has wsd:cooldown=0.2 at 1000, 2000 steps; "),
    ("linear", nil, .contents, "runs.csv: linear at 1,000 steps: 2 base learning rates "),
    ("cosine", 1000, .unanswerable, "runs.csv: cosine at 1,000 steps: no fitted form "),
  ]

  @Test(arguments: refused)
  func refusesOtherSources(
    _ spec: String, _ steps: Int?, _ kind: InputError.Kind, _ text: String
  ) throws {
    let sweep = try Self.sweep()
    let error = #expect(throws: InputError.self) {
      try sweep.cell(for: ScheduleSpec(spec), steps: steps)
    }
    #expect(error?.kind == kind && error?.description.hasPrefix(text) == true)
  }

  @Test func calibrates() throws {
    let sweep = try SyntheticSweep.following(
      a: 0.5, b: 0.5, p: 0.3, shapes: ["linear"], horizons: [1000, 4000, 16_000])
    let calibration = try TunedSweep(sweep).calibration()
    #expect(calibration.diagnostics.map(\.code) == ["one-shape"])
    let one = try TunedSweep(Sweep(runs: Self.runs("wsd20", [3.02, 3, 3.03])), path: "a.csv")
    let error = #expect(throws: InputError.self) { try one.calibration() }
    #expect(error?.kind == .contents && error?.subject == "a.csv")
  }

  @Test func fitsEverything() throws {
    let sweep = try SyntheticSweep.following(
      a: 0.5, b: 0.5, p: 0.3, shapes: ["linear", "wsd20"], horizons: [1000, 4000])
    let fit = try SweepFit(of: TunedSweep(sweep))
    #expect(fit.calibration?.scope == .shape && fit.spread?.optimumDeviations.count == 4)
    #expect(fit.check?.errors.count == 4 && fit.lossModel != nil)
    #expect(fit.diagnostics.map(\.code) == ["few-horizons"])
    let one = try SweepFit(of: TunedSweep(Sweep(runs: Self.runs("wsd20", [3.02, 3, 3.03]))))
    #expect(one.calibration == nil && one.spread == nil && one.check == nil)
    #expect(one.diagnostics.map(\.code) == ["one-cell"])
    let twice = try SweepFit(
      of: TunedSweep(
        Sweep(
          runs: Self.runs("linear", [3.02, 3, 3.03]) + Self.runs("wsd100", [3.02, 3, 3.03]))))
    #expect(twice.diagnostics.map(\.code) == ["no-contrast"])
    let error = #expect(throws: InputError.self) {
      try SweepFit(of: TunedSweep(Sweep(runs: Self.runs("cosine", [3, 3.2, 3.1, 3.25, 3.05]))))
    }
    #expect(error?.kind == .unanswerable)
  }
}
