import Runs

/// What is taken for granted of γ* ∝ S^−a · V^−b · T^c before any run is seen: the default rule, and how
/// far real sweeps were seen to stray from it.
public enum CalibrationPrior {
  /// a, as in the bound γ* = D/√(SV).
  public static let stepSumExponent = 0.5

  /// b, as in the bound.
  public static let noiseSumExponent = 0.5

  /// p = a − c: at one shape γ* ∝ T^−p.
  ///
  /// The bound has 1/2; real sweeps show 0.2 to 0.4.
  public static let horizonExponent = 1.0 / 3

  /// The standard deviation of each exponent.
  public static let exponentDeviation = 0.1

  /// The standard deviation of ln γ* between two shapes at one horizon (10 to 25 %).
  public static let shapeDeviation = 0.2

  /// That of a schedule which does not anneal to about zero, where the bound is off by up to 2×:
  /// ln 2/1.5.
  public static let notAnnealedDeviation = 0.46
}
