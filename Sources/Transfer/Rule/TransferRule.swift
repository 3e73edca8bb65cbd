import Bound
import Glibc
import Support

/// How to transfer a tuned base learning rate to another schedule, horizon and batch.
///
/// ratio = γ*_to/γ*_from · (T_to/T_from)^(1/2) · h_to/h_from: the shape by the bound, whose own T^−1/2 is
/// replaced by a law h of horizon and batch.
public enum TransferRule: Equatable, Sendable {
  /// The bound's shape, with horizon and batch by the law; its small-batch limit T^−1/3 without a batch.
  case standard(HorizonBatchLaw = HorizonBatchLaw())

  /// The bound's shape with a given horizon exponent p, and the batch by the law.
  case exponent(Double)

  /// The plain bound, p = 1/2, which knows no batch.
  case bound

  /// Exponents fitted to the user's runs.
  case calibrated(Calibration)

  /// The rule's name for scripts: `default`, `bound` or `calibrated`.
  public var name: String {
    switch self {
    case .standard, .exponent: return "default"
    case .bound: return "bound"
    case .calibrated: return "calibrated"
    }
  }

  /// p at a horizon: γ* falls like T^−p at one shape and batch.
  public func horizonExponent(at horizon: Horizon) -> Double {
    switch self {
    case .standard(let law): return law.horizonExponent(at: horizon)
    case .exponent(let exponent): return exponent
    case .bound: return 0.5
    case .calibrated(let calibration): return calibration.horizonExponent(at: horizon)
    }
  }

  /// Whether the critical batch is fitted to the user's runs.
  var isBatchFitted: Bool {
    if case .calibrated(let calibration) = self { return calibration.isLawFitted }
    return false
  }

  /// Throws `InputError` of kind `unanswerable` if the rule needs a run's batch and that is unknown.
  func check(_ horizon: Horizon) throws(InputError) {
    guard isBatchFitted, horizon.batchTokens == nil else { return }
    throw InputError(
      .unanswerable,
      problem: "the calibration's cells have several batches, and the run's batch is unknown",
      hint: "give the run's batch in tokens")
  }

  /// Returns γ*_to/γ*_from at one shape.
  public func horizonRatio(from: Horizon, to: Horizon) -> Double {
    switch self {
    case .standard(let law): return law.ratio(from: from, to: to)
    case .calibrated(let calibration): return calibration.horizonRatio(from: from, to: to)
    case .exponent(let exponent):
      return pow(Double(to.steps) / Double(from.steps), -exponent)
        * HorizonBatchLaw().batchRatio(from: from, to: to)
    case .bound: return (Double(from.steps) / Double(to.steps)).squareRoot()
    }
  }

  /// Returns the factor on the bound's ratio at one shape; 1 for the bound.
  func horizonFactor(from: Horizon, to: Horizon) -> Double {
    if case .bound = self { return 1 }
    return horizonRatio(from: from, to: to) * (Double(to.steps) / Double(from.steps)).squareRoot()
  }

  /// Returns the factor on the bound's ratio; 1 for the bound.
  func factor(from: RunTerms, to: RunTerms) -> Double {
    guard case .calibrated(let calibration) = self else {
      return horizonFactor(from: from.horizon, to: to.horizon)
    }
    let bound =
      (from.terms.stepSum / to.terms.stepSum * (from.terms.noiseSum / to.terms.noiseSum))
      .squareRoot()
    return calibration.ratio(from: from, to: to) / bound
  }

  /// The rule in a few words, for a run at a horizon.
  public func explanation(at horizon: Horizon) -> String {
    switch self {
    case .standard where horizon.batchTokens == nil:
      return "shape by the bound, horizon by T^-1/3 (small batches)"
    case .standard:
      return "shape by the bound, horizon and batch by D^(1/6)/√(1 + (B_c/B)²)"
    case .exponent(let exponent):
      return "shape by the bound, horizon by T^-\(significant(exponent, 3))"
    case .bound: return "the bound itself: shape and horizon by γ* = D/√(SV)"
    case .calibrated(let calibration):
      let exponents = calibration.exponents
      return
        "calibrated on \(calibration.sources.count) cells: (S/T)^-\(significant(exponents.stepSum, 3)) · "
        + "V^-\(significant(exponents.noiseSum, 3)) · T^-\(significant(calibration.horizonExponent(at: horizon), 3))"
    }
  }

  /// What horizon and batch mean for the learning rate, in one sentence; nil if a batch or a law of it is
  /// unknown, or if nothing changes.
  public func meaning(from: Horizon, to: Horizon) -> String? {
    guard case .standard(let law) = self, from != to else { return nil }
    return law.meaning(from: from, to: to)
  }

  /// p at a horizon, to three decimals.
  func exponentText(at horizon: Horizon) -> String {
    decimalText((horizonExponent(at: horizon) * 1000).rounded() / 1000)
  }

  /// The rule's assumption about horizon and batch, in one sentence.
  func horizonAssumption(at horizon: Horizon) -> String {
    let exponent = exponentText(at: horizon)
    let law = "at one shape the tuned learning rate falls like T^-"
    switch self {
    case .bound: return law + "1/2 (the bound; real runs are flatter)"
    case .standard where horizon.batchTokens != nil:
      return
        "horizon and batch follow the law that five studies of tuned learning rates share; T^-p has p = \(exponent) at the source"
    case .standard, .exponent, .calibrated: return law + exponent
    }
  }
}

/// S and V of a schedule, with the run's length and batch.
public struct RunTerms: Sendable {
  /// S and V.
  public let terms: BoundTerms

  /// T and B.
  public let horizon: Horizon

  /// Creates the terms of a run.
  public init(_ terms: BoundTerms, at horizon: Horizon) {
    (self.terms, self.horizon) = (terms, horizon)
  }
}
