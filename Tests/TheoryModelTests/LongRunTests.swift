import Foundation
import Glibc
import Schedules
import TestSupport
import Testing
import TheoryModel

/// The tables of long runs: what the exponents predict, measured.
@Suite struct LongRunTests {

  static let lengths = [256, 1024, 4096, 16384, 65536]

  struct Table: Sendable {
    let a: Double
    let b: Double
    let features: Int
    let excesses: [Double]
    /// The tables were made with modes in coarse bins, which is how far they are off.
    let tolerance: Double
  }

  static let tables: [Table] = [
    Table(
      a: 3, b: 1.5, features: 1_000_000,
      excesses: [3.607253e-2, 1.494475e-2, 6.188776e-3, 2.550631e-3, 1.045238e-3],
      tolerance: 6e-4),
    Table(
      a: 2, b: 1.25, features: 1_000_000,
      excesses: [1.235895e-1, 6.183376e-2, 3.109096e-2, 1.565389e-2, 7.879354e-3],
      tolerance: 6e-4),
    Table(
      a: 2, b: 4, features: 10_000,
      excesses: [2.893157e-1, 1.908739e-1, 1.283455e-1, 8.747608e-2, 6.022017e-2],
      tolerance: 6e-5),
  ]

  static func model(_ a: Double, _ b: Double, features: Int = 1_000_000) throws -> FeatureModel {
    try FeatureModel(
      task: ModelTask(taskExponent: a, spectrumExponent: b, noise: .variance(1)), features: features
    )
  }

  static func slopes(_ values: [Double]) -> [Double] {
    zip(values, values.dropFirst()).map { log($1 / $0) / log(4) }
  }

