import Foundation
import Runs
import Schedules
import Support
import TestSupport
import Testing
import Transfer

@Suite struct SweepOptimumTests {
  static func cell(_ points: [(Double, Double)], copies: Int = 1, noise: Double? = nil) throws
    -> SweepCell
  {
    let spec = try ScheduleSpec("wsd20")
    let runs = points.map {
      Sweep.Run(spec: spec, steps: 1000, baseLearningRate: $0.0, loss: $0.1)
    }
    let all = (0..<copies).flatMap { _ in runs }
    return try #require(Sweep(runs: all, noise: noise).cells.first)
  }

  /// Sixteen runs of one learning rate tell four times as much as one, but for the forms' spread.
  @Test(arguments: [0.001, 0.003])
  func replicatesNarrow(_ noise: Double) throws {
    let points = [(1e-3, 3.02), (2e-3, 3.0), (4e-3, 3.025)]
    let one = try SweepOptimum(of: Self.cell(points, noise: noise))
    let many = try SweepOptimum(of: Self.cell(points, copies: 16, noise: noise))
    #expect(relativeError(many.baseLearningRate, one.baseLearningRate) < 1e-9)
    #expect(relativeError(many.formDeviation, one.formDeviation) < 1e-9)
    #expect(abs(one.noiseDeviation / many.noiseDeviation - 4) < 0.3)
    let square = many.noiseDeviation * many.noiseDeviation + many.formDeviation * many.formDeviation
    let expected = max(SweepOptimum.leastDeviation, square.squareRoot())
    #expect(relativeError(many.logDeviation.above, expected) < 1e-12)
    #expect(many.logDeviation.above <= one.logDeviation.above)
  }

  /// Of a parabola in ln γ the curvature is twice its coefficient, but for the other forms' share.
  @Test(arguments: [0.01, 0.05])
  func curvature(_ coefficient: Double) throws {
    let points = (-2...2).map { step in
      let log = 0.6931 * Double(step)
      return (1e-3 * exp(log), 3 + coefficient * log * log)
    }
    let optimum = try SweepOptimum(of: Self.cell(points, noise: 1e-4))
    let curvature = try #require(optimum.curvature)
    #expect(abs(curvature / (2 * coefficient) - 1) < 0.15)
  }

  /// More noise never narrows an interval, and the optimum stays within the bracket of the runs.
  @Test func noiseWidens() throws {
    let points = [(5e-4, 3.0496), (1e-3, 3.0378), (2e-3, 3.0431)]
    var last = 0.0
    for noise in [1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 1] {
      let optimum = try SweepOptimum(of: Self.cell(points, noise: noise))
      let width = log(optimum.interval.upperBound / optimum.interval.lowerBound)
      #expect(width >= last * (1 - 1e-9), "\(noise)")
      #expect(width < 2 * SweepOptimum.intervalWidths * log(16) / 12.0.squareRoot() * 1.01)
      last = width
    }
    #expect(last > 2)
  }

  /// Losses on a straight line bend by their rounding alone: no form has a minimum there.
  @Test(arguments: [[3.1, 3.0, 2.9], [9.1, 9.0, 8.9], [2.3, 2.4, 2.5], [3.1, 3.15, 3.2]])
  func straightLines(_ losses: [Double]) throws {
    let optimum = try SweepOptimum(of: Self.cell(Array(zip([5e-4, 1e-3, 2e-3], losses))))
    #expect(optimum.position == (losses[0] > losses[2] ? .above : .below))
    for estimate in optimum.estimates {
      #expect(estimate.baseLearningRate.map { (1e-5...1).contains($0) } ?? true)
    }
  }

  /// A run far from the best changes nothing, whatever its loss.
  @Test(arguments: [3.05, 3.3, 3.8])
  func farRunsChangeNothing(_ loss: Double) throws {
    let points = [(1e-3, 3.02), (2e-3, 3.0), (4e-3, 3.025)]
    let near = try SweepOptimum(of: Self.cell(points, noise: 0.004))
    for far in [2e-3 / 10, 2e-3 * 10] {
      let with = try SweepOptimum(of: Self.cell(points + [(far, loss)], noise: 0.004))
      #expect(with.interval == near.interval && with.baseLearningRate == near.baseLearningRate)
    }
  }

  /// Forms count by their evidence, and a form without a minimum widens the interval.
  @Test func weighsForms() throws {
    let rates = [2.5e-4, 5e-4, 1e-3, 2e-3, 4e-3]
    let exact = try SweepOptimum(of: Self.cell(rates.map { ($0, 3 + 2e-5 / $0 + 20 * $0) }))
    let total = exact.estimates.map(\.weight).reduce(0, +)
    #expect(total > 0.98 && total < 1)
    let weights = Dictionary(uniqueKeysWithValues: exact.estimates.map { ($0.form, $0.weight) })
    #expect(weights[.bound] ?? 0 > weights[.steep] ?? 1)
    // A run on its way to diverging fits no form: the optimum is somewhere between the best one's
    // neighbours.
    let cliff = try SweepOptimum(
      of: Self.cell([(2.5e-4, 3.06), (5e-4, 3.049), (1e-3, 3.0378), (2e-3, 3.6)]))
    #expect(cliff.estimates.allSatisfy { $0.weight < 0.1 })
    #expect(abs(cliff.formDeviation - log(4) / 12.0.squareRoot()) < 0.05)
  }

