/// An error computing a bound, with a suggested fix.
public enum BoundError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A quantity lies outside the range in which results are finite and exact.
  case outOfRange(name: String, value: Double, range: ClosedRange<Double>)

  /// Gradient norms were given for another number of steps than the schedule has.
  case normCount(norms: Int, steps: Int)

  /// A gradient norm is negative, not finite or too large; the index is 0-based.
  case norm(index: Int, value: Double)

  /// Every gradient norm is zero, so no base learning rate is best.
  case normsAllZero

  /// Something is wanted of every step of too long a run.
  case tooLong(steps: Int, most: Int)

  /// A minimisation over the base learning rate did not converge.
  case notConverged(String)

  /// The error as one line.
  public var description: String {
    switch self {
    case .outOfRange(let name, let value, let range):
      return "\(name) \(value) is out of range; give \(range.lowerBound) to \(range.upperBound)"
    case .normCount(let norms, let steps):
      return "\(norms) gradient norms were given for \(steps) steps; give one a step"
    case .norm(let index, let value):
      return "gradient norm \(index + 1) is \(value); give numbers from 0 to 1e50"
    case .normsAllZero:
      return "every gradient norm is zero; give norms of which at least one is positive"
    case .tooLong(let steps, let most):
      return
        "\(steps) steps are too many to keep in memory; give at most \(most)"
    case .notConverged(let what): return "\(what) did not converge; check the floor and the norms"
    }
  }
}

/// The magnitudes of D, G and γ for which every result stays finite in double precision.
package let usableMagnitudes = 1e-50...1e50

/// Checks one of D, G and γ.
package func requireUsable(_ value: Double, _ name: String) throws(BoundError) {
  guard value.isFinite, usableMagnitudes.contains(value) else {
    throw BoundError.outOfRange(name: name, value: value, range: usableMagnitudes)
  }
}
