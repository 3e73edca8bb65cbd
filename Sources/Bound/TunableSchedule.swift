import Glibc
import Numerics
import Schedules

/// A schedule over a number of steps, whose base learning rate is to be tuned.
///
/// Most schedules have one shape, and γ* = D/√(SV). With an absolute floor (`min-lr=`) the shape
/// depends on γ, and γ* is where dΩ/dγ vanishes.
public struct TunableSchedule: Sendable {
  private enum Shape: Sendable {
    case fixed(BoundTerms)
    case floored(ScheduleSpec, steps: Int, rate: Double, GradientNorms)
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

  /// A spec over a number of steps.
  ///
  /// Up to 10⁷ steps the sums are formed; beyond that, a closed form is used where there is one.
  ///
  /// - Parameters:
  ///   - spec: any spec but a file.
  ///   - steps: T.
  ///   - gradientNorms: G, or G_1 … G_T.
  /// - Throws: ``ScheduleError`` and ``BoundError``.
  /// - Complexity: O(T) time, O(1) memory.
  public init(_ spec: ScheduleSpec, steps: Int, gradientNorms: GradientNorms = .one) throws {
    if case .absolute(let rate) = spec.floor?.level {
      _ = try spec.realise(steps: steps, baseLearningRate: rate)
      shape = .floored(spec, steps: steps, rate: rate, gradientNorms)
    } else if steps > 10_000_000, gradientNorms == .one,
      let terms = BoundTerms.closedForm(of: spec, steps: steps)
    {
      shape = .fixed(terms)
    } else {
      let schedule = try spec.realise(steps: steps)
      shape = .fixed(try BoundTerms.lastIterate(of: schedule, gradientNorms: gradientNorms))
    }
  }

  /// S and V at a base learning rate (which matters with an absolute floor only).
  ///
  /// - Parameter baseLearningRate: γ, not below the floor.
  /// - Returns: the terms.
  /// - Throws: ``ScheduleError`` where γ lies below the floor.
  /// - Complexity: O(1), or O(T) with an absolute floor.
  public func terms(at baseLearningRate: Double) throws -> BoundTerms {
    switch shape {
    case .fixed(let terms): return terms
    case .floored(let spec, let steps, _, let norms):
      let schedule = try spec.realise(steps: steps, baseLearningRate: baseLearningRate)
      return try BoundTerms.lastIterate(of: schedule, gradientNorms: norms)
    }
  }

  /// The base learning rate at which the bound is least.
  ///
  /// - Parameter distance: D.
  /// - Returns: γ*, Ω* and the terms there. With an absolute floor γ* is good to about 10 digits.
  /// - Throws: ``BoundError``, ``ScheduleError``.
  /// - Complexity: O(1), or about 60 passes with an absolute floor.
  public func optimum(distance: Double = 1) throws -> Optimum {
    switch shape {
    case .fixed(let terms):
      return Optimum(
        baseLearningRate: try terms.optimalBaseLearningRate(distance: distance),
        bound: try terms.optimalBound(distance: distance), terms: terms, isAtFloor: false)
    case .floored(_, _, let rate, _):
      try requireUsable(distance, "distance")
      let lowest = log(rate)
      let gamma: Double
      if try slope(at: lowest, distance: distance) >= 0 {
        gamma = rate
      } else {
        var highest = lowest + 1
        while try slope(at: highest, distance: distance) < 0 {
          highest += 2
          // e^100 above the floor the floor is nothing; the slope is that of the bare schedule.
          guard highest < lowest + 230 else {
            throw BoundError.notConverged("the base learning rate over an absolute floor")
          }
        }
        let found = root(in: lowest...highest, tolerance: 1e-13) {
          (try? slope(at: $0, distance: distance)) ?? .nan
        }
        guard let found else {
          throw BoundError.notConverged("the base learning rate over an absolute floor")
        }
        gamma = max(rate, exp(found))
      }
      let terms = try terms(at: gamma)
      return Optimum(
        baseLearningRate: gamma, bound: try terms.bound(at: gamma, distance: distance),
        terms: terms, isAtFloor: gamma == rate)
    }
  }

  /// The distance D (at the given norms) for which a base learning rate is the tuned one.
  ///
  /// This turns the learning rate that someone tuned, in the trainer's units, into the bound's scale.
  ///
  /// - Parameter baseLearningRate: γ*.
  /// - Returns: D with γ*(D) = γ.
  /// - Throws: ``ScheduleError`` where γ lies below the floor, ``BoundError`` out of range.
  /// - Complexity: O(1), or a few passes with an absolute floor.
  public func distance(tunedAt baseLearningRate: Double) throws -> Double {
    switch shape {
    case .fixed(let terms):
      try requireUsable(baseLearningRate, "base learning rate")
      return baseLearningRate * (terms.stepSum * terms.noiseSum).squareRoot()
    case .floored:
      // Below the floor there is no such schedule, and the derivatives there mean nothing.
      _ = try terms(at: baseLearningRate)
      // dΩ/dγ = 0 with a = γS and b = γV: −D² a′/(2a²) + b′/2 = 0.
      let (travel, travelSlope, noiseSlope) = try slopes(at: log(baseLearningRate))
      guard travelSlope > 0, noiseSlope > 0 else {
        throw BoundError.notConverged("the scale at which this base learning rate is tuned")
      }
      return travel * (noiseSlope / travelSlope).squareRoot()
    }
  }

  /// dΩ/d ln γ.
  private func slope(at logarithm: Double, distance: Double) throws -> Double {
    let (travel, travelSlope, noiseSlope) = try slopes(at: logarithm)
    let ratio = distance / travel
    return noiseSlope / 2 - ratio * ratio * travelSlope / 2
  }

  /// γS, and the derivatives of γS and γV in ln γ, by differences of fourth order: central ones where
  /// the floor is far enough below, else forward.
  private func slopes(at logarithm: Double) throws -> (
    travel: Double, travelSlope: Double, noiseSlope: Double
  ) {
    guard case .floored(_, _, let rate, _) = shape else {
      preconditionFailure("only an absolute floor makes the terms depend on the base learning rate")
    }
    let step = 1e-3
    func values(_ offset: Double) throws -> SIMD2<Double> {
      let gamma = max(rate, exp(logarithm + offset * step))
      let terms = try terms(at: gamma)
      return SIMD2(gamma * terms.stepSum, gamma * terms.noiseSum)
    }
    let isCentral = logarithm - 2 * step > log(rate)
    let weights: [(offset: Double, weight: Double)] =
      isCentral
      ? [(-2, 1), (-1, -8), (1, 8), (2, -1)]
      : [(0, -25), (1, 48), (2, -36), (3, 16), (4, -3)]
    var slope = SIMD2<Double>.zero
    for (offset, weight) in weights { slope += try values(offset) * weight }
    slope /= 12 * step
    let here = try values(0)
    return (here.x, slope.x, slope.y)
  }
}
