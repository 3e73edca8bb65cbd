import Glibc

/// Which values an axis spans, and where along it a value lies.
struct AxisScale {
  let spacing: ChartAxis.Spacing

  /// The ends of the axis: values, or their decimal logarithms on a logarithmic axis.
  let lower: Double
  let upper: Double

  /// A scale that shows all data, with a margin, a fraction of the span, at ends that the axis does not
  /// give itself.
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
        // A margin below zero would suggest that there are negative values.
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

  /// Half the width of an axis that has one value to show.
  private static func halfWidth(around value: Double, _ isLinear: Bool) -> Double {
    guard isLinear, abs(value) >= 1e-280 else { return isLinear ? 1 : 0.5 }
    return abs(value) / 10
  }

  /// Whether an axis can show a value at all.
  static func canShow(_ value: Double, on spacing: ChartAxis.Spacing) -> Bool {
    switch spacing {
    case .linear: return abs(value) <= largest
    case .logarithmic: return value >= 1 / largest && value <= largest
    }
  }

  /// Whether a value has no place on the axis only because the axis is logarithmic.
  static func isLeftOut(_ value: Double, on spacing: ChartAxis.Spacing) -> Bool {
    spacing == .logarithmic && value <= 0 && value >= -largest
  }

  /// Differences of larger values would overflow.
  private static let largest = 1e300

  /// Where a value lies: 0 at the lower end, 1 at the upper, and beyond outside of the axis.
  ///
  /// The axis must be able to show the value.
  func position(_ value: Double) -> Double {
    place(spacing == .linear ? value : log10(value))
  }

  /// Where an end of the axis or a tick lies, given as ``lower`` is.
  func place(_ coordinate: Double) -> Double {
    // Far outside, the exact place does not matter, but it must not overflow.
    min(max((coordinate - lower) / (upper - lower), -1e6), 1e6)
  }
}