  /// The optimum's excess; without LRBOUND_HEAVY the shortest run alone.
  @Test(arguments: sampled(tables))
  func optimalExcess(_ table: Table) throws {
    let model = try Self.model(table.a, table.b, features: table.features)
    var found: [OptimalModelSchedule] = []
    for (length, expected) in zip(Self.lengths, table.excesses) where isHeavy || length < 1000 {
      let best = try OptimalModelSchedule(for: model, steps: length, cap: 0.5)
      #expect(best.isConverged)
      #expect(
        relativeError(best.excess, expected) < table.tolerance, "T = \(length): \(best.excess)")
      found.append(best)
    }
    guard isHeavy else { return }
    // The same run on every feature of its own.
    let direct = try FeatureModel(task: model.task, features: 100_000, summation: .direct)
    let few = try FeatureModel(task: model.task, features: 100_000)
    let rates = found[3].learningRates
    let all = try direct.finalLoss(learningRates: rates)
    #expect(relativeError(try few.finalLoss(learningRates: rates).excess, all.excess) < 1e-11)
    let phase = try Phase(of: model.task)
    let slopes = Self.slopes(found.map(\.excess))
    let middles = found.map { $0.learningRates[$0.learningRates.count / 2] }
    let fractions = found.map(\.annealedFraction)
    print(
      "(\(table.a), \(table.b)): slopes \(slopes), η(T/2) \(Self.slopes(middles)), \(fractions)")
    print("  iterations \(found.map(\.iterations)), local \(found.map(\.localExponent))")
    switch phase.kind {
    case .easy:
      #expect(abs(slopes[3] + phase.lossExponent) < 0.03)
      #expect(abs(Self.slopes(middles)[3] + phase.horizonExponent) < 0.06)
    default:
      // The annealed part shrinks.
      for (shorter, longer) in zip(fractions, fractions.dropFirst()) { #expect(longer < shorter) }
      for (shorter, longer) in zip(slopes, slopes.dropFirst()) { #expect(longer > shorter) }
      #expect(abs(slopes[3] + phase.lossExponent) < 0.03)
    }
  }

  /// The optimum is below every other schedule at every length; the fitted slopes are those known.
  @Test(arguments: sampled([(3.0, 1.5), (2, 1.25), (2, 4)]))
  func benchmarks(_ a: Double, _ b: Double) throws {
    let model = try Self.model(a, b, features: isHeavy ? 10_000 : 1000)
    let lengths = isHeavy ? [256, 1024, 4096, 16384] : [64]
    let polynomial = "poly:power=\(2 * b - 1)"
    let shapes = ModelComparison.shapes + [polynomial]
    let comparisons = try lengths.map {
      try ModelComparison(of: model, steps: $0, cap: 0.5, shapes: shapes)
    }
    for comparison in comparisons {
      let optimum = comparison.rows[0]
      #expect(optimum.name == "optimal" && comparison.rows.count == 7)
      for row in comparison.rows.dropFirst() { #expect(row.excess > optimum.excess) }
    }
    guard isHeavy, let last = comparisons.last else { return }
    func row(_ name: String, _ comparison: ModelComparison) throws -> ModelComparison.Row {
      try #require(comparison.rows.first { $0.name == name })
    }
    let expected: [String: Double] =
      a == 3
      ? [
        "constant": 4.404e-3, "power": 3.627e-3, "linear": 2.654e-3, "cosine": 2.710e-3,
        polynomial: 2.719e-3, "wsd20": 3.159e-3, "optimal": 2.551e-3,
      ]
      : b == 4
        ? [
          "constant": 0.17570, "power": 0.16574, polynomial: 0.13598, "linear": 0.09944,
          "cosine": 0.09757, "wsd20": 0.09199, "optimal": 0.08748,
        ] : [:]
    for (name, excess) in expected {
      let found = try row(name, last).excess
      #expect(relativeError(found, excess) < 4e-4, "\(name) \(found)")
    }
    for name in last.rows.map(\.name) {
      let rows = try comparisons.map { try row(name, $0) }
      let fitted = log(rows[3].excess / rows[0].excess) / log(64)
      let rate = log(rows[3].baseLearningRate / rows[0].baseLearningRate) / log(64)
      print("(\(a), \(b)) \(name): loss slope \(fitted), base LR slope \(rate)")
      if b == 4, ["linear", "cosine", polynomial].contains(name) {
        #expect(rows.allSatisfy { $0.isAtCap && $0.baseLearningRate == 0.5 })
      }
    }
  }

  /// Where the annealing sets in later and later: the exponents of very long runs, by the limit.
  @Test func asymptoticSlopes() throws {
    guard isHeavy else { return }
    let lengths = (4...16).map { pow(4, Double($0)) }
    let cases: [(Double, Double, Double)] = [
      (3, 1.5, -0.6628), (2, 1.25, -0.4993), (3, 2, -0.662), (2, 4, -0.2510), (1.5, 3, -0.1667),
    ]
    for (a, b, last) in cases {
      let model = try Self.model(a, b, features: 1_000_000_000)
      let found = try lengths.map { try SemiAnalyticSchedule(for: model, steps: $0, cap: 0.5) }
      let slopes = Self.slopes(found.map(\.excess))
      let fractions = found.map(\.annealedFraction)
      print("(\(a), \(b)): \(slopes.first ?? 0) to \(slopes.last ?? 0)")
      print(
        "  annealed \(fractions.first ?? 0) to \(fractions.last ?? 0), slope \(Self.slopes(fractions).last ?? 0)"
      )
      let phase = try Phase(of: model.task)
      #expect(abs((slopes.last ?? 0) - last) < 0.001)
      #expect(abs((slopes.last ?? 0) + phase.lossExponent) < 0.008)
      if phase.kind == .hard {
        for (shorter, longer) in zip(fractions, fractions.dropFirst()) {
          #expect(longer < shorter)
        }
        #expect(
          abs((Self.slopes(fractions).last ?? 0) + phase.annealedFractionExponent) < 0.03)
      }
    }
  }

  /// The tuned base learning rate of annealed shapes falls like T^−ξ in the easy phase; the fall is that
  /// of A/√K, whose exponent is reached slowly.
  @Test func tunedRatesFollowTheLimit() throws {
    let model = try Self.model(3, 1.5, features: 10_000)
    let lengths = isHeavy ? [1024, 4096, 16384] : [64, 256]
    var ratios: [Double] = []
    for length in lengths {
      let multipliers = try ScheduleSpec("linear").schedule(steps: length).multipliers
      let tuned = try TunedModelRate(of: model, multipliers: multipliers, cap: 0.5)
      let limit = try SemiAnalyticSchedule(for: model, steps: Double(length), cap: 0.5)
      ratios.append(tuned.baseLearningRate / limit.learningRates[length / 4])
    }
    for ratio in ratios { #expect(abs(ratio / ratios[0] - 1) < 0.1, "\(ratios)") }
  }

  /// The slopes of the best split of compute.
  @Test(.enabled(if: isHeavy)) func computeOptimalSlopes() throws {
    let exponents = isHeavy ? [6, 8, 10, 12, 14] : [6, 8]
    let cases: [(Double, Double, ComputeOptimum.Plan, Double, Double)] = [
      (2, 1.25, .optimal, -0.328, 0.338), (1.5, 3, .optimal, -0.1288, 0.270),
      (2, 1.25, .constant, -0.302, 0.306),
    ]
    for (a, b, plan, loss, features) in cases where isHeavy || plan == .optimal && b < 2 {
      let task = try ModelTask(taskExponent: a, spectrumExponent: b, noise: .variance(1))
      let found = try exponents.map {
        try ComputeOptimum(
          task: task, compute: pow(4, Double($0)), plan: plan, cap: b > 2 ? 0.5 : nil)
      }
      for (smaller, larger) in zip(found, found.dropFirst()) {
        #expect(larger.excess < smaller.excess && larger.features > smaller.features)
      }
      guard isHeavy else { continue }
      let losses = zip(found, found.dropFirst()).map { log($1.excess / $0.excess) / log(16) }
      let sizes = zip(found, found.dropFirst()).map {
        log(Double($1.features) / Double($0.features)) / log(16)
      }
      print("compute (\(a), \(b)) \(plan): loss \(losses), features \(sizes)")
      let phase = try Phase(of: task)
      let predicted =
        plan == .optimal
        ? (phase.computeFeaturesExponent, phase.computeLossExponent)
        : (phase.constantComputeExponents.features, phase.constantComputeExponents.loss)
      #expect(abs((losses.last ?? 0) - loss) < 0.004)
      #expect(abs((sizes.last ?? 0) - features) < 0.02)
      #expect(abs((losses.last ?? 0) + predicted.1) < 0.01)
    }
  }
}
