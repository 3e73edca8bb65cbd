import Support

/// A length of time within a run: a fraction of the whole run, or a number of steps.
public enum Extent: Equatable, Sendable {
  /// A fraction of the whole run, 0 to 1; more for the cycle of a cosine.
  case fraction(Double)

  /// A number of optimiser steps, 0 or more.
  case steps(Int)

  /// The length in steps within a run of `total` steps; fractions round half away from zero.
  ///
  /// - Parameter total: the number of steps of the whole run.
  /// - Returns: the number of steps, which for `.steps` may exceed `total`.
  public func steps(of total: Int) -> Int {
    switch self {
    case .fraction(let fraction):
      return Int((fraction * Double(total)).rounded(.toNearestOrAwayFromZero))
    case .steps(let steps): return steps
    }
  }

  /// The length in steps within a run of `total` steps; fractions are cut off to whole steps.
  ///
  /// - Parameter total: the number of steps of the whole run.
  /// - Returns: the number of steps, which for `.steps` may exceed `total`.
  func wholeSteps(of total: Int) -> Int {
    switch self {
    case .fraction(let fraction): return Int(fraction * Double(total))
    case .steps(let steps): return steps
    }
  }

  /// The form that the grammar reads back: `0.2`, `100%` or `5000steps`.
  public var canonical: String {
    switch self {
    case .fraction(let fraction) where fraction >= 1:
      // Such a fraction was written as a percentage, so that one of these reads back as it.
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

/// The fraction that a percentage stands for: the double nearest to it, as if written as a fraction.
///
/// - Parameter text: a decimal number, without the per-cent sign.
/// - Returns: a hundredth of the number; nil where the text is no number.
func fraction(percentage text: String) -> Double? {
  guard let number = decimal(text) else { return nil }
  let hasExponent = text.contains { $0 == "e" || $0 == "E" }
  return hasExponent ? number / 100 : decimal(text + "e-2")
}
