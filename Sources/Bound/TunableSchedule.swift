import Glibc
import Numerics
import Schedules
import Support

/// A run whose base learning rate is to be tuned.
///
/// Most schedules have a fixed shape and γ* = D/√(SV). With an absolute floor (`min-lr=`) the shape depends
/// on γ, and γ* is where dΩ/dγ vanishes.
public struct TunableSchedule: Sendable {
  private enum Shape: Sendable {
    case fixed(BoundTerms)
    case floored(FlooredSchedule)
  }

  private let shape: Shape

  /// The result of tuning.
  public struct Optimum: Sendable {
    /// γ*, the optimal base learning rate.
    public let baseLearningRate: Double

    /// Ω*, the bound there.
    public let bound: Double

    /// S and V at γ*.
    public let terms: BoundTerms

    /// Whether γ* is the absolute floor itself, which makes the schedule constant.
    public let isAtFloor: Bool
  }

  /// Creates a schedule of fixed shape from its S and V.
  public init(terms: BoundTerms) { shape = .fixed(terms) }

  /// Creates a tunable schedule in O(T) time and O(1) memory, above 10⁷ steps by the closed form if there is one.
  public init(of run: TrainingRun, gradientNorms: GradientNorms = .one) throws {
    if let lowest = run.spec?.lowestBaseLearningRate {
      _ = try run.schedule(baseLearningRate: lowest)
      shape = .floored(FlooredSchedule(run: run, lowest: lowest, gradientNorms: gradientNorms))
    } else if run.steps > 10_000_000, let norm = gradientNorms.constant, let spec = run.spec,
      let terms = BoundTerms.closedForm(of: spec, steps: run.steps)
    {
      shape = .fixed(terms.scaled(gradientNorm: norm))
    } else {
      shape = .fixed(try .lastIterate(of: run.schedule(), gradientNorms: gradientNorms))
    }
  }

  /// Returns S and V at γ, which matters only with an absolute floor; fails if γ lies below it.
  public func terms(at baseLearningRate: Double) throws -> BoundTerms {
    switch shape {
    case .fixed(let terms): return terms
    case .floored(let floored): return try floored.terms(at: baseLearningRate)
    }
  }

  /// Returns γ*, Ω* and their terms in O(1); with an absolute floor in about 120 passes, to about 12 digits.
  public func optimum(distance: Double = 1) throws -> Optimum {
    switch shape {
    case .fixed(let terms):
      return Optimum(
        baseLearningRate: try terms.optimalBaseLearningRate(distance: distance),
        bound: try terms.optimalBound(distance: distance), terms: terms, isAtFloor: false)
    case .floored(let floored):
      try InputError.check(distance, "distance")
      let gamma = try floored.optimalBaseLearningRate(distance: distance)
      let terms = try floored.terms(at: gamma)
      return Optimum(
        baseLearningRate: gamma, bound: terms.uncheckedBound(at: gamma, distance: distance),
        terms: terms, isAtFloor: gamma == floored.lowest)
    }
  }

  /// Returns γ and Ω at a fixed base learning rate, or at the optimal one.
  public func bound(fixed: Double?, distance: Double = 1) throws -> (
    baseLearningRate: Double, bound: Double
  ) {
    if let fixed { return (fixed, try terms(at: fixed).bound(at: fixed, distance: distance)) }
    let optimum = try optimum(distance: distance)
    return (optimum.baseLearningRate, optimum.bound)
  }

  /// Returns the distance D (at the given norms) for which a base learning rate γ is the tuned one.
  ///
  /// This converts a tuned learning rate in the trainer's units to the bound's scale. Fails if γ lies below
  /// the floor or no D makes it the tuned one, which a clamped floor can cause. Takes about 100 passes with
  /// an absolute floor.
  public func distance(tunedAt baseLearningRate: Double) throws -> Double {
    try InputError.check(baseLearningRate, "base learning rate")
    switch shape {
    case .fixed(let terms):
      return baseLearningRate * (terms.stepSum * terms.noiseSum).squareRoot()
    case .floored(let floored): return try floored.distance(tunedAt: baseLearningRate)
    }
  }
}

/// A spec with an absolute floor, whose shape follows the base learning rate.
///
/// With the learning rates λ_t = γη_t, Ω = D²/(2a) + b/2, a = γS = Σ λ and b = γV.
private struct FlooredSchedule: Sendable {
  let run: TrainingRun

  let lowest: Double
  let gradientNorms: GradientNorms

