import Bound
import Glibc
import Support

/// How a tuned base learning rate is carried to another schedule and horizon.
///
/// ratio = γ*_to/γ*_from · (T_to/T_from)^(1/2 − p): the shape by the bound, the horizon by an exponent
/// p. The bound itself has p = 1/2; real sweeps show 0.2 to 0.4, hence 1/3 by default. A calibration
/// has its own exponents of S, V and T.
public enum TransferRule: Equatable, Sendable {
  /// The bound's shape with a horizon exponent p, 0 to 1.
  case standard(horizonExponent: Double = CalibrationPrior.horizonExponent)

  /// The plain bound, p = 1/2.
  case bound

  /// The exponents of the user's own runs.
  case calibrated(Calibration)

  /// The rule's name for scripts: `default`, `bound` or `calibrated`.
  public var name: String {
    switch self {
    case .standard: return "default"
    case .bound: return "bound"
    case .calibrated: return "calibrated"
    }
  }

  /// p: the tuned base learning rate falls like T^−p at one shape.
  public var horizonExponent: Double {
    switch self {
    case .standard(let exponent): return exponent
    case .bound: return 0.5
    case .calibrated(let calibration): return calibration.exponents.horizon
    }
  }

  /// What the rule does, in a few words.
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

  /// What the rule takes for granted about the horizon, in one sentence.
  var horizonAssumption: String {
    let law = "at one shape the tuned learning rate falls like T^-"
    return self == .bound
      ? law + "1/2 (the bound; real runs are flatter)"
      : law + "\((horizonExponent * 1000).rounded() / 1000)"
  }

  /// What the bound's own ratio is multiplied by: a positive number, 1 for the bound.
  func factor(from: RunTerms, to: RunTerms) -> Double {
    guard case .calibrated(let calibration) = self else {
      return pow(Double(to.steps) / Double(from.steps), 0.5 - horizonExponent)
    }
    let bound =
      (from.terms.stepSum / to.terms.stepSum * (from.terms.noiseSum / to.terms.noiseSum))
      .squareRoot()
    return calibration.ratio(from: from, to: to) / bound
  }

  /// The standard deviation of ln γ that a change of shape makes.
  var shapeDeviation: Double {
    if case .calibrated(let calibration) = self { return calibration.shapeDeviation }
    return CalibrationPrior.shapeDeviation
  }

  /// The standard deviation of ln γ that the uncertain exponents make.
  func horizonDeviation(from: RunTerms, to: RunTerms) -> Double {
    if case .calibrated(let calibration) = self { return calibration.deviation(from: from, to: to) }
    return CalibrationPrior.exponentDeviation * abs(log(Double(to.steps) / Double(from.steps)))
  }
}
