import Bound
import Glibc
import Runs

/// The generalised bound: the final loss of a run from its base learning rate, S and V.
///
///     L = C + A·(γS)^−α + B·γ^q·V^r.
///
/// The bound itself has α = q = r = 1. It has its optimum at γ* ∝ S^−a·V^−b with a = α/(α + q) and
/// b = r/(α + q).
public struct LossModel: Equatable, Sendable {
  /// C, in nats.
  public let constant: Double

  /// ln A.
  public let logBias: Double

  /// α, positive.
  public let biasExponent: Double

  /// ln B.
  public let logNoise: Double

  /// q, positive.
  public let rateExponent: Double

  /// r, positive.
  public let noiseSumExponent: Double

  /// a = α/(α + q): γ* ∝ S^−a.
  public var optimumStepSumExponent: Double { biasExponent / (biasExponent + rateExponent) }

  /// b = r/(α + q): γ* ∝ V^−b.
  public var optimumNoiseSumExponent: Double { noiseSumExponent / (biasExponent + rateExponent) }

  /// The final loss.
  ///
  /// - Parameters:
  ///   - baseLearningRate: γ, positive.
  ///   - terms: S and V of the schedule.
  /// - Returns: L in nats.
  /// - Complexity: O(1).
  public func loss(at baseLearningRate: Double, terms: BoundTerms) -> Double {
    let rate = log(baseLearningRate)
    let bias = logBias - biasExponent * (rate + log(terms.stepSum))
    let noise = logNoise + rateExponent * rate + noiseSumExponent * log(terms.noiseSum)
    return constant + exp(bias) + exp(noise)
  }

  /// The base learning rate at which the loss is least.
  ///
  /// - Parameter terms: S and V of the schedule.
  /// - Returns: γ*.
  /// - Complexity: O(1).
  public func optimalBaseLearningRate(for terms: BoundTerms) -> Double {
    let excess =
      log(biasExponent / rateExponent) + logBias - logNoise - biasExponent * log(terms.stepSum)
      - noiseSumExponent * log(terms.noiseSum)
    return exp(excess / (biasExponent + rateExponent))
  }
}
