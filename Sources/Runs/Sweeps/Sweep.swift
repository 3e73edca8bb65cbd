import Schedules

/// The runs of a learning-rate sweep.
public struct Sweep: Sendable {
  /// A run with its schedule, length, batch, base learning rate and final loss.
  public struct Run: Equatable, Sendable {
    /// The schedule.
    public let spec: ScheduleSpec

    /// The number of steps.
    public let steps: Int

    /// B, the tokens in a step; nil if unknown.
    public let batchTokens: Int?

    /// The base learning rate, positive.
    public let baseLearningRate: Double

    /// The final loss in nats; NaN or infinite if the run diverged.
    public let loss: Double

    /// The seed, if known; runs that share one have the same initial weights and data order.
    public let seed: String?

    /// Creates a run.
    public init(
      spec: ScheduleSpec, steps: Int, batchTokens: Int? = nil, baseLearningRate: Double,
      loss: Double, seed: String? = nil
    ) {
      self.spec = spec
      self.steps = steps
      self.batchTokens = batchTokens
      self.baseLearningRate = baseLearningRate
      self.loss = loss
      self.seed = seed
    }
  }

  /// All runs, in file order.
  public let runs: [Run]

  /// The number of runs without a loss yet.
  public let unfinished: Int

  /// The distinct schedules, lengths and batches, in order of first occurrence.
  public let cells: [SweepCell]

  /// The noise of one run's final loss.
  public let noise: SweepNoise

  /// Groups runs into cells and measures their noise.
  ///
  /// `unfinished` counts further runs without a loss. `noise` is the standard deviation of one run's
  /// final loss in nats; nil measures it from replicates.
  public init(runs: [Run], unfinished: Int = 0, noise given: Double? = nil) {
    self.runs = runs
    self.unfinished = unfinished
    var groups: [[Run]] = []
    for run in runs {
      if let cell = groups.firstIndex(where: {
        $0[0].steps == run.steps && $0[0].batchTokens == run.batchTokens && $0[0].spec == run.spec
      }) {
        groups[cell].append(run)
      } else {
        groups.append([run])
      }
    }
    let measured = groups.map { SweepCell(runs: $0) }
    let noise = SweepNoise(given: given, scatters: measured.map(\.scatter))
    cells = measured.map { cell in
      var cell = cell
      cell.noise = noise.deviation(of: cell.scatter)
      return cell
    }
    self.noise = noise
  }

  /// Returns the cells of a schedule; nil stands for any length, or any batch.
  ///
  /// If none matches exactly, cells without a warmup match any warmup, since a `family` column cannot
  /// state one.
  public func cells(
    for spec: ScheduleSpec, steps: Int? = nil, batchTokens: Int? = nil
  ) -> [SweepCell] {
    let sameRun = cells.filter { cell in
      (steps == nil || cell.steps == steps)
        && (batchTokens == nil || cell.batchTokens == nil || cell.batchTokens == batchTokens)
    }
    let exact = sameRun.filter { $0.spec == spec }
    if !exact.isEmpty { return exact }
    return sameRun.filter { $0.spec.warmup == nil && $0.spec == spec.withoutWarmup }
  }
}
