import Bound
import Numerics
import Schedules

/// The best length of a run's cooldown, and the cost of other lengths.
///
/// With γ retuned for each length, longer linear cooldowns are always better, up to linear decay over the
/// run; other decays, or a fixed γ, can have a best length inside it (2501.18965, section 4).
public struct CooldownLength: Sendable {
  /// The length with the lowest bound.
  public let best: LengthChoice

  /// Cooldowns of 10, 20 and 40 % of the run, which show how flat the curve is.
  public let references: [LengthChoice]

  private let search: LengthSearch

  /// Searches the cooldown length at a fixed γ, or with γ tuned for each length if it is nil.
  ///
  /// Keeps the spec's decay, warmup and floor. Nil for given multipliers and for specs other than
  /// `constant`, `linear` and `wsd`. Takes about 60 passes over the schedule, or O(1) each for a linear
  /// cooldown with a closed form.
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
    // An error at any length shows at the longest.
    guard let last = try search.cooldown(of: longest) else { return nil }
    let found = minimum(in: 1...longest) { (try? search.cooldown(of: $0)?.bound) ?? .infinity }
    // Bounds that agree up to rounding count as a tie, which the whole run wins.
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

  /// Samples Ω at up to `count` ≥ 2 lengths, from one step to the longest, densest where the curve is steep.
  ///
  /// Takes one pass over the schedule per length, or O(1) with a closed form.
  public func choices(count: Int) throws -> [LengthChoice] {
    let longest = search.steps - search.warmup
    return try LengthSearch.samples(of: 1...longest, count: count) {
      1 + Double(longest - 1) * $0 * $0
    }.compactMap(search.cooldown)
  }
}

extension LengthSearch {
  fileprivate func cooldown(of length: Int) throws -> LengthChoice? {
    try spec.replacingCooldown(steps: length).map { try choice(length, $0) }
  }
}
