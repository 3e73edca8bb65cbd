import Support

/// A length within a run: a fraction of the run or a number of steps.
public enum Extent: Equatable, Sendable {
  /// A fraction of the run, 0 to 1; a cosine's cycle may be longer.
  case fraction(Double)

  /// A number of optimiser steps, 0 or more.
  case steps(Int)

  /// Returns the length in steps within a run of `total` steps.
  ///
  /// Fractions round half away from zero; `.steps` may exceed `total`.
  public func steps(of total: Int) -> Int {
    switch self {
    case .fraction(let fraction):
      return Int((fraction * Double(total)).rounded(.toNearestOrAwayFromZero))
    case .steps(let steps): return steps
    }
  }

  /// The length in steps, with fractions rounded down.
  func wholeSteps(of total: Int) -> Int {
    switch self {
    case .fraction(let fraction): return Int(fraction * Double(total))
    case .steps(let steps): return steps
    }
  }

  /// The form that the grammar prefers: `0.2`, `100%` or `5000steps`.
  public var canonical: String {
    switch self {
    case .fraction(let fraction) where fraction >= 1:
      // A fraction above 1 was written as a percentage; find the text that reads back as the same double.
      let percentage = fraction * 100
      let candidates = [percentage.rounded(), percentage, percentage.nextDown, percentage.nextUp]
        .map { decimalText($0) }
      let exact = candidates.first { Schedules.fraction(percentage: $0) == fraction }
      return (exact ?? candidates[1]) + "%"
    case .fraction(let fraction): return decimalText(fraction)
    case .steps(let steps): return "\(steps)steps"
    }
  }
}

/// The double nearest to a percentage given as decimal text without `%`; nil if it is not a number.
func fraction(percentage text: String) -> Double? {
  guard let number = decimal(text) else { return nil }
  let hasExponent = text.contains { $0 == "e" || $0 == "E" }
  return hasExponent ? number / 100 : decimal(text + "e-2")
}
