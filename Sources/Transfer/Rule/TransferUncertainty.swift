import Glibc
import Runs

/// What the interval around a transferred base learning rate is made of.
///
/// Standard deviations of ln γ, added in squares; the interval is 1.5 of them to either side. They are
/// judgements, taken from what real sweeps show; `Tests` hold them to the sweeps at hand.
public struct TransferUncertainty: Equatable, Sendable {
  /// How well the source's learning rate is known, downwards and upwards: from the sweep (0.1 at
  /// least, which is what the choice of the fitted form makes), or 0.2 for a bare `--lr`, which is
  /// usually the best of a grid of twos (±√2 is ±0.35, of standard deviation 0.2).
  public var source: (below: Double, above: Double)

  /// How well the bound's ratio of two shapes holds on real runs at one horizon: 0.2 (10 to 25 %), or what
  /// the runs of a calibration show.
  public var shape: Double

  /// 0.1 on the horizon exponent, times |ln(T_to/T_from)|; of a calibration, what the covariance of its
  /// exponents makes of the change of S, V and T.
  public var horizon: Double

  /// ln 2/1.5 for each end that does not anneal to about zero, where the bound is off by up to 2×.
  public var notAnnealed: Double

  static let bareLearningRate = 0.2
  static let changedShape = CalibrationPrior.shapeDeviation
  static let exponent = CalibrationPrior.exponentDeviation
  static let perEndNotAnnealed = CalibrationPrior.notAnnealedDeviation
  static let widths = SweepOptimum.intervalWidths

  /// The interval around a value.
  ///
  /// - Parameter centre: a positive number.
  /// - Returns: from below to above it.
  public func interval(around centre: Double) -> ClosedRange<Double> {
    centre * exp(-halfWidth(source.below))...centre * exp(halfWidth(source.above))
  }

  /// The same without the source's part: the interval of a ratio.
  var ofRatio: TransferUncertainty {
    var ratio = self
    ratio.source = (0, 0)
    return ratio
  }

  private func halfWidth(_ source: Double) -> Double {
    let variance =
      source * source + shape * shape + horizon * horizon + notAnnealed * notAnnealed
    return Self.widths * variance.squareRoot()
  }

  /// Whether all parts are the same.
  public static func == (first: TransferUncertainty, second: TransferUncertainty) -> Bool {
    first.source == second.source && first.shape == second.shape
      && first.horizon == second.horizon && first.notAnnealed == second.notAnnealed
  }
}
