import Bound
import Glibc
import Schedules
import Support

/// A run with all that the bound says of its length of cooldown or cycle and its base learning rate.
public struct TunedRun: Sendable {
  /// The schedule and its number of steps.
  public let run: TrainingRun

  /// γ* and Ω* of the schedule as it is.
  public let optimum: TunableSchedule.Optimum

  /// γ, where it is held fixed.
  public let baseLearningRate: Double?

  /// Ω at the fixed γ.
  public let bound: Double?

  /// The best length of the cooldown; nil where it cannot be varied.
  public let cooldown: CooldownLength?

  /// The best cycle length; nil for anything but a cosine.
  public let cycle: CosineCycle?

  /// What users should know before they trust the answer.
  public let diagnostics: [Diagnostic]

  private let tunable: TunableSchedule
  private let distance: Double

  /// Tunes a run.
  ///
  /// - Parameters:
  ///   - run: the schedule and its number of steps.
  ///   - baseLearningRate: γ held fixed while lengths are searched; nil to tune it for each.
  ///   - gradientNorms: G, or G_1 … G_T.
  ///   - distance: D.
  /// - Throws: `ScheduleError` and `BoundError`.
  /// - Complexity: about 70 passes over the schedule, less where there is a closed form.
  public init(
    _ run: TrainingRun, baseLearningRate: Double? = nil, gradientNorms: GradientNorms = .one,
    distance: Double = 1
  ) throws {
    self.run = run
    self.baseLearningRate = baseLearningRate
    self.distance = distance
    let tunable = try TunableSchedule(of: run, gradientNorms: gradientNorms)
    self.tunable = tunable
    optimum = try tunable.optimum(distance: distance)
    bound = try baseLearningRate.map {
      try tunable.bound(fixed: $0, distance: distance).bound
    }
    cooldown = try CooldownLength(
      of: run, baseLearningRate: baseLearningRate, gradientNorms: gradientNorms,
      distance: distance)
    cycle = try CosineCycle(
      of: run, baseLearningRate: baseLearningRate, gradientNorms: gradientNorms,
      distance: distance)
    var diagnostics = try run.diagnostics(
      baseLearningRate: baseLearningRate ?? optimum.baseLearningRate)
    if let cycle, cycle.isAtEdge {
      let isLong = cycle.best.fraction > 1
      diagnostics.append(
        Diagnostic(
          code: "edge",
          message:
            "the best cycle is \(isLong ? "the longest" : "the shortest") that is searched, \(significant(cycle.best.fraction)) × the run: \(isLong ? "a constant learning rate" : "fewer steps") may be better still"
        ))
    }
    self.diagnostics = diagnostics
  }

  /// The curve of Ω over γ, a factor of eight to either side of γ*.
  ///
  /// With an absolute floor the curve begins no lower than the floor.
  ///
  /// - Parameter count: how many steps the curve has, at equal ratios of γ.
  /// - Returns: the points, γ rising.
  /// - Throws: `ScheduleError` and `BoundError`.
  /// - Complexity: O(1) a point; one pass over the schedule with an absolute floor.
  public func bounds(count: Int) throws -> [(baseLearningRate: Double, bound: Double)] {
    let lowest = run.spec?.lowestBaseLearningRate ?? 0
    return try (0...count)
      .map { optimum.baseLearningRate * pow(8, 2 * Double($0) / Double(count) - 1) }
      .filter { $0 >= lowest }
      .map { ($0, try tunable.bound(fixed: $0, distance: distance).bound) }
  }
}
