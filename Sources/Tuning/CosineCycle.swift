import Bound
import Numerics
import Schedules

/// The best cycle length of a cosine schedule: a cycle longer than the run is cut off when the run
/// ends, a shorter one stays on its floor (2501.18965, section 4).
public struct CosineCycle: Sendable {
  /// One cycle length.
  public struct Choice: Equatable, Sendable {
    /// The steps of the whole cycle.
    public let steps: Int

    /// The cycle's length as a multiple of the run's.
    public let ratio: Double

    /// γ: the fixed one, or the one tuned for this cycle.
    public let baseLearningRate: Double

    /// Ω at that γ.
    public let bound: Double
  }

  /// The cycle with the least bound.
  public let best: Choice

  /// The cycle as long as the run.
  public let asLongAsRun: Choice

  /// Searches cycles from half to four times the run's length.
  ///
  /// - Parameters:
  ///   - spec: a `cosine` spec; its power, warmup and floor are kept. Nil for other families.
  ///   - steps: T.
  ///   - baseLearningRate: γ held fixed; nil to tune it for each cycle.
  ///   - gradientNorms: G, or G_1 … G_T.
  ///   - distance: D.
  /// - Throws: `ScheduleError` and `BoundError`.
  /// - Complexity: about 70 passes over the schedule.
  public init?(
    of spec: ScheduleSpec, steps: Int, baseLearningRate: Double? = nil,
    gradientNorms: GradientNorms = .one, distance: Double = 1
  ) throws {
    guard case .cosine = spec.family else { return nil }

    func choice(_ cycle: Int) throws -> Choice? {
      try Self.choice(
        cycle, of: spec, steps: steps, baseLearningRate: baseLearningRate,
        gradientNorms: gradientNorms, distance: distance)
    }
    guard let whole = try choice(steps) else { return nil }
    asLongAsRun = whole
    guard let range = Self.range(of: spec, steps: steps) else { return nil }
    let found = minimum(in: range) { (try? choice($0)?.bound) ?? .infinity }
    best = try choice(found.argument) ?? whole
  }

  /// Cycles at equal ratios, for the curve of Ω over the length.
  ///
  /// - Parameters:
  ///   - count: how many cycles, at least 2; fewer where there are not so many steps.
  ///   - spec: a `cosine` spec.
  ///   - steps: T.
  ///   - baseLearningRate: γ held fixed; nil to tune it for each cycle.
  ///   - gradientNorms: G, or G_1 … G_T.
  ///   - distance: D.
  /// - Returns: the choices, the shortest first; none for other families.
  /// - Throws: `ScheduleError` and `BoundError`.
  /// - Complexity: one pass over the schedule a cycle.
  public static func choices(
    count: Int, of spec: ScheduleSpec, steps: Int, baseLearningRate: Double? = nil,
    gradientNorms: GradientNorms = .one, distance: Double = 1
  ) throws -> [Choice] {
    guard let range = range(of: spec, steps: steps) else { return [] }
    return try SpreadLengths.geometric(range, count: count).compactMap { cycle in
      try choice(
        cycle, of: spec, steps: steps, baseLearningRate: baseLearningRate,
        gradientNorms: gradientNorms, distance: distance)
    }
  }

  /// The cycles that are searched: half to four times the run, longer than the warmup.
  private static func range(of spec: ScheduleSpec, steps: Int) -> ClosedRange<Int>? {
    let warmup = spec.warmup?.steps(of: steps) ?? 0
    let shortest = max(steps / 2, warmup + 1)
    let longest = min(4 * steps, ScheduleSpec.mostSteps)
    return shortest <= longest ? shortest...longest : nil
  }

  /// One cycle; nil for other families.
  private static func choice(
    _ cycle: Int, of spec: ScheduleSpec, steps: Int, baseLearningRate: Double?,
    gradientNorms: GradientNorms, distance: Double
  ) throws -> Choice? {
    guard let varied = spec.replacingPeriod(steps: cycle) else { return nil }
    let tunable = try TunableSchedule(varied, steps: steps, gradientNorms: gradientNorms)
    let ratio = Double(cycle) / Double(steps)
    let (gamma, bound) = try tunable.bound(fixed: baseLearningRate, distance: distance)
    return Choice(steps: cycle, ratio: ratio, baseLearningRate: gamma, bound: bound)
  }
}
