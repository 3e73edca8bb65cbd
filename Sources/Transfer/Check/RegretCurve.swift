import Bound
import Glibc
import Runs

/// What a base learning rate off by a factor costs: L(ργ*) − L(γ*) under the generalised bound.
///
/// At the optimum of L = C + A·(γS)^−α + B·γ^q·V^r the two terms stand as q to α, so that with
/// K = L(γ*) − C
///
///     L(ργ*) = C + K·f(ρ),      f(ρ) = (q·ρ^−α + α·ρ^q)/(α + q)      (derived here).
///
/// At one shape S grows like T while V hardly moves, hence K ∝ T^−αq/(α + q): a tuned run is at the same
/// loss after the part f(ρ)^−(α + q)/(αq) of the steps (derived here). For the bound, α = q = 1, these are
/// f = (ρ + 1/ρ)/2 and f^−2.
public struct RegretCurve: Equatable, Sendable {
  /// Where a curve comes from.
  public enum Basis: String, Sendable {
    /// The generalised bound fitted across the cells of a sweep.
    case lossModel = "loss-model"

    /// C + A/γ + Bγ fitted to one cell: its exponents are the bound's.
    case cell

    /// The bound itself, which says nothing of nats.
    case bound
  }

  /// What a base learning rate costs.
  public struct Regret: Equatable, Sendable {
    /// Nats, at most `SweepCell.divergenceMargin`; nil where no run tells.
    public var nats: Double?

    /// The part of the steps after which a tuned run has the same loss, taken from 1.
    public var stepsPart: Double
  }

  /// Where it comes from.
  public let basis: Basis

  /// α.
  let biasExponent: Double

  /// q.
  let rateExponent: Double

  /// K, in nats; nil where no run tells.
  let excess: Double?

  /// The bound's.
  public static let bound = RegretCurve(
    basis: .bound, biasExponent: 1, rateExponent: 1, excess: nil)

  /// The curve of a fitted model.
  ///
  /// - Parameters:
  ///   - model: the generalised bound.
  ///   - terms: S and V of the schedule that is asked about.
  init(of model: LossModel, terms: BoundTerms) {
    let optimum = model.optimalBaseLearningRate(for: terms)
    self.init(
      basis: .lossModel, biasExponent: model.biasExponent, rateExponent: model.rateExponent,
      excess: model.loss(at: optimum, terms: terms) - model.constant)
  }

  /// The curve of one cell; nil where C + A/γ + Bγ has no minimum there.
  init?(of optimum: SweepOptimum) {
    guard let form = optimum.estimates.first(where: { $0.form == .bound }),
      let rate = form.baseLearningRate, let regret = form.regret(at: 2 * rate)
    else { return nil }
    // f(2) − 1 is 1/4.
    self.init(basis: .cell, biasExponent: 1, rateExponent: 1, excess: 4 * regret)
  }

  private init(basis: Basis, biasExponent: Double, rateExponent: Double, excess: Double?) {
    self.basis = basis
    self.biasExponent = biasExponent
    self.rateExponent = rateExponent
    self.excess = excess.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The regret of γ = ργ*.
  ///
  /// - Parameter ratio: ρ, positive.
  /// - Returns: nothing below 0 and nothing infinite.
  /// - Complexity: O(1).
  public func regret(at ratio: Double) -> Regret {
    let (alpha, rate) = (biasExponent, rateExponent)
    let logRatio = log(ratio)
    let factor = (rate * exp(-alpha * logRatio) + alpha * exp(rate * logRatio)) / (alpha + rate)
    let above = min(max(0, factor - 1), 1e300)
    return Regret(
      nats: excess.map { min(max(0, $0 * above), SweepCell.divergenceMargin) },
      stepsPart: 1 - pow(1 + above, -(alpha + rate) / (alpha * rate)))
  }

  /// The regret of γ expected where γ* is not quite known: the mean over ln γ*, normal around the centre
  /// with one standard deviation below it and another above.
  ///
  /// - Parameters:
  ///   - baseLearningRate: γ.
  ///   - centre: the estimate of γ*.
  ///   - interval: 1.5 standard deviations to either side of the centre.
  /// - Returns: the mean of ``regret(at:)``.
  /// - Complexity: O(1).
  public func expectedRegret(
    of baseLearningRate: Double, centre: Double, interval: ClosedRange<Double>
  ) -> Regret {
    let logRatio = log(baseLearningRate / centre)
    let below = log(centre / interval.lowerBound) / SweepOptimum.intervalWidths
    let above = log(interval.upperBound / centre) / SweepOptimum.intervalWidths
    var (total, nats, part) = (0.0, 0.0, 0.0)
    // The trapezium rule out to four deviations is exact to many digits for a normal density.
    for node in -32...32 {
      let deviations = Double(node) / 8
      let weight = exp(-deviations * deviations / 2)
      let regret = regret(at: exp(logRatio - deviations * (node < 0 ? below : above)))
      total += weight
      nats += weight * (regret.nats ?? 0)
      part += weight * regret.stepsPart
    }
    return Regret(nats: excess.map { _ in nats / total }, stepsPart: part / total)
  }
}
