/// A running sum kept as an unevaluated pair `high + low`, so that its error does not grow with the
/// number of terms.
///
/// Each addition is Knuth's error-free TwoSum; the rounding errors are collected in `low`. The value
/// is within a few units in the last place of the exact sum of positive terms, for any count.
public struct CompensatedSum: Sendable {
  /// The leading part of the sum.
  public var high: Double

  /// The collected rounding errors, at most a few units in the last place of `high`.
  public var low: Double

  /// A sum that starts at `initial`.
  @inlinable
  public init(_ initial: Double = 0) {
    high = initial
    low = 0
  }

  /// The sum so far, rounded once.
  @inlinable
  public var value: Double { high + low }

  /// Adds one term.
  ///
  /// - Complexity: O(1), six floating-point operations.
  @inlinable
  public mutating func add(_ term: Double) {
    let sum = high + term
    let shadow = sum - high
    low += (high - (sum - shadow)) + (term - shadow)
    high = sum
  }
}
