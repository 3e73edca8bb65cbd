import Schedules

/// The runs of one schedule at one length, by base learning rate.
public struct SweepCell: Sendable {
  /// The mean over the runs at one base learning rate.
  public struct Point: Equatable, Sendable {
    /// The base learning rate.
    public let baseLearningRate: Double

    /// The mean final loss, in nats.
    public let loss: Double

    /// How many runs were averaged.
    public let runs: Int
  }

  /// The schedule.
  public let spec: ScheduleSpec

  /// The length in steps.
  public let steps: Int

  /// The runs that did not diverge, by rising base learning rate.
  public private(set) var points: [Point]

  /// The base learning rates at which every run diverged, rising.
  public let diverged: [Double]

  /// The standard deviation of one run's final loss, in nats: the sweep's, once it is measured.
  public internal(set) var noise = SweepNoise.assumed

  /// The scatter of the replicates near the best learning rate.
  let scatter: SweepNoise.Scatter

  /// A loss this far above the cell’s best, in nats, is a divergence; a learning rate off by ten costs
  /// about a tenth of it (the 124M sweep from 1e-4 to 1e-3).
  public static let divergenceMargin = 1.0

  /// The factor around the best learning rate within which replicates measure the noise: it includes both
  /// neighbours on a grid of twos.
  static let nearFactor = 2.1

  /// Groups at least one run by base learning rate; the noise is not measured yet.
  init(runs: [Sweep.Run]) {
    let best = runs.map(\.loss).filter(\.isFinite).min() ?? .infinity
    let isGood = { (run: Sweep.Run) in
      run.loss.isFinite && run.loss <= best + Self.divergenceMargin
    }
    // Logs hold the same rate in single and double precision: rates that agree to 1e-6 are one.
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
    diverged = groups.filter { !$0.runs.contains(where: isGood) }.map(\.rate)
    scatter = SweepNoise.Scatter(near: near.map(\.runs))
  }

  /// Whether no other base learning rate of the cell has a lower loss.
  package func isBest(_ baseLearningRate: Double) -> Bool {
    let best = points.min { $0.loss < $1.loss }?.baseLearningRate ?? .nan
    return abs(baseLearningRate / best - 1) <= 1e-6
  }

  /// Returns the cell with another loss at each of its points.
  package func replacingLosses(_ losses: [Double]) -> SweepCell {
    var cell = self
    cell.points = zip(points, losses).map { point, loss in
      Point(baseLearningRate: point.baseLearningRate, loss: loss, runs: point.runs)
    }
    return cell
  }
}
