import Glibc

/// The probability that a standard normal number is at most `x`.
///
/// - Parameter x: any number.
/// - Returns: 0 to 1, to within a few units in the last place.
/// - Complexity: O(1).
public func normalProbability(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

/// The number that a standard normal number stays below with a probability.
///
/// - Parameter probability: between 0 and 1, both excluded.
/// - Returns: the quantile, within 10⁻¹² for probabilities from 10⁻¹⁵ on; at most 9 in absolute value.
/// - Complexity: some 15 evaluations of the error function.
public func normalQuantile(_ probability: Double) -> Double {
  precondition(probability > 0 && probability < 1, "a probability between 0 and 1")
  let found = root(in: -9...9, tolerance: 1e-14) { normalProbability($0) - probability }
  return found ?? (probability < 0.5 ? -9 : 9)
}
