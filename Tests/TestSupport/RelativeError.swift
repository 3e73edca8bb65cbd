/// |value/expected − 1|; infinite where the value is not a number.
///
/// - Parameters:
///   - value: what was computed.
///   - expected: what it should be, not zero.
/// - Returns: the relative error.
public func relativeError(_ value: Double, _ expected: Double) -> Double {
  let error = abs(value - expected) / abs(expected)
  return error.isNaN ? .infinity : error
}
