import Bound
import Glibc
import Runs

/// The cost of a base learning rate off by a factor ρ: L(ργ*) − L(γ*) under the generalised bound.
///
/// At the optimum of L = C + A·(γS)^−α + B·γ^q·V^r the two terms are in the ratio q : α. With K = L(γ*) −
/// C
///
///     L(ργ*) = C + K·f(ρ),      f(ρ) = (q·ρ^−α + α·ρ^q)/(α + q)      (derived here).
///
/// At one shape S ∝ T while V hardly changes, so K ∝ T^−αq/(α + q): a tuned run reaches the same loss in
/// the fraction f(ρ)^−(α + q)/(αq) of the steps (derived here). For small errors that saves ½(α + q)·ln²ρ
/// of them; the bound (α = q = 1) has α + q = 2, runs of a 124M model show about ½.
public struct RegretCurve: Equatable, Sendable {
  /// The origin of a curve.
  public enum Basis: String, CaseIterable, Sendable {
    /// The generalised bound fitted across a sweep's cells.
    case lossModel = "loss-model"

    /// One cell's losses, with typical exponents.
    case cell

    /// Typical exponents alone; regrets have no nats.
    case typical
  }

  /// The cost of a base learning rate.
  public struct Regret: Equatable, Sendable {
    /// The excess loss in nats, at most `SweepCell.divergenceMargin`; nil without runs.
    public var nats: Double?

    /// The fraction of the steps that a tuned run would save at the same loss.
    public var stepsFraction: Double
  }

  /// The origin of the curve.
  public let basis: Basis

  let biasExponent: Double
  let rateExponent: Double

  /// K in nats; nil without runs.
  let excess: Double?

  /// α and q without a sweep: each half of the α + q of a 124M model.
  static let typicalExponent = 0.25

  /// The curve without any runs.
  public static let typical = RegretCurve(
    basis: .typical, biasExponent: typicalExponent, rateExponent: typicalExponent, excess: nil)

  init(of model: LossModel, terms: BoundTerms) {
    let optimum = model.optimalBaseLearningRate(for: terms)
    self.init(
      basis: .lossModel, biasExponent: model.biasExponent, rateExponent: model.rateExponent,
      excess: model.loss(at: optimum, terms: terms) - model.constant)
  }

  /// The curve of one cell, scaled to its cost of a factor of two; nil if C + A/γ + Bγ has no minimum.
  init?(of optimum: SweepOptimum) {
    guard let form = optimum.estimates.first(where: { $0.form == .bound }),
      let rate = form.baseLearningRate, let regret = form.regret(at: 2 * rate)
    else { return nil }
    let exponent = Self.typicalExponent
    let factor = cosh(exponent * log(2))
    self.init(
      basis: .cell, biasExponent: exponent, rateExponent: exponent, excess: regret / (factor - 1))
  }

  private init(basis: Basis, biasExponent: Double, rateExponent: Double, excess: Double?) {
    self.basis = basis
    self.biasExponent = biasExponent
    self.rateExponent = rateExponent
    self.excess = excess.flatMap { $0.isFinite ? $0 : nil }
  }

  /// Returns the regret of γ = ργ* for a positive ρ; it is finite and at least 0.
  public func regret(at ratio: Double) -> Regret {
    let (alpha, rate) = (biasExponent, rateExponent)
    let logRatio = log(ratio)
    let factor = (rate * exp(-alpha * logRatio) + alpha * exp(rate * logRatio)) / (alpha + rate)
    let above = min(max(0, factor - 1), 1e300)
    return Regret(
      nats: excess.map { min(max(0, $0 * above), SweepCell.divergenceMargin) },
      stepsFraction: 1 - pow(1 + above, -(alpha + rate) / (alpha * rate)))
  }

  /// Returns the mean regret of γ for an uncertain γ*.
  ///
  /// ln γ* is normal around `centre`, with one standard deviation below and another above it; `interval`
  /// reaches two of them to either side.
  public func expectedRegret(
    of baseLearningRate: Double, centre: Double, interval: ClosedRange<Double>
  ) -> Regret {
    let logRatio = log(baseLearningRate / centre)
    let below = log(centre / interval.lowerBound) / SweepOptimum.intervalWidths
    let above = log(interval.upperBound / centre) / SweepOptimum.intervalWidths
    var (total, nats, fraction) = (0.0, 0.0, 0.0)
    // For a normal density the trapezium rule out to four deviations is exact to many digits.
    for node in -32...32 {
      let deviations = Double(node) / 8
      let weight = exp(-deviations * deviations / 2)
      let regret = regret(at: exp(logRatio - deviations * (node < 0 ? below : above)))
      total += weight
      nats += weight * (regret.nats ?? 0)
      fraction += weight * regret.stepsFraction
    }
    return Regret(nats: excess.map { _ in nats / total }, stepsFraction: fraction / total)
  }
}
