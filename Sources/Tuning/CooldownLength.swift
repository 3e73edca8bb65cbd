import Bound
import Numerics
import Schedules

/// The best length of a linear (or other) cooldown for a run, and how much other lengths lose.
///
/// With γ re-tuned for each length, the longer a linear cooldown the better, up to linear decay over the run;
/// other decays, and a fixed γ, can have a best length inside it (2501.18965, section 4).
public struct CooldownLength: Sendable {
  /// One length of the cooldown.
  public struct Choice: Equatable, Sendable {
    /// The cooldown's steps, n.
    public let steps: Int

    /// n/T.
    public let fraction: Double

    /// γ: the fixed one, or the one tuned for this length.
    public let baseLearningRate: Double

    /// Ω at that γ.
    public let bound: Double
  }

  /// The length with the least bound.
  public let best: Choice

  /// The lengths of 10, 20 and 40 % of the run, for the flatness of the curve.
  public let references: [Choice]

  /// The relative excess Ω/Ω_best − 1 of a choice.
  ///
  /// - Parameter choice: one of ``references``.
  /// - Returns: 0 or more.
  public func excess(of choice: Choice) -> Double { choice.bound / best.bound - 1 }

  /// Whether the cooldown of a spec can be varied: `constant`, `linear` and `wsd` with any decay.
  ///
  /// - Parameter spec: any spec.
  /// - Returns: true where ``init(of:steps:baseLearningRate:gradientNorms:distance:)`` applies.
  public static func applies(to spec: ScheduleSpec) -> Bool {
    spec.replacingCooldown(steps: 1) != nil
  }

  /// Searches the cooldown length of a spec.
  ///
  /// - Parameters:
  ///   - spec: `constant`, `linear` or `wsd`; its decay, warmup and floor are kept.
  ///   - steps: T.
  ///   - baseLearningRate: γ held fixed; nil to tune it for each length.
  ///   - gradientNorms: G, or G_1 … G_T.
  ///   - distance: D.
  /// - Throws: `ScheduleError` and `BoundError`.
  /// - Complexity: about 60 passes over the schedule; O(1) each with a linear cooldown that has a
  ///   closed form.
  public init?(
    of spec: ScheduleSpec, steps: Int, baseLearningRate: Double? = nil,
    gradientNorms: GradientNorms = .one, distance: Double = 1
  ) throws {
    guard Self.applies(to: spec) else { return nil }
    let warmup = spec.warmup?.steps(of: steps) ?? 0
    guard warmup < steps else {
      _ = try spec.schedule(steps: steps, baseLearningRate: baseLearningRate)
      return nil
    }

    func choice(_ count: Int) throws -> Choice? {
      try Self.choice(
        count, of: spec, steps: steps, baseLearningRate: baseLearningRate,
        gradientNorms: gradientNorms, distance: distance)
    }
    let longest = steps - warmup
    // Any error is an error at every length, so it shows at the longest.
    guard let last = try choice(longest) else { return nil }
    let found = minimum(in: 1...longest) { (try? choice($0)?.bound) ?? .infinity }
    // Lengths that differ in the last digits alone are rounding; of those the whole run is meant.
    let isTie = last.bound <= found.value * (1 + 1e-13)
    best = isTie ? last : try choice(found.argument) ?? last
    references = try [0.1, 0.2, 0.4].compactMap { fraction in
      let count = Extent.fraction(fraction).steps(of: steps)
      return (1...longest).contains(count) ? try choice(count) : nil
    }
  }

  /// Lengths from one step to the longest, for the curve of Ω over the length, which is steep where the
  /// cooldown is short.
  ///
  /// - Parameters:
  ///   - count: how many lengths, at least 2; fewer where there are not so many steps.
  ///   - spec: a spec whose cooldown can be varied.
  ///   - steps: T.
  ///   - baseLearningRate: γ held fixed; nil to tune it for each length.
  ///   - gradientNorms: G, or G_1 … G_T.
  ///   - distance: D.
  /// - Returns: the choices, the shortest first; none where the cooldown cannot be varied.
  /// - Throws: `ScheduleError` and `BoundError`.
  /// - Complexity: one pass over the schedule a length; O(1) each where there is a closed form.
  public static func choices(
    count: Int, of spec: ScheduleSpec, steps: Int, baseLearningRate: Double? = nil,
    gradientNorms: GradientNorms = .one, distance: Double = 1
  ) throws -> [Choice] {
    let longest = steps - (spec.warmup?.steps(of: steps) ?? 0)
    guard longest > 0 else { return [] }
    return try SpreadLengths.dense(1...longest, count: count).compactMap { length in
      try choice(
        length, of: spec, steps: steps, baseLearningRate: baseLearningRate,
        gradientNorms: gradientNorms, distance: distance)
    }
  }

  /// One length; nil where the cooldown cannot be varied.
  private static func choice(
    _ count: Int, of spec: ScheduleSpec, steps: Int, baseLearningRate: Double?,
    gradientNorms: GradientNorms, distance: Double
  ) throws -> Choice? {
    guard let varied = spec.replacingCooldown(steps: count) else { return nil }
    let tunable: TunableSchedule
    if let norm = gradientNorms.constant,
      let terms = BoundTerms.closedForm(of: varied, steps: steps)
    {
      tunable = TunableSchedule(terms: terms.scaled(gradientNorm: norm))
    } else {
      tunable = try TunableSchedule(varied, steps: steps, gradientNorms: gradientNorms)
    }
    let fraction = Double(count) / Double(steps)
    let (gamma, bound) = try tunable.bound(fixed: baseLearningRate, distance: distance)
    return Choice(steps: count, fraction: fraction, baseLearningRate: gamma, bound: bound)
  }
}
