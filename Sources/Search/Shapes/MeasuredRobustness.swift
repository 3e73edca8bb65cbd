import Bound
import Glibc
import Numerics
import Schedules

/// What a base learning rate that is off costs when something is trained, beside what the restart bound says
/// (2503.09411).
///
/// Losses are medians over seeds, measured over a fine grid of base learning rates, above the least loss of
/// any weights.
public struct MeasuredRobustness: Sendable {
  /// The usual fine grid: fourth roots of two, from 2⁻¹⁰ to 2¹⁴.
  public static let usualRates = (-40...56).map { exp2(Double($0) / 4) }

  /// γ of the fine grid with the median loss above the least; infinite where training diverged.
  public let excess: [(baseLearningRate: Double, loss: Double)]

  /// The ratio of neighbours in the fine grid.
  public let spacing: Double

  /// Where on the fine grid the loss is least.
  private let best: Int

  /// The bound on the same schedule.
  public let bound: RestartBound

  /// Whether the best base learning rate is inside the grid.
  public var isInside: Bool { best > 0 && best < excess.count - 1 }

  /// Measures a schedule.
  ///
  /// - Parameters:
  ///   - run: a schedule over the workload's steps.
  ///   - workload: what is trained.
  ///   - leastLoss: subtracted from every loss.
  ///   - rates: the fine grid, rising by one ratio.
  ///   - seeds: the number of seeds of a median.
  ///   - evaluate: runs trials and returns one outcome each; called once.
  /// - Throws: what the schedule or its bound refuses, and whatever `evaluate` throws.
  /// - Complexity: rates · seeds trials.
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

  /// γ of the least loss.
  public var bestBaseLearningRate: Double { excess[best].baseLearningRate }

  /// The least excess loss.
  public var bestExcess: Double { excess[best].loss }

  /// The excess at a base learning rate ρ times the best, relative to the best.
  ///
  /// - Parameter factor: ρ > 0, rounded to the nearest point of the fine grid.
  /// - Returns: the ratio; nil beyond the grid and where training diverged.
  public func ratio(at factor: Double) -> Double? {
    let index = best + Int((log(factor) / log(spacing)).rounded())
    guard excess.indices.contains(index), excess[index].loss < .infinity else { return nil }
    return excess[index].loss / bestExcess
  }

  /// The excess at a base learning rate ρ times the best; nil as for ``ratio(at:)``.
  public func excess(at factor: Double) -> Double? { ratio(at: factor).map { $0 * bestExcess } }

  /// The cost of tuning on a coarse grid: the least excess on grids with the given ratio of neighbours, over
  /// all positions of such a grid on the fine one, relative to the best of the fine one.
  ///
  /// - Parameter coarse: the coarse grid's ratio, rounded to a power of the fine one's.
  /// - Returns: the mean over positions and the worst; nil where the fine grid is too short for one.
  /// - Complexity: O(grid).
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

  /// The exponent e of the excess ∝ ρ^e, by least squares over the fine grid from four times the best base
  /// learning rate on; nil with fewer than three points there.
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
