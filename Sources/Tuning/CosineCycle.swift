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

  /// Whether the best cycle is the longest or shortest that was searched, and not where Ω turns.
  public let isAtEdge: Bool

  /// Searches cycles from half to four times the run's length, and on where the best lies at an end of these:
  /// up to a thousand times the run, which is a constant learning rate, and down to one step.
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
    guard var range = Self.range(of: spec, steps: steps) else { return nil }
    let all = (spec.warmup?.steps(of: steps) ?? 0) + 1...min(1000 * steps, ScheduleSpec.mostSteps)
    var found = minimum(in: range) { (try? choice($0)?.bound) ?? .infinity }
    while found.argument == range.upperBound && found.argument < all.upperBound
      || found.argument == range.lowerBound && found.argument > all.lowerBound
    {
      range =
        found.argument == range.upperBound
        ? range.lowerBound...min(all.upperBound, 4 * range.upperBound)
        : max(all.lowerBound, range.lowerBound / 4)...range.upperBound
      found = minimum(in: range) { (try? choice($0)?.bound) ?? .infinity }
    }
    best = try choice(found.argument) ?? whole
    isAtEdge = steps > 1 && (found.argument == all.lowerBound || found.argument == all.upperBound)
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

  /// The cycles that are searched first: half to four times the run, longer than the warmup.
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
