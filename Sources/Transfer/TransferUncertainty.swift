import Glibc

/// What the interval around a transferred base learning rate is made of.
///
/// Standard deviations of ln γ, added in squares; the interval is 1.5 of them to either side.
public struct TransferUncertainty: Equatable, Sendable {
  /// How well the source's learning rate is known: from the sweep, or 0.2 for a bare `--lr`, which is
  /// usually the best of a grid of twos (±√2 is ±0.35, of standard deviation 0.2).
  public var source: Double

  /// How well the bound's ratio of two shapes holds on real runs at one horizon: 0.15 (10 to 25 %).
  public var shape: Double

  /// 0.1 on the horizon exponent, times |ln(T_to/T_from)|.
  public var horizon: Double

  /// ln 2/1.5 for each end that does not anneal to about zero, where the bound is off by up to 2×.
  public var notAnnealed: Double

  static let bareLearningRate = 0.2
  static let changedShape = 0.15
  static let exponent = 0.1
  static let perEndNotAnnealed = 0.46
  static let widths = 1.5

  /// The half-width of the interval, as a difference of ln γ.
  public var halfWidth: Double {
    let variance =
      source * source + shape * shape + horizon * horizon + notAnnealed * notAnnealed
    return Self.widths * variance.squareRoot()
  }

  /// The interval around a value.
  ///
  /// - Parameter centre: a positive number.
  /// - Returns: centre/f … centre·f.
  public func interval(around centre: Double) -> ClosedRange<Double> {
    centre * exp(-halfWidth)...centre * exp(halfWidth)
  }
}
