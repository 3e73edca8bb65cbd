/// How a tuned base learning rate is carried to another schedule and horizon.
///
/// ratio = γ*_to/γ*_from · (T_to/T_from)^(1/2 − p): the shape by the bound, the horizon by an exponent
/// p. The bound itself has p = 1/2; real sweeps show 0.2 to 0.4, hence 1/3 by default.
public struct TransferRule: Equatable, Sendable {
  /// `default` or `bound`.
  public let name: String

  /// p: the tuned base learning rate falls like T^−p at one shape.
  public let horizonExponent: Double

  /// The bound's shape with a horizon exponent, 1/3 unless another is given.
  ///
  /// - Parameter exponent: p, 0 to 1.
  /// - Returns: the rule named `default`.
  public static func standard(horizonExponent exponent: Double = 1.0 / 3) -> TransferRule {
    TransferRule(name: "default", horizonExponent: exponent)
  }

  /// The plain bound, p = 1/2.
  public static let bound = TransferRule(name: "bound", horizonExponent: 0.5)
}