  /// Losses that follow one of the forms exactly give its optimum back.
  @Test func recoversExactForms() throws {
    let rates = [1e-4, 3e-4, 1e-3, 2e-3, 4e-3]
    let bound = try SweepOptimum(of: Self.cell(rates.map { ($0, 3 + 2e-5 / $0 + 20 * $0) }))
    let first = try #require(bound.estimates.first { $0.form == .bound }?.baseLearningRate)
    #expect(relativeError(first, 1e-3) < 1e-9)
    let steep = try SweepOptimum(
      of: Self.cell(rates.map { ($0, 3 + 2e-3 / $0.squareRoot() + 1e4 * $0 * $0) }))
    let second = try #require(steep.estimates.first { $0.form == .steep }?.baseLearningRate)
    #expect(relativeError(second, pow(2e-3 / 4e4, 0.4)) < 1e-9)
    let parabola = try SweepOptimum(
      of: Self.cell(rates.map { ($0, 3 + 0.1 * pow(log($0 / 8e-4), 2)) }))
    let third = try #require(parabola.estimates.first { $0.form == .parabola }?.baseLearningRate)
    #expect(relativeError(third, 8e-4) < 1e-9)
    for optimum in [bound, steep, parabola] {
      #expect(optimum.position == .inside)
      #expect(optimum.interval.contains(optimum.baseLearningRate))
    }
  }

  @Test func neverExtrapolates() throws {
    let falling = try SweepOptimum(of: Self.cell([(1e-3, 3.3), (2e-3, 3.2), (4e-3, 3.15)]))
    #expect(falling.position == .above && falling.baseLearningRate == 4e-3)
    #expect(falling.interval.upperBound <= 8e-3 * (1 + 1e-9))
    let rising = try SweepOptimum(of: Self.cell([(1e-3, 3.0), (2e-3, 3.2), (4e-3, 3.5)]))
    #expect(rising.position == .below && rising.baseLearningRate == 1e-3)
    let convex = try SweepOptimum(of: Self.cell([(1e-3, 3.3), (2e-3, 3.2), (4e-3, 3.0)]))
    #expect(convex.position == .above)
  }

  static let tooLittle: [([(Double, Double)], String)] = [
    ([(1e-3, 3)], "1 base learning rate cannot show an optimum"),
    ([(1e-3, 3), (2e-3, 3.1)], "2 base learning rates cannot show an optimum"),
    ([(1e-3, 3), (2e-3, .nan)], "1 base learning rate cannot show an optimum (1 diverged)"),
    ([(1e-3, .nan), (2e-3, .infinity)], "every run diverged"),
  ]

  @Test(arguments: tooLittle)
  func tooLittleToFit(_ points: [(Double, Double)], _ problem: String) {
    let error = #expect(throws: InputError.self) { try SweepOptimum(of: Self.cell(points)) }
    #expect(error?.kind == .value && error?.problem == problem)
  }

  @Test(arguments: [[3.0, 3, 3], [3, 3.1, 3], [3, 3.2, 3.1, 3.25, 3.05]])
  func noMinimum(_ losses: [Double]) throws {
    let points = losses.enumerated().map { (1e-3 * pow(2, Double($0.offset)), $0.element) }
    let error = #expect(throws: InputError.self) { try SweepOptimum(of: Self.cell(points)) }
    #expect(error?.kind == .unanswerable)
  }

  /// Runs on their way to diverging must not move the optimum of the others.
  @Test func halfDivergedRunsCountForLittle() throws {
    let optimum = try SweepOptimum(
      of: Self.cell([(2.5e-4, 3.06), (5e-4, 3.049), (1e-3, 3.0378), (2e-3, 3.6)]))
    #expect(optimum.interval.contains(1e-3))
    #expect(optimum.baseLearningRate > 6e-4 && optimum.baseLearningRate < 1.3e-3)
  }

  /// More runs of a parabola, over a wider range, do not lead away from its optimum.
  @Test func misfittingFormsDoNotSpoilTheMean() throws {
    let rates = [1.5e-4, 3e-4, 6e-4, 1.2e-3, 2.4e-3, 4.8e-3]
    let optimum = try SweepOptimum(
      of: Self.cell(rates.map { ($0, 3 + 0.02 * pow(log($0 / 1.231e-3), 2)) }))
    #expect(abs(log(optimum.baseLearningRate / 1.231e-3)) < 0.1)
  }

  /// The sweep of real 124M runs, where it is present.
  @Test(.enabled(if: RealData.isPresent, "needs the folder of real runs"))
  func realSweep() throws {
    let sweep = try Sweep(contentsOf: RealData.sweep)
    #expect(sweep.runs.count == 21 && sweep.cells.count == 6)
    for cell in sweep.cells {
      let optimum = try SweepOptimum(of: cell)
      #expect(optimum.position == .inside)
      #expect(optimum.baseLearningRate > 7e-4 && optimum.baseLearningRate < 1.6e-3)
      #expect(optimum.interval.upperBound / optimum.interval.lowerBound < 1.6)
    }
  }
}

/// Real training data beside the checkout, which not everyone has.
enum RealData {
  static var sweep: String {
    URL(fileURLWithPath: #filePath)
      .appendingPathComponent("../../../../shared/data/llama-124m/sweep-open.csv").standardized.path
  }

  static var isPresent: Bool { FileManager.default.fileExists(atPath: sweep) }
}
