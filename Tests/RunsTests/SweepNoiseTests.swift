import Glibc
import Schedules
import TestSupport
import Testing

@testable import Runs

/// What the replicates of a sweep say of a run's noise.
@Suite struct SweepNoiseTests {
  /// A cell at learning rates 2^k, with losses of a parabola, seeds' own means and normal noise.
  static func cell(
    _ steps: Int, rates: [Int], seeds: Int, noise: Double, seedSpread: Double = 0,
    farNoise: Double? = nil, named: Bool = true, random: inout SplitMix64
  ) throws -> [Sweep.Run] {
    let spec = try ScheduleSpec("linear")
    var runs: [Sweep.Run] = []
    for seed in 0..<seeds {
      let own = seedSpread * random.nextNormal()
      for rate in rates {
        let distance = Double(rate)
        let sigma = abs(rate) <= 1 ? noise : farNoise ?? noise
        runs.append(
          Sweep.Run(
            spec: spec, steps: steps, baseLearningRate: pow(2, distance),
            loss: 3 + 0.02 * distance * distance + own + sigma * random.nextNormal(),
            seed: named ? "\(seed)" : nil))
      }
    }
    return runs
  }

  static func sweep(_ cells: Int, _ make: (Int, inout SplitMix64) throws -> [Sweep.Run]) rethrows
    -> Sweep
  {
    var random = SplitMix64(seed: 7)
    var runs: [Sweep.Run] = []
    for index in 0..<cells { runs += try make(1000 + index, &random) }
    return Sweep(runs: runs)
  }

  /// Seeds' own means and unstable learning rates do not pass for noise.
  @Test func isThatOfARunNearTheBest() throws {
    let sweep = try Self.sweep(60) { steps, random in
      try Self.cell(
        steps, rates: [-3, -1, 0, 1, 3], seeds: 3, noise: 0.001, seedSpread: 0.02, farNoise: 0.03,
        random: &random)
    }
    #expect(sweep.noise.source == .replicates(freedom: 60 * 4))
    #expect(abs(sweep.noise.typical / 0.001 - 1) < 0.15, "\(sweep.noise.typical)")
  }

  /// Without seeds, and where learning rates share none, runs are compared at their own learning rate.
  @Test func withoutSeeds() throws {
    let sweep = try Self.sweep(60) { steps, random in
      try Self.cell(
        steps, rates: [-1, 0, 1], seeds: 2, noise: 0.002, named: false, random: &random)
    }
    #expect(sweep.noise.source == .replicates(freedom: 60 * 3))
    #expect(abs(sweep.noise.typical / 0.002 - 1) < 0.15, "\(sweep.noise.typical)")
  }

  /// Two replicates a cell: a median of such variances is half of what it estimates.
  @Test func fewReplicatesAreNotTooQuiet() throws {
    let sweep = try Self.sweep(200) { steps, random in
      var runs = try Self.cell(steps, rates: [-1, 0, 1], seeds: 1, noise: 0.001, random: &random)
      runs.append(try Self.cell(steps, rates: [0], seeds: 1, noise: 0.001, random: &random)[0])
      return runs.map {
        Sweep.Run(
          spec: $0.spec, steps: $0.steps, baseLearningRate: $0.baseLearningRate, loss: $0.loss)
      }
    }
    #expect(abs(sweep.noise.typical / 0.001 - 1) < 0.15, "\(sweep.noise.typical)")
  }

  @Test func shrinksACellToItsSweep() throws {
    let scatters = [1.0, 4, 9].map { _ in SweepNoise.Scatter(near: []) }
    #expect(SweepNoise(given: nil, scatters: scatters).source == .assumed)
    #expect(SweepNoise(given: 0.5, scatters: scatters).deviation(of: scatters[0]) == 0.5)
    let spec = try ScheduleSpec("linear")
    func scatter(_ losses: [Double]) -> SweepNoise.Scatter {
      SweepNoise.Scatter(
        near: [losses.map { .init(spec: spec, steps: 9, baseLearningRate: 1, loss: $0) }])
    }
    // Five runs each: s² = 2.5, 10 and 22.5, ν = 4.
    let measured = [1.0, 2, 3].map { scale in scatter([1, 2, 3, 4, 5].map { $0 * scale }) }
    let noise = SweepNoise(given: nil, scatters: measured)
    let typical = 10 / pow(1.0 - 2.0 / 36.0, 3.0)
    #expect(noise.source == .replicates(freedom: 12))
    #expect(relativeError(noise.typical, typical.squareRoot()) < 1e-14)
    let first = ((4 * 2.5 + 4 * typical) / 8).squareRoot()
    #expect(relativeError(noise.deviation(of: measured[0]), first) < 1e-14)
  }

  /// Copies of a file are no replicates, and no noise is not a measurement.
  @Test func tooFewOrIdentical() throws {
    let spec = try ScheduleSpec("linear")
    func run(_ rate: Double, _ loss: Double) -> Sweep.Run {
      .init(spec: spec, steps: 9, baseLearningRate: rate, loss: loss)
    }
    let few = Sweep(runs: [run(1, 3.01), run(1, 2.99), run(2, 3.1)])
    #expect(few.noise.source == .assumed && few.cells[0].noise == SweepNoise.assumed)
    let copies = Sweep(
      runs: (0..<16).flatMap { _ in [run(1, 3.1), run(2, 3), run(4, 3.2)] })
    #expect(copies.noise.source == .assumed)
  }

  /// The seed column is read, in any order of rows.
  @Test func readsSeeds() throws {
    let rows = (0..<3).flatMap { seed in
      [-1, 0, 1].map { rate in
        "linear,9,\(pow(2, Double(rate))),\(3 + 0.1 * Double(rate * rate) + Double(seed) * 0.05),s\(seed)"
      }
    }
    let table = try SweepTable(
      csv: Array(("spec,steps,lr,loss,seed\n" + rows.joined(separator: "\n")).utf8),
      path: "sweep.csv")
    #expect(table.runs.map(\.seed) == ["s0", "s0", "s0", "s1", "s1", "s1", "s2", "s2", "s2"])
    // The seeds explain everything; what is left is rounding.
    let sweep = Sweep(runs: table.runs)
    #expect(sweep.cells[0].scatter.freedom == 4 && sweep.cells[0].scatter.squares < 1e-25)
  }
}
