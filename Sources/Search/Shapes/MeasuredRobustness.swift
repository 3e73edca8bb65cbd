import Bound
import Glibc
import Numerics
import Schedules

/// The measured cost of a wrong base learning rate, compared with the restart bound (arXiv:2503.09411).
///
/// Losses are medians over seeds on a fine grid of base learning rates, minus the lowest loss of any weights.
public struct MeasuredRobustness: Sendable {
  /// The default fine grid: factors of 2^(1/4) from 2⁻¹⁰ to 2¹⁴.
  public static let usualRates = (-40...56).map { exp2(Double($0) / 4) }

  /// γ and the median excess loss, infinite where training diverged.
  public let excess: [(baseLearningRate: Double, loss: Double)]

  /// The ratio of neighbours in the fine grid.
  public let spacing: Double

  private let best: Int

  /// The bound for the same schedule.
  public let bound: RestartBound

  /// Whether the best base learning rate is inside the grid.
  public var isInside: Bool { best > 0 && best < excess.count - 1 }

  /// Measures a schedule with rates · seeds trials, in one call of `evaluate`.
  ///
  /// `rates` rise by a constant ratio, and `leastLoss` is subtracted from every loss. Rethrows errors of the
  /// schedule, its bound and `evaluate`.
  public init(
    _ run: TrainingRun, on workload: any Workload, leastLoss: Double, rates: [Double] = usualRates,
    seeds: Int, evaluate: ([Trial]) throws -> [TrialOutcome]
  ) throws {
    precondition(rates.count > 1 && seeds > 0, "a grid and a seed")
    let schedule = try run.schedule()
    bound = try RestartBound(of: schedule)
    spacing = rates[1] / rates[0]
    let trials = rates.flatMap { rate in
      (0..<seeds).map { seed in
        Trial(shape: run.canonical, schedule: schedule, baseLearningRate: rate, seed: seed)
      }
    }
    let outcomes = try evaluate(trials)
    excess = rates.enumerated().map { index, rate in
      let median = ShapeSearch.median(outcomes[index * seeds..<(index + 1) * seeds])
      return (rate, (median?.value ?? .infinity) - leastLoss)
    }
    var best = 0
    for index in excess.indices where excess[index].loss < excess[best].loss { best = index }
    self.best = best
  }

  /// γ of the lowest excess loss.
  public var bestBaseLearningRate: Double { excess[best].baseLearningRate }

  /// The lowest excess loss.
  public var bestExcess: Double { excess[best].loss }

  /// Returns the excess at ρ times the best base learning rate, relative to the best.
  ///
  /// ρ > 0 is rounded to the fine grid. Nil beyond the grid and where training diverged.
  public func ratio(at factor: Double) -> Double? {
    let index = best + Int((log(factor) / log(spacing)).rounded())
    guard excess.indices.contains(index), excess[index].loss < .infinity else { return nil }
    return excess[index].loss / bestExcess
  }

  /// Returns the excess at ρ times the best base learning rate; nil as for ``ratio(at:)``.
  public func excess(at factor: Double) -> Double? { ratio(at: factor).map { $0 * bestExcess } }

  /// Returns the mean and worst cost of tuning on a coarse grid, over its positions on the fine grid.
  ///
  /// The cost is the lowest excess on the coarse grid relative to that on the fine grid. The coarse grid's ratio
  /// is rounded to a power of the fine one's; nil if the fine grid is too short.
  public func costOfTuning(gridRatio coarse: Double) -> (mean: Double, worst: Double)? {
    let stride = max(1, Int((log(coarse) / log(spacing)).rounded()))
    guard stride <= excess.count else { return nil }
    let costs = (0..<stride).map { offset in
      var least = Double.infinity
      for index in Swift.stride(from: offset, to: excess.count, by: stride) {
        least = min(least, excess[index].loss)
      }
      return least / bestExcess
    }
    guard let worst = costs.max(), worst < .infinity else { return nil }
    return (costs.reduce(0, +) / Double(costs.count), worst)
  }

  /// The exponent e in excess ∝ ρ^e, fitted by least squares from ρ = 4 on; nil with fewer than three points.
  public var exponent: Double? {
    let points = excess.filter {
      $0.baseLearningRate >= 4 * bestBaseLearningRate && $0.loss < .infinity && $0.loss > 0
    }
    guard points.count >= 3 else { return nil }
    let rows = points.map { [1, log($0.baseLearningRate / bestBaseLearningRate)] }
    let fit = leastSquares(
      rows: rows, values: points.map { log($0.loss) }, weights: points.map { _ in 1 })
    return fit?[1]
  }
}
