import Glibc

/// A form of the final loss around its optimum, in three coefficients.
public enum FittedForm: String, CaseIterable, Sendable {
  /// C + A/γ + Bγ, the bound's own.
  case bound = "C + A/γ + Bγ"

  /// C + A·γ^−½ + B·γ².
  case steep = "C + A·γ^-1/2 + B·γ²"

  /// A parabola in ln γ.
  case parabola = "parabola in ln γ"

  /// Where a fitted curve is least.
  enum Minimum: Equatable {
    /// At this ln γ.
    case at(Double)

    /// Nowhere: the curve falls towards small learning rates.
    case below

    /// Nowhere: the curve falls towards large learning rates.
    case above

    /// Nowhere: the curve is flat, or falls to both sides.
    case none
  }

  /// The distance in ln γ from the best run beyond which the runs do not show a minimum.
  private static let farthest = 20.0

  /// The columns of the design matrix at γ = e^x.
  func basis(_ x: Double) -> [Double] {
    switch self {
    case .bound: return [1, exp(-x), exp(x)]
    case .steep: return [1, exp(-x / 2), exp(2 * x)]
    case .parabola: return [1, x, x * x]
    }
  }

  /// The fitted curve at γ = e^x.
  func value(_ coefficients: [Double], at x: Double) -> Double {
    zip(basis(x), coefficients).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The slope of the fitted curve in ln γ.
  private func slope(_ c: [Double], at x: Double) -> Double {
    switch self {
    case .bound: return c[2] * exp(x) - c[1] * exp(-x)
    case .steep: return 2 * c[2] * exp(2 * x) - c[1] * exp(-x / 2) / 2
    case .parabola: return c[1] + 2 * c[2] * x
    }
  }

  /// Where the fitted curve is least; a curve without a minimum is judged over a range of ln γ.
  func minimum(_ c: [Double], over range: ClosedRange<Double>) -> Minimum {
    let found: Double?
    switch self {
    case .parabola: found = c[2] > 0 ? -c[1] / (2 * c[2]) : nil
    case .bound: found = c[1] > 0 && c[2] > 0 ? log(c[1] / c[2]) / 2 : nil
    case .steep: found = c[1] > 0 && c[2] > 0 ? log(c[1] / (4 * c[2])) / 2.5 : nil
    }
    // Straight losses bend by their rounding alone, and have their minimum nowhere near.
    if let found, abs(found) < Self.farthest { return .at(found) }
    let slopes = (slope(c, at: range.lowerBound), slope(c, at: range.upperBound))
    if slopes.0 > 0, slopes.1 > 0 { return .below }
    return slopes.0 < 0 && slopes.1 < 0 ? .above : .none
  }
}
