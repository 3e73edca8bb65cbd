/// A running sum, high + low, whose error does not grow with the number of terms.
///
/// Each addition is Knuth's error-free TwoSum. For positive terms the value is within a few ulps of the exact sum.
public struct CompensatedSum: Sendable {
  /// The leading part of the sum.
  public var high: Double

  /// The accumulated rounding errors.
  public var low: Double

  /// Creates a sum that starts at `initial`.
  @inlinable
  public init(_ initial: Double = 0) {
    high = initial
    low = 0
  }

  /// The sum so far, rounded once.
  @inlinable
  public var value: Double { high + low }

  /// Adds one term in six floating-point operations.
  @inlinable
  public mutating func add(_ term: Double) {
    let sum = high + term
    let shadow = sum - high
    low += (high - (sum - shadow)) + (term - shadow)
    high = sum
  }
}
