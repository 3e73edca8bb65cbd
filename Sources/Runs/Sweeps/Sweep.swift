import Schedules

/// The runs of a learning-rate sweep: which schedule, how long, at which base learning rate, and the
/// final loss.
public struct Sweep: Sendable {
  /// One run.
  public struct Run: Equatable, Sendable {
    /// Its schedule.
    public let spec: ScheduleSpec

    /// Its length in steps.
    public let steps: Int

    /// Its base learning rate, positive.
    public let baseLearningRate: Double

    /// Its final loss in nats; NaN or infinite where it diverged.
    public let loss: Double

    /// What its seed is called; nil where that is not known.
    ///
    /// Runs that share a seed start from the same weights and see the same data.
    public let seed: String?

    /// A run.
    ///
    /// - Parameters:
    ///   - spec: its schedule.
    ///   - steps: its length.
    ///   - baseLearningRate: its base learning rate.
    ///   - loss: its final loss.
    ///   - seed: what its seed is called, nil where that is not known.
    public init(
      spec: ScheduleSpec, steps: Int, baseLearningRate: Double, loss: Double, seed: String? = nil
    ) {
      self.spec = spec
      self.steps = steps
      self.baseLearningRate = baseLearningRate
      self.loss = loss
      self.seed = seed
    }
  }

  /// All runs, in the order of the file.
  public let runs: [Run]

  /// How many rows of the file were left out because they give no loss.
  public let unfinished: Int

  /// The schedules and lengths of the sweep, each once, in the order in which they first occur.
  public let cells: [SweepCell]

  /// How far the final loss of one run is off by chance.
  public let noise: SweepNoise

  /// A sweep of the given runs.
  ///
  /// - Parameters:
  ///   - runs: any number of them.
  ///   - unfinished: how many more have no loss yet.
  ///   - given: the standard deviation of one run's final loss, in nats; nil to measure it on
  ///     replicates.
  /// - Complexity: O(runs·cells).
  public init(runs: [Run], unfinished: Int = 0, noise given: Double? = nil) {
    self.runs = runs
    self.unfinished = unfinished
    var groups: [[Run]] = []
    for run in runs {
      if let cell = groups.firstIndex(where: {
        $0[0].steps == run.steps && $0[0].spec == run.spec
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

  /// The cells of a schedule.
  ///
  /// Warmup is left out of the comparison where the sweep does not give one: a table with a `family`
  /// column cannot.
  ///
  /// - Parameters:
  ///   - spec: the schedule wanted.
  ///   - steps: the length wanted; nil for every length.
  /// - Returns: the cells, exact matches before others; empty where there are none.
  public func cells(for spec: ScheduleSpec, steps: Int?) -> [SweepCell] {
    let sameLength = cells.filter { steps == nil || $0.steps == steps }
    let exact = sameLength.filter { $0.spec == spec }
    if !exact.isEmpty { return exact }
    return sameLength.filter { $0.spec.warmup == nil && $0.spec == spec.withoutWarmup }
  }
}
