import Glibc

/// The range of an axis and the position of values along it.
struct AxisScale {
  let spacing: ChartAxis.Spacing

  /// The ends of the axis: values, or their decimal logarithms on a logarithmic axis.
  let lower: Double
  let upper: Double

  /// Creates a scale for the data, with a margin, a fraction of the span, at ends that the axis leaves open.
  init(_ axis: ChartAxis, covering extent: ClosedRange<Double>?, margin: Double) {
    spacing = axis.spacing
    let isLinear = axis.spacing == .linear
    func coordinate(_ value: Double?) -> Double? {
      guard let value, Self.canShow(value, on: axis.spacing) else { return nil }
      return isLinear ? value : log10(value)
    }
    let (givenLower, givenUpper) = (coordinate(axis.lowest), coordinate(axis.highest))
    let dataLower = coordinate(extent?.lowerBound)
    let dataUpper = coordinate(extent?.upperBound)
    var low = givenLower ?? dataLower ?? givenUpper.map { $0 - 1 } ?? 0
    var high = givenUpper ?? dataUpper ?? low + 1
    let narrowest = isLinear ? max(1e-9 * max(abs(low), abs(high)), 1e-290) : 1e-8
    if high - low >= narrowest {
      let room = margin * (high - low)
      if givenLower == nil {
        // A margin below zero would suggest negative values.
        let touchesZero = isLinear && low >= 0
        low = touchesZero ? max(0, low - room) : low - room
      }
      if givenUpper == nil { high += room }
    } else if let givenLower {
      (low, high) = (givenLower, givenLower + Self.halfWidth(around: givenLower, isLinear))
    } else if let givenUpper {
      (low, high) = (givenUpper - Self.halfWidth(around: givenUpper, isLinear), givenUpper)
    } else {
      let half = Self.halfWidth(around: low, isLinear)
      (low, high) = (low - half, low + half)
    }
    (lower, upper) = (low, high)
  }

  private static func halfWidth(around value: Double, _ isLinear: Bool) -> Double {
    guard isLinear, abs(value) >= 1e-280 else { return isLinear ? 1 : 0.5 }
    return abs(value) / 10
  }

  static func canShow(_ value: Double, on spacing: ChartAxis.Spacing) -> Bool {
    switch spacing {
    case .linear: return abs(value) <= largest
    case .logarithmic: return value >= 1 / largest && value <= largest
    }
  }

  /// Whether only a logarithmic axis prevents showing a value.
  static func isLeftOut(_ value: Double, on spacing: ChartAxis.Spacing) -> Bool {
    spacing == .logarithmic && value <= 0 && value >= -largest
  }

  /// Differences of larger values would overflow.
  private static let largest = 1e300

  /// The position of a value that the axis can show: 0 at the lower end, 1 at the upper, and beyond outside.
  func position(_ value: Double) -> Double {
    place(spacing == .linear ? value : log10(value))
  }

  /// The position of a coordinate given like ``lower``.
  func place(_ coordinate: Double) -> Double {
    // Far outside the exact place does not matter, but it must not overflow.
    min(max((coordinate - lower) / (upper - lower), -1e6), 1e6)
  }
}
