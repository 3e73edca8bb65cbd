import Schedules

/// A schedule over a number of steps, whose base learning rate is to be tuned.
///
/// Most schedules have one shape, and γ* = D/√(SV). With an absolute floor (`min-lr=`) the shape
/// depends on γ, and γ* is where dΩ/dγ vanishes.
public struct TunableSchedule: Sendable {
  private enum Shape: Sendable {
    case fixed(BoundTerms)
    case floored(FlooredSchedule)
  }

  private let shape: Shape

  /// The result of tuning.
  public struct Optimum: Sendable {
    /// γ*, the best base learning rate.
    public let baseLearningRate: Double

    /// Ω*, the bound there.
    public let bound: Double

    /// S and V at γ*.
    public let terms: BoundTerms

    /// Whether γ* is the absolute floor itself, so that the schedule has become a constant.
    public let isAtFloor: Bool
  }

  /// A schedule of fixed shape.
  ///
  /// - Parameter terms: its S and V.
  public init(terms: BoundTerms) { shape = .fixed(terms) }

  /// A run.
  ///
  /// - Parameters:
  ///   - run: a spec over its steps, or given multipliers.
  ///   - gradientNorms: G, or G_1 … G_T.
  /// - Throws: `ScheduleError` and ``BoundError``.
  /// - Complexity: O(T) time, O(1) memory.
  public init(of run: TrainingRun, gradientNorms: GradientNorms = .one) throws {
    if let spec = run.spec {
      try self.init(spec, steps: run.steps, gradientNorms: gradientNorms)
    } else {
      let terms = try BoundTerms.lastIterate(of: run.schedule(), gradientNorms: gradientNorms)
      self.init(terms: terms)
    }
  }

  /// A spec over a number of steps.
  ///
  /// Up to 10⁷ steps the sums are formed; beyond that, a closed form is used where there is one.
  ///
  /// - Parameters:
  ///   - spec: any spec.
  ///   - steps: T.
  ///   - gradientNorms: G, or G_1 … G_T.
  /// - Throws: `ScheduleError` and ``BoundError``.
  /// - Complexity: O(T) time, O(1) memory.
  public init(_ spec: ScheduleSpec, steps: Int, gradientNorms: GradientNorms = .one) throws {
    if let lowest = spec.lowestBaseLearningRate {
      _ = try spec.schedule(steps: steps, baseLearningRate: lowest)
      shape = .floored(
        FlooredSchedule(spec: spec, steps: steps, lowest: lowest, gradientNorms: gradientNorms))
    } else if steps > 10_000_000, case .constant(let norm) = gradientNorms.storage,
      let terms = BoundTerms.closedForm(of: spec, steps: steps)
    {
      shape = .fixed(terms.scaled(gradientNorm: norm))
    } else {
      let schedule = try spec.schedule(steps: steps)
      shape = .fixed(try BoundTerms.lastIterate(of: schedule, gradientNorms: gradientNorms))
    }
  }

  /// S and V at a base learning rate (which matters with an absolute floor only).
  ///
  /// - Parameter baseLearningRate: γ, not below the floor.
  /// - Returns: the terms.
  /// - Throws: `ScheduleError` where γ lies below the floor.
  /// - Complexity: O(1), or O(T) with an absolute floor.
  public func terms(at baseLearningRate: Double) throws -> BoundTerms {
    switch shape {
    case .fixed(let terms): return terms
    case .floored(let floored): return try floored.terms(at: baseLearningRate)
    }
  }

  /// The base learning rate at which the bound is least.
  ///
  /// - Parameter distance: D.
  /// - Returns: γ*, Ω* and the terms there. With an absolute floor γ* is good to about 12 digits.
  /// - Throws: ``BoundError``, `ScheduleError`.
  /// - Complexity: O(1), or about 120 passes with an absolute floor.
  public func optimum(distance: Double = 1) throws -> Optimum {
    switch shape {
    case .fixed(let terms):
      return Optimum(
        baseLearningRate: try terms.optimalBaseLearningRate(distance: distance),
        bound: try terms.optimalBound(distance: distance), terms: terms, isAtFloor: false)
    case .floored(let floored):
      try requireUsable(distance, "distance")
      let gamma = try floored.optimalBaseLearningRate(distance: distance)
      let terms = try floored.terms(at: gamma)
      return Optimum(
        baseLearningRate: gamma, bound: terms.uncheckedBound(at: gamma, distance: distance),
        terms: terms, isAtFloor: gamma == floored.lowest)
    }
  }

  /// The bound at a base learning rate that is held fixed, or else at the best one.
  ///
  /// - Parameters:
  ///   - fixed: γ; nil to tune it.
  ///   - distance: D.
  /// - Returns: γ and Ω.
  /// - Throws: ``BoundError``, `ScheduleError`.
  /// - Complexity: as ``optimum(distance:)``.
  public func bound(fixed: Double?, distance: Double = 1) throws -> (
    baseLearningRate: Double, bound: Double
  ) {
    if let fixed { return (fixed, try terms(at: fixed).bound(at: fixed, distance: distance)) }
    let optimum = try optimum(distance: distance)
    return (optimum.baseLearningRate, optimum.bound)
  }

  /// The distance D (at the given norms) for which a base learning rate is the tuned one.
  ///
  /// This turns the learning rate that someone tuned, in the trainer's units, into the bound's scale.
  ///
  /// - Parameter baseLearningRate: γ*.
  /// - Returns: D with γ*(D) = γ.
  /// - Throws: `ScheduleError` where γ lies below the floor, ``BoundError`` out of range or where no
  ///   scale makes it the tuned one (possible with a clamped floor).
  /// - Complexity: O(1), or about 100 passes with an absolute floor.
  public func distance(tunedAt baseLearningRate: Double) throws -> Double {
    try requireUsable(baseLearningRate, "base learning rate")
    switch shape {
    case .fixed(let terms):
      return baseLearningRate * (terms.stepSum * terms.noiseSum).squareRoot()
    case .floored(let floored): return try floored.distance(tunedAt: baseLearningRate)
    }
  }
}
