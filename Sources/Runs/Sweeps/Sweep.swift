import Schedules

/// The runs of a learning-rate sweep, each with its schedule, length, base learning rate and final loss.
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

    /// The name of its seed; nil where that is unknown.
    ///
    /// Runs that share a seed start from the same weights and see the same data.
    public let seed: String?

    /// Creates a run.
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

  /// How many runs have no loss yet.
  public let unfinished: Int

  /// The schedules and lengths of the sweep, each once, in the order in which they first occur.
  public let cells: [SweepCell]

  /// The noise of one run's final loss.
  public let noise: SweepNoise

  /// Groups runs into cells and measures their noise.
  ///
  /// - Parameters:
  ///   - runs: any number of runs.
  ///   - unfinished: how many more have no loss yet.
  ///   - given: the standard deviation of one run's final loss, in nats; nil to measure it on replicates.
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

  /// Returns the cells of a schedule, at one length or at all.
  ///
  /// Without exact matches, cells without a warmup match whatever the schedule's warmup is: a table with a
  /// `family` column cannot give one.
  public func cells(for spec: ScheduleSpec, steps: Int?) -> [SweepCell] {
    let sameLength = cells.filter { steps == nil || $0.steps == steps }
    let exact = sameLength.filter { $0.spec == spec }
    if !exact.isEmpty { return exact }
    return sameLength.filter { $0.spec.warmup == nil && $0.spec == spec.withoutWarmup }
  }
}