  func terms(at baseLearningRate: Double) throws -> BoundTerms {
    let schedule = try run.schedule(baseLearningRate: baseLearningRate)
    return try BoundTerms.lastIterate(of: schedule, gradientNorms: gradientNorms)
  }

  /// The γ that minimises Ω: a scan, since a clamped floor can make several minima, then the root of dΩ/dγ.
  func optimalBaseLearningRate(distance: Double) throws -> Double {
    func bound(_ logarithm: Double) throws -> Double {
      let gamma = max(lowest, exp(logarithm))
      return try terms(at: gamma).uncheckedBound(at: gamma, distance: distance)
    }
    let low = log(lowest)
    let high = max(low, log(try optimumWithoutFloor(distance: distance))) + log(100)
    let cells = 96
    let grid = (0...cells).map { low + (high - low) * Double($0) / Double(cells) }
    let bounds = try grid.map { try bound($0) }
    let best = bounds.indices.min { bounds[$0] < bounds[$1] } ?? 0
    let left = grid[max(0, best - 1)]
    let right = grid[min(cells, best + 1)]

    func slope(_ logarithm: Double) -> Double {
      (try? boundSlope(at: max(lowest, exp(logarithm)), distance: distance)) ?? .nan
    }
    if best == 0, slope(low) >= 0 { return lowest }
    let found =
      root(in: left...right, tolerance: 1e-15, of: slope)
      ?? minimum(in: left...right, tolerance: 1e-9) { (try? bound($0)) ?? .infinity }.argument
    return max(lowest, exp(found))
  }

  /// γ* of the shape without its floor; Ω rises well above it.
  private func optimumWithoutFloor(distance: Double) throws -> Double {
    guard let spec = run.spec else { preconditionFailure("a floor belongs to a spec") }
    let bare = try spec.withoutFloor.schedule(steps: run.steps)
    let terms = try BoundTerms.lastIterate(of: bare, gradientNorms: gradientNorms)
    return distance / (terms.stepSum * terms.noiseSum).squareRoot()
  }

  /// The D for which γ is tuned: where dΩ/dγ = −D² a′/(2a²) + b′/2 vanishes.
  func distance(tunedAt baseLearningRate: Double) throws -> Double {
    let notTunable = InputError(
      .unanswerable,
      problem:
        "no scale was found at which this base learning rate is the tuned one, above the floor",
      hint: "check the floor and the norms")
    let (travel, travelSlope, noiseSlope) = try slopes(at: baseLearningRate)
    guard travelSlope > 0, noiseSlope > 0 else { throw notTunable }
    let distance = travel * (noiseSlope / travelSlope).squareRoot()
    let tuned = try optimalBaseLearningRate(distance: distance)
    guard abs(tuned / baseLearningRate - 1) < 1e-6 else { throw notTunable }
    return distance
  }

  private func boundSlope(at baseLearningRate: Double, distance: Double) throws -> Double {
    let (travel, travelSlope, noiseSlope) = try slopes(at: baseLearningRate)
    let ratio = distance / travel
    return noiseSlope / 2 - ratio * ratio * travelSlope / 2
  }

  /// a, da/dγ and db/dγ in one pass from the end: with A the suffix sums of η and B those of the slopes τ =
  /// dλ/dγ, a term η²/A of V has the slope 2ητ/A − η²B/A².
  private func slopes(at baseLearningRate: Double) throws -> (
    travel: Double, travelSlope: Double, noiseSlope: Double
  ) {
    let schedule = try run.schedule(baseLearningRate: baseLearningRate)
    let count = try BoundTerms.movingSteps(of: schedule, gradientNorms: gradientNorms)
    let eta = schedule.multipliers
    let slopes = schedule.slopes
    let lastNorm = gradientNorms.norm(at: count - 1)
    var suffix = CompensatedSum(eta[count - 1])
    var slopeSuffix = CompensatedSum(slopes[count - 1])
    var noise = CompensatedSum(slopes[count - 1] * lastNorm * lastNorm)
    for index in stride(from: count - 2, through: 0, by: -1) {
      let norm = gradientNorms.norm(at: index)
      let part = eta[index] / suffix.value
      noise.add(norm * norm * part * (2 * slopes[index] - part * slopeSuffix.value))
      suffix.add(eta[index])
      slopeSuffix.add(slopes[index])
    }
    return (baseLearningRate * suffix.value, slopeSuffix.value, noise.value)
  }
}
