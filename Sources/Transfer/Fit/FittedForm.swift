import Glibc

/// A three-parameter form of the final loss around its optimum.
public enum FittedForm: String, CaseIterable, Sendable {
  /// C + A/γ + Bγ, as in the bound.
  case bound = "C + A/γ + Bγ"

  /// C + A·γ^−½ + B·γ².
  case steep = "C + A·γ^-1/2 + B·γ²"

  /// A parabola in ln γ.
  case parabola = "parabola in ln γ"

  /// The position of a fitted curve's minimum.
  enum Minimum: Equatable {
    /// At this ln γ.
    case at(Double)

    /// None: the curve falls towards small learning rates.
    case below

    /// None: the curve falls towards large learning rates.
    case above

    /// None: the curve is flat or falls to both sides.
    case none
  }

  /// The distance in ln γ from the best run beyond which a minimum is not credible.
  private static let farthest = 20.0

  func basis(_ x: Double) -> [Double] {
    switch self {
    case .bound: return [1, exp(-x), exp(x)]
    case .steep: return [1, exp(-x / 2), exp(2 * x)]
    case .parabola: return [1, x, x * x]
    }
  }

  func value(_ coefficients: [Double], at x: Double) -> Double {
    zip(basis(x), coefficients).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private func slope(_ c: [Double], at x: Double) -> Double {
    switch self {
    case .bound: return c[2] * exp(x) - c[1] * exp(-x)
    case .steep: return 2 * c[2] * exp(2 * x) - c[1] * exp(-x / 2) / 2
    case .parabola: return c[1] + 2 * c[2] * x
    }
  }

  /// The minimum of a fitted curve; a curve without one is classified over a range of ln γ.
  func minimum(_ c: [Double], over range: ClosedRange<Double>) -> Minimum {
    let found: Double?
    switch self {
    case .parabola: found = c[2] > 0 ? -c[1] / (2 * c[2]) : nil
    case .bound: found = c[1] > 0 && c[2] > 0 ? log(c[1] / c[2]) / 2 : nil
    case .steep: found = c[1] > 0 && c[2] > 0 ? log(c[1] / (4 * c[2])) / 2.5 : nil
    }
    // Rounding bends straight data and can produce a distant minimum.
    if let found, abs(found) < Self.farthest { return .at(found) }
    let slopes = (slope(c, at: range.lowerBound), slope(c, at: range.upperBound))
    if slopes.0 > 0, slopes.1 > 0 { return .below }
    return slopes.0 < 0 && slopes.1 < 0 ? .above : .none
  }
}
