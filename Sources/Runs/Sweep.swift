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

    /// A run.
    ///
    /// - Parameters:
    ///   - spec: its schedule.
    ///   - steps: its length.
    ///   - baseLearningRate: its base learning rate.
    ///   - loss: its final loss.
    public init(spec: ScheduleSpec, steps: Int, baseLearningRate: Double, loss: Double) {
      self.spec = spec
      self.steps = steps
      self.baseLearningRate = baseLearningRate
      self.loss = loss
    }
  }

  /// All runs, in the order of the file.
  public let runs: [Run]

  /// How many rows of the file were left out because they give no loss.
  public let unfinished: Int

  /// A sweep of the given runs.
  ///
  /// - Parameters:
  ///   - runs: any number of them.
  ///   - unfinished: how many more have no loss yet.
  public init(runs: [Run], unfinished: Int = 0) {
    self.runs = runs
    self.unfinished = unfinished
  }

  /// The schedules and lengths of the sweep, each once, in the order in which they first occur.
  public var cells: [SweepCell] {
    var keys: [(spec: ScheduleSpec, steps: Int)] = []
    for run in runs where !keys.contains(where: { $0.spec == run.spec && $0.steps == run.steps }) {
      keys.append((run.spec, run.steps))
    }
    return keys.map { key in
      SweepCell(
        spec: key.spec, steps: key.steps,
        runs: runs.filter { $0.spec == key.spec && $0.steps == key.steps })
    }
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

    /// The sum of the runs' squared deviations from the mean, in nats².
    let squaredDeviations: Double
  }

  /// The schedule.
  public let spec: ScheduleSpec

  /// The length in steps.
  public let steps: Int

  /// The runs that did not diverge, by rising base learning rate.
  public let points: [Point]

  /// The base learning rates at which every run diverged, rising.
  public let diverged: [Double]

  /// A loss this far above the cell’s best, in nats, is a divergence; a learning rate off by ten costs
  /// about a tenth of it (the 124M sweep from 1e-4 to 1e-3).
  public static let divergenceMargin = 1.0

  init(spec: ScheduleSpec, steps: Int, runs: [Sweep.Run]) {
    self.spec = spec
    self.steps = steps
    let best = runs.map(\.loss).filter(\.isFinite).min() ?? .infinity
    let isGood = { (run: Sweep.Run) in
      run.loss.isFinite && run.loss <= best + Self.divergenceMargin
    }
    // Logs hold the same rate in single and double precision: what agrees to 1e-6 is one.
    var rates: [Double] = []
    for rate in runs.map(\.baseLearningRate).sorted() where rate > (rates.last ?? 0) * (1 + 1e-6) {
      rates.append(rate)
    }
    func isAt(_ rate: Double, _ run: Sweep.Run) -> Bool {
      run.baseLearningRate >= rate && run.baseLearningRate <= rate * (1 + 1e-6)
    }
    points = rates.compactMap { rate in
      let losses = runs.filter { isAt(rate, $0) && isGood($0) }.map(\.loss)
      guard !losses.isEmpty else { return nil }
      let mean = losses.reduce(0, +) / Double(losses.count)
      let squares = losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return Point(
        baseLearningRate: rate, loss: mean, runs: losses.count, squaredDeviations: squares)
    }
    let good = Set(points.map(\.baseLearningRate))
    diverged = rates.filter { !good.contains($0) }
  }

  private init(spec: ScheduleSpec, steps: Int, points: [Point], diverged: [Double]) {
    self.spec = spec
    self.steps = steps
    self.points = points
    self.diverged = diverged
  }

  /// The same cell with another loss at each of its points.
  func replacingLosses(_ losses: [Double]) -> SweepCell {
    let points = zip(points, losses).map { point, loss in
      Point(
        baseLearningRate: point.baseLearningRate, loss: loss, runs: point.runs,
        squaredDeviations: point.squaredDeviations)
    }
    return SweepCell(spec: spec, steps: steps, points: points, diverged: diverged)
  }
}
