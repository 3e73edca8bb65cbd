import Bound
import Glibc
import Schedules
import Support

/// A run with its optimal base learning rate and the best length of its cooldown or cycle.
public struct TunedRun: Sendable {
  /// The schedule and its number of steps.
  public let run: TrainingRun

  /// γ* and Ω* of the run's schedule.
  public let optimum: TunableSchedule.Optimum

  /// γ if it is held fixed.
  public let baseLearningRate: Double?

  /// Ω at the fixed γ.
  public let bound: Double?

  /// The best cooldown length; nil if it cannot be varied.
  public let cooldown: CooldownLength?

  /// The best cycle length; nil for anything but a cosine.
  public let cycle: CosineCycle?

  /// The answer's caveats.
  public let diagnostics: [Diagnostic]

  private let tunable: TunableSchedule
  private let distance: Double

  /// Tunes a run; lengths are searched at a fixed γ, or with γ tuned for each if it is nil.
  ///
  /// Takes about 70 passes over the schedule, fewer with a closed form.
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

  /// Samples Ω at `count` + 1 values of γ at equal ratios, ascending, within a factor of eight of γ*.
  ///
  /// With an absolute floor the curve begins no lower than the floor; each point then takes one pass.
  public func bounds(count: Int) throws -> [(baseLearningRate: Double, bound: Double)] {
    let lowest = run.spec?.lowestBaseLearningRate ?? 0
    return try (0...count)
      .map { optimum.baseLearningRate * pow(8, 2 * Double($0) / Double(count) - 1) }
      .filter { $0 >= lowest }
      .map { ($0, try tunable.bound(fixed: $0, distance: distance).bound) }
  }
}
