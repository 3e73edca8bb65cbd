import Glibc

/// The parts of the interval around a transferred base learning rate.
///
/// All are standard deviations of ln γ and add in squares; the interval reaches
/// ``SweepOptimum/intervalWidths`` of them to either side. They are judgements, taken from what real
/// sweeps show.
public struct TransferUncertainty: Sendable {
  /// How well the source's learning rate is known, downwards and upwards.
  ///
  /// From a sweep it is at least 0.1, which the choice of the fitted form makes. It is 0.2 for a bare
  /// number, which is usually the best of a grid of twos (±√2 is ±0.35, of standard deviation 0.2).
  public var source: (below: Double, above: Double)

  /// How well the rule's ratio of two shapes holds on real runs at one horizon: 0.2 (10 to 25 %), or what
  /// the runs of a calibration show.
  public var shape: Double

  /// 0.1 on the horizon exponent, times |ln(T_to/T_from)|; for a calibration, what the covariance of its
  /// exponents makes of the change of S, V and T.
  public var horizon: Double

  /// ln 2/1.5 for each end that does not anneal to about zero, where the bound is off by up to 2×.
  public var notAnnealed: Double

  /// The deviation of a base learning rate that the user gives as a number.
  static let bareLearningRate = 0.2

  /// Returns the interval around a positive value.
  public func interval(around centre: Double) -> ClosedRange<Double> {
    centre * exp(-halfWidth(source.below))...centre * exp(halfWidth(source.above))
  }

  /// The interval of a ratio, to which the source's own uncertainty adds nothing.
  func ratioInterval(around ratio: Double) -> ClosedRange<Double> {
    ratio * exp(-halfWidth(0))...ratio * exp(halfWidth(0))
  }

  private func halfWidth(_ source: Double) -> Double {
    let variance =
      source * source + shape * shape + horizon * horizon + notAnnealed * notAnnealed
    return SweepOptimum.intervalWidths * variance.squareRoot()
  }
}
