import Schedules

/// The runs of one schedule at one length and batch, grouped by base learning rate.
public struct SweepCell: Sendable {
  /// The mean of the runs at one base learning rate.
  public struct Point: Equatable, Sendable {
    /// The base learning rate.
    public let baseLearningRate: Double

    /// The mean final loss in nats.
    public let loss: Double

    /// The number of runs.
    public let runs: Int
  }

  /// The schedule.
  public let spec: ScheduleSpec

  /// The number of steps.
  public let steps: Int

  /// B, the tokens in a step; nil if unknown.
  public let batchTokens: Int?

  /// The runs that did not diverge, by increasing base learning rate.
  public private(set) var points: [Point]

  /// The base learning rates at which every run diverged, increasing.
  public let diverged: [Double]

  /// The standard deviation of one run's final loss in nats.
  public internal(set) var noise = SweepNoise.assumed

  /// The schedule with its length and batch.
  public var run: TrainingRun { TrainingRun(spec, steps: steps, batchTokens: batchTokens) }

  let scatter: SweepNoise.Scatter

  /// The excess over a cell's best loss, in nats, that counts as divergence.
  ///
  /// On a 124M model, a learning rate off by a factor of ten costs about a tenth of it.
  public static let divergenceMargin = 1.0

  /// The factor around the best rate within which replicates measure noise: both neighbours on a grid of
  /// twos.
  static let nearFactor = 2.1

  /// Groups at least one run by base learning rate; the noise is measured later.
  init(runs: [Sweep.Run]) {
    let best = runs.map(\.loss).filter(\.isFinite).min() ?? .infinity
    let isGood = { (run: Sweep.Run) in
      run.loss.isFinite && run.loss <= best + Self.divergenceMargin
    }
    // Logs hold the same rate in single and double precision.
    var groups: [(rate: Double, runs: [Sweep.Run])] = []
    for run in runs.sorted(by: { $0.baseLearningRate < $1.baseLearningRate }) {
      if let last = groups.last, run.baseLearningRate <= last.rate * (1 + 1e-6) {
        groups[groups.count - 1].runs.append(run)
      } else {
        groups.append((run.baseLearningRate, [run]))
      }
    }
    let good = groups.map { (rate: $0.rate, runs: $0.runs.filter(isGood)) }
      .filter { !$0.runs.isEmpty }
    points = good.map { group in
      Point(
        baseLearningRate: group.rate, loss: mean(group.runs.map(\.loss)), runs: group.runs.count)
    }
    let centre = points.min { $0.loss < $1.loss }?.baseLearningRate ?? 1
    let near = good.filter { max($0.rate / centre, centre / $0.rate) <= Self.nearFactor }
    spec = runs[0].spec
    steps = runs[0].steps
    batchTokens = runs[0].batchTokens
    diverged = groups.filter { !$0.runs.contains(where: isGood) }.map(\.rate)
    scatter = SweepNoise.Scatter(near: near.map(\.runs))
  }

  package func isBest(_ baseLearningRate: Double) -> Bool {
    let best = points.min { $0.loss < $1.loss }?.baseLearningRate ?? .nan
    return abs(baseLearningRate / best - 1) <= 1e-6
  }

  package func replacingLosses(_ losses: [Double]) -> SweepCell {
    var cell = self
    cell.points = zip(points, losses).map { point, loss in
      Point(baseLearningRate: point.baseLearningRate, loss: loss, runs: point.runs)
    }
    return cell
  }
}
