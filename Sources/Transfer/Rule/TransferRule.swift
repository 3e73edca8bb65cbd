import Bound
import Glibc
import Support

/// How to transfer a tuned base learning rate to another schedule and horizon.
///
/// ratio = γ*_to/γ*_from · (T_to/T_from)^(1/2 − p): the shape by the bound, the horizon by an exponent p.
/// The bound has p = 1/2; real sweeps show 0.2 to 0.4, hence the default 1/3. A calibration has its own
/// exponents of S, V and T.
public enum TransferRule: Equatable, Sendable {
  /// The bound's shape with a horizon exponent p, 0 to 1.
  case standard(horizonExponent: Double = TransferRule.usualHorizonExponent)

  /// The plain bound, p = 1/2.
  case bound

  /// Exponents fitted to the user's runs.
  case calibrated(Calibration)

  /// p of the default rule, between the 0.2 and 0.4 of real sweeps; the bound's is 1/2.
  public static let usualHorizonExponent = 1.0 / 3

  /// The rule's name for scripts: `default`, `bound` or `calibrated`.
  public var name: String {
    switch self {
    case .standard: return "default"
    case .bound: return "bound"
    case .calibrated: return "calibrated"
    }
  }

  /// p: γ* falls like T^−p at one shape.
  public var horizonExponent: Double {
    switch self {
    case .standard(let exponent): return exponent
    case .bound: return 0.5
    case .calibrated(let calibration): return calibration.exponents.horizon
    }
  }

  /// The rule in a few words.
  public var explanation: String {
    switch self {
    case .standard(let exponent):
      return "shape by the bound, horizon by T^-\(significant(exponent, 3))"
    case .bound: return "the bound itself: shape and horizon by γ* = D/√(SV)"
    case .calibrated(let calibration):
      let exponents = calibration.exponents
      return
        "calibrated on \(calibration.sources.count) cells: (S/T)^-\(significant(exponents.stepSum, 3)) · "
        + "V^-\(significant(exponents.noiseSum, 3)) · T^-\(significant(exponents.horizon, 3))"
    }
  }

  /// The rule's assumption about the horizon, in one sentence.
  var horizonAssumption: String {
    let law = "at one shape the tuned learning rate falls like T^-"
    return self == .bound
      ? law + "1/2 (the bound; real runs are flatter)"
      : law + "\((horizonExponent * 1000).rounded() / 1000)"
  }

  /// The positive factor on the bound's ratio; 1 for the bound.
  func factor(from: RunTerms, to: RunTerms) -> Double {
    guard case .calibrated(let calibration) = self else {
      return pow(Double(to.steps) / Double(from.steps), 0.5 - horizonExponent)
    }
    let bound =
      (from.terms.stepSum / to.terms.stepSum * (from.terms.noiseSum / to.terms.noiseSum))
      .squareRoot()
    return calibration.ratio(from: from, to: to) / bound
  }

  var shapeDeviation: Double {
    if case .calibrated(let calibration) = self { return calibration.shapeDeviation }
    return CalibrationPrior.shapeDeviation
  }

  func horizonDeviation(from: RunTerms, to: RunTerms) -> Double {
    if case .calibrated(let calibration) = self { return calibration.deviation(from: from, to: to) }
    return CalibrationPrior.exponentDeviation * abs(log(Double(to.steps) / Double(from.steps)))
  }
}
