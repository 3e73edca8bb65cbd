import Glibc
import Schedules
import Support

/// The length of a run and its batch.
public struct Horizon: Equatable, Sendable {
  /// T, the number of optimiser steps.
  public let steps: Int

  /// B, the tokens in a step (the predictions that a loss is averaged over); nil if unknown.
  public let batchTokens: Int?

  /// D = B·T, the tokens of the whole run; nil if the batch is unknown.
  public var tokens: Double? { batchTokens.map { Double($0) * Double(steps) } }

  /// Creates a horizon.
  public init(steps: Int, batchTokens: Int? = nil) {
    self.steps = steps
    self.batchTokens = batchTokens
  }
}

/// How the tuned base learning rate moves with batch and tokens at one shape.
///
///     γ*(B, D) ∝ D^(1/6) / √(1 + (B_c/B)²),   B_c = c·√D,   c = 1.9
///
/// B_c acts like a critical batch: far below it γ* is proportional to B, far above it independent of B.
/// At fixed B, γ* ∝ T^−p with p = ½/(1 + (B/B_c)²) − 1/6, from 1/3 (small batches) to −1/6 (large ones).
///
/// Fitted to five studies of tuned rates, of which the largest is that of 2503.04715: language models of
/// 0.1 to 1 billion parameters, 24 to 2048 sequences a batch, 10⁹ to 10¹¹ tokens, AdamW. Below
/// ``leastTokens`` the constant is another one, so the batch part is an order of magnitude only.
public struct HorizonBatchLaw: Equatable, Sendable {
  /// c in B_c = c·√D.
  public let constant: Double

  /// c of language models.
  public static let usualConstant = 1.9

  /// The standard deviation of ln c between kinds of model, the prior of a fit.
  public static let constantDeviation = 0.7

  /// The fewest tokens at which the constant was seen.
  public static let leastTokens = 1e9

  /// p far below the critical batch, and where the batch is unknown.
  public static let smallBatchExponent = 1.0 / 3

  /// p far above the critical batch.
  public static let largeBatchExponent = -1.0 / 6

  /// Creates the law with a positive constant c.
  public init(constant: Double = HorizonBatchLaw.usualConstant) { self.constant = constant }

  /// B_c for a run of D tokens.
  public func criticalBatch(tokens: Double) -> Double { constant * tokens.squareRoot() }

  /// p at a horizon; the small-batch limit if its batch is unknown.
  public func horizonExponent(at horizon: Horizon) -> Double {
    guard let batch = horizon.batchTokens, let tokens = horizon.tokens else {
      return Self.smallBatchExponent
    }
    return Self.horizonExponent(relativeBatch: Double(batch) / criticalBatch(tokens: tokens))
  }

  /// p at a batch given as B/B_c.
  public static func horizonExponent(relativeBatch relative: Double) -> Double {
    0.5 / (1 + relative * relative) + largeBatchExponent
  }

  /// Returns ln γ* up to a constant that all horizons with a known batch share, and all without.
  public func logRate(at horizon: Horizon) -> Double {
    guard let batch = horizon.batchTokens, let tokens = horizon.tokens else {
      return -Self.smallBatchExponent * log(Double(horizon.steps))
    }
    let relative = criticalBatch(tokens: tokens) / Double(batch)
    return log(tokens) / 6 - log1p(relative * relative) / 2
  }

  /// Returns γ*_to/γ*_from at one shape: exact between two batches, and the small-batch limit unless both
  /// are known.
  public func ratio(from: Horizon, to: Horizon) -> Double {
    guard from.batchTokens != nil, to.batchTokens != nil else {
      return pow(Double(to.steps) / Double(from.steps), -Self.smallBatchExponent)
    }
    return exp(logRate(at: to) - logRate(at: from))
  }

  /// Returns the part of ``ratio(from:to:)`` due to the batch alone, at the target's number of steps.
  func batchRatio(from: Horizon, to: Horizon) -> Double {
    let step = Horizon(steps: to.steps, batchTokens: from.batchTokens)
    return step == to ? 1 : ratio(from: step, to: to)
  }

  /// The law's three regimes by their batch at the source, with γ*_to/γ*_from at one shape and batch for T
  /// times k.
  static let regimes: [(name: String, ratio: @Sendable (Double) -> Double)] = [
    ("for small batches", { pow($0, -smallBatchExponent) }),
    ("at B = 1.9·√D", { pow($0, 1.0 / 6) * (2 / (1 + $0)).squareRoot() }),
    ("for large ones", { pow($0, -largeBatchExponent) }),
  ]

  /// How both batches stand to the critical one and what that means, in one sentence; nil if they are unknown.
  public func meaning(from: Horizon, to: Horizon) -> String? {
    let places = [from, to].compactMap { horizon in
      horizon.batchTokens.flatMap { batch in
        horizon.tokens.map { significant(Double(batch) / criticalBatch(tokens: $0), 2) }
      }
    }
    guard places.count == 2 else { return nil }
    let ratio = ratio(from: from, to: to)
    let wanted =
      abs(ratio - 1) < 0.02
      ? "the same learning rate" : "a \(ratio > 1 ? "higher" : "lower") learning rate"
    let who =
      from.batchTokens != to.batchTokens
      ? "the target" : to.steps > from.steps ? "the longer run" : "the shorter run"
    return
      "the batch is \(places[0]) times the critical one at the source, \(places[1]) at the target: \(who) wants \(wanted)"
  }

  /// Returns d ln γ*/d ln c at a horizon with a known batch, which is −1 at small and 0 at large batches.
  func sensitivity(at horizon: Horizon) -> Double {
    horizon.batchTokens == nil
      ? 0 : -2 * (horizonExponent(at: horizon) - Self.largeBatchExponent)
  }
}

extension TrainingRun {
  /// The run's length and batch.
  package var horizon: Horizon { Horizon(steps: steps, batchTokens: batchTokens) }
}
