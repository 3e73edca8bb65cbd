import Bound
import Numerics
import Schedules

/// The best length of a run's cooldown, and how much other lengths lose.
///
/// With γ tuned again for each length, the longer a linear cooldown the better, up to linear decay over
/// the run; other decays, and a fixed γ, can have a best length inside it (2501.18965, section 4).
public struct CooldownLength: Sendable {
  /// The length with the least bound.
  public let best: LengthChoice

  /// The lengths of 10, 20 and 40 % of the run, which show how flat the curve is.
  public let references: [LengthChoice]

  private let search: LengthSearch

  /// Searches the cooldown length of a run.
  ///
  /// Nil where the cooldown cannot be varied: given multipliers, and specs other than `constant`,
  /// `linear` and `wsd`. The spec's decay, warmup and floor are kept.
  ///
  /// - Parameters:
  ///   - run: the schedule and its number of steps.
  ///   - baseLearningRate: γ held fixed; nil to tune it for each length.
  ///   - gradientNorms: G, or G_1 … G_T.
  ///   - distance: D.
  /// - Throws: `ScheduleError` and `InputError`.
  /// - Complexity: about 60 passes over the schedule; O(1) each with a linear cooldown that has a
  ///   closed form.
  public init?(
    of run: TrainingRun, baseLearningRate: Double? = nil, gradientNorms: GradientNorms = .one,
    distance: Double = 1
  ) throws {
    guard let spec = run.spec, spec.replacingCooldown(steps: 1) != nil else { return nil }
    let search = LengthSearch(
      spec: spec, steps: run.steps, baseLearningRate: baseLearningRate,
      gradientNorms: gradientNorms, distance: distance)
    guard search.warmup < run.steps else {
      _ = try run.schedule(baseLearningRate: baseLearningRate)
      return nil
    }
    let longest = run.steps - search.warmup
    // Any error is an error at every length, so it shows at the longest.
    guard let last = try search.cooldown(of: longest) else { return nil }
    let found = minimum(in: 1...longest) { (try? search.cooldown(of: $0)?.bound) ?? .infinity }
    // Lengths that differ in the last digits alone are rounding; of those the whole run is meant.
    let isTie = last.bound <= found.value * (1 + 1e-13)
    best = isTie ? last : try search.cooldown(of: found.argument) ?? last
    references = try [0.1, 0.2, 0.4].compactMap { fraction in
      let count = Extent.fraction(fraction).steps(of: run.steps)
      return (1...longest).contains(count) ? try search.cooldown(of: count) : nil
    }
    self.search = search
  }

  /// Returns the relative excess Ω/Ω_best − 1 of a choice, 0 or more.
  public func excess(of choice: LengthChoice) -> Double { choice.bound / best.bound - 1 }

  /// The curve of Ω over the cooldown's length, densest where it is short and the curve steep.
  ///
  /// - Parameter count: how many lengths, at least 2; fewer where there are fewer steps.
  /// - Returns: the choices from one step to the longest.
  /// - Throws: `ScheduleError` and `BoundError`.
  /// - Complexity: one pass over the schedule a length; O(1) each where there is a closed form.
  public func choices(count: Int) throws -> [LengthChoice] {
    let longest = search.steps - search.warmup
    return try LengthSearch.samples(of: 1...longest, count: count) {
      1 + Double(longest - 1) * $0 * $0
    }.compactMap(search.cooldown)
  }
}

extension LengthSearch {
  /// One length of the cooldown; nil where it cannot be varied.
  fileprivate func cooldown(of length: Int) throws -> LengthChoice? {
    try spec.replacingCooldown(steps: length).map { try choice(length, $0) }
  }
}
