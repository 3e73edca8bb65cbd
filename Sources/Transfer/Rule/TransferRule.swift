import Bound
import Glibc
import Runs

/// How a tuned base learning rate is carried to another schedule and horizon.
///
/// ratio = γ*_to/γ*_from · (T_to/T_from)^(1/2 − p): the shape by the bound, the horizon by an exponent
/// p. The bound itself has p = 1/2; real sweeps show 0.2 to 0.4, hence 1/3 by default. A calibration
/// has its own exponents for S, V and T.
public struct TransferRule: Equatable, Sendable {
  /// `default`, `bound` or `calibrated`.
  public let name: String

  /// p: the tuned base learning rate falls like T^−p at one shape.
  public let horizonExponent: Double

  /// The exponents that were fitted to the user's runs; nil for the other rules.
  public let calibration: Calibration?

  private init(name: String, horizonExponent: Double, calibration: Calibration? = nil) {
    self.name = name
    self.horizonExponent = horizonExponent
    self.calibration = calibration
  }

  /// The bound's shape with a horizon exponent, 1/3 unless another is given.
  ///
  /// - Parameter exponent: p, 0 to 1.
  /// - Returns: the rule named `default`.
  public static func standard(
    horizonExponent exponent: Double = CalibrationPrior.horizonExponent
  ) -> TransferRule {
    TransferRule(name: "default", horizonExponent: exponent)
  }

  /// The plain bound, p = 1/2.
  public static let bound = TransferRule(name: "bound", horizonExponent: 0.5)

  /// The exponents of the user's own runs.
  ///
  /// - Parameter calibration: from a sweep, or from the file of one.
  /// - Returns: the rule named `calibrated`.
  public static func calibrated(_ calibration: Calibration) -> TransferRule {
    TransferRule(
      name: "calibrated", horizonExponent: calibration.exponents.horizon, calibration: calibration)
  }

  /// What the bound's own ratio is multiplied by.
  ///
  /// - Parameters:
  ///   - from: S and V of the source, and its T.
  ///   - to: those of the target.
  /// - Returns: a positive number, 1 for the bound.
  func factor(
    from: (terms: BoundTerms, steps: Int), to: (terms: BoundTerms, steps: Int)
  ) -> Double {
    guard let calibration else {
      return pow(Double(to.steps) / Double(from.steps), 0.5 - horizonExponent)
    }
    let bound =
      (from.terms.stepSum / to.terms.stepSum * (from.terms.noiseSum / to.terms.noiseSum))
      .squareRoot()
    return calibration.ratio(from: from, to: to) / bound
  }
}
