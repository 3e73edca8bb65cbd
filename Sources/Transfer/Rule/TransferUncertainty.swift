import Glibc

/// The components of the interval around a transferred base learning rate.
///
/// Each is a standard deviation of ln γ, and they add in squares; the interval reaches
/// ``SweepOptimum/intervalWidths`` of the total to either side. They are judgements based on real sweeps.
public struct TransferUncertainty: Sendable {
  /// The uncertainty of the source's learning rate, downwards and upwards.
  ///
  /// At least 0.1 from a sweep, due to the choice of fitted form; 0.2 for a bare number, usually the best
  /// of a grid of twos (±√2 is ±0.35, with standard deviation 0.2).
  public var source: (below: Double, above: Double)

  /// The error of the ratio between two shapes: 0.2 (10 to 25 % on real runs), or a calibration's
  /// estimate.
  public var shape: Double

  /// The error of the horizon dependence: 0.1·|ln(T_to/T_from)|, or from a calibration's covariance.
  public var horizon: Double

  /// ln 2/1.5 for each end that does not anneal to about zero, where the bound is off by up to 2×.
  public var notAnnealed: Double

  static let bareLearningRate = 0.2

  /// Returns the interval around a positive value.
  public func interval(around centre: Double) -> ClosedRange<Double> {
    centre * exp(-halfWidth(source.below))...centre * exp(halfWidth(source.above))
  }

  func ratioInterval(around ratio: Double) -> ClosedRange<Double> {
    ratio * exp(-halfWidth(0))...ratio * exp(halfWidth(0))
  }

  private func halfWidth(_ source: Double) -> Double {
    let variance =
      source * source + shape * shape + horizon * horizon + notAnnealed * notAnnealed
    return SweepOptimum.intervalWidths * variance.squareRoot()
  }
}
