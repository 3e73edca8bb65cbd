import Glibc

struct AxisTicks {
  struct Tick: Equatable {
    /// Its position, 0…1.
    let position: Double
    let text: String
  }

  let labelled: [Tick]

  let minor: [Double]

  /// The power of ten omitted from the labels.
  let powerOfTen: Int

  /// Creates ticks at 1, 2 or 5 times powers of ten, or at decades on a long logarithmic axis, with about
  /// `most` labels, at least 2.
  init(of scale: AxisScale, most: Int) {
    switch scale.spacing {
    case .linear: self = Self.linear(scale, from: scale.lower, to: scale.upper, most: most)
    case .logarithmic:
      self =
        Self.decades(scale, most: most) ?? Self.withinDecades(scale)
        ?? Self.linear(scale, from: pow(10, scale.lower), to: pow(10, scale.upper), most: most)
    }
  }

  private init(labelled: [Tick], minor: [Double] = [], powerOfTen: Int = 0) {
    self.labelled = labelled
    self.minor = minor
    self.powerOfTen = powerOfTen
  }

  /// The rounding tolerance for ticks at the ends of the axis.
  private static let tolerance = 1e-9

  // MARK: - Linear

  private static func linear(
    _ scale: AxisScale, from lower: Double, to upper: Double, most: Int
  ) -> AxisTicks {
    let (multiple, exponent) = step(atLeast: (upper - lower) / Double(most))
    let step = Double(multiple) * pow(10, Double(exponent))
    let first = Int((lower / step - tolerance).rounded(.up))
    let last = Int((upper / step + tolerance).rounded(.down))
    // One tick does not show the axis's scale.
    guard first < last else {
      return linear(scale, from: lower, to: upper, most: 2 * most)
    }
    // An integer and an exponent keep the label's digits exact.
    let largest = max(abs(first), abs(last)) * multiple
    let power = omittedPower(largest, exponent)
    let ticks = (first...last).map { index in
      let value = DecimalNumber(digits: index * multiple, exponent: exponent)
      let coordinate = scale.spacing == .linear ? value.value : log10(value.value)
      let text = DecimalNumber(digits: index * multiple, exponent: exponent - power).text
      return Tick(position: scale.place(coordinate), text: text)
    }
    return AxisTicks(labelled: ticks, powerOfTen: power)
  }

  /// The smallest of 1, 2 and 5 times a power of ten that is at least a distance.
  private static func step(atLeast distance: Double) -> (multiple: Int, exponent: Int) {
    let exponent = Int(log10(distance).rounded(.down))
    for (multiple, exponent) in [(1, exponent), (2, exponent), (5, exponent)]
    where Double(multiple) * pow(10, Double(exponent)) >= distance * (1 - tolerance) {
      return (multiple, exponent)
    }
    return (1, exponent + 1)
  }

  /// The power of ten to omit from labels: none from 0.001 to below 10⁷.
  private static func omittedPower(_ digits: Int, _ exponent: Int) -> Int {
    guard digits > 0 else { return 0 }
    let magnitude = String(digits).count - 1 + exponent
    return (-3...6).contains(magnitude) ? 0 : magnitude
  }

  // MARK: - Logarithmic

  /// Ticks at powers of ten, every one or every n-th; nil if the axis spans fewer than three.
  private static func decades(_ scale: AxisScale, most: Int) -> AxisTicks? {
    let first = Int((scale.lower - tolerance).rounded(.up))
    let last = Int((scale.upper + tolerance).rounded(.down))
    guard last - first >= 2 else { return nil }
    let stride = (last - first) / max(4, most) + 1
    let shown = (first...last).filter { $0 % stride == 0 }
    let labels = labels(shown.map { DecimalNumber(digits: 1, exponent: $0) })
    let ticks = zip(shown, labels).map { exponent, text in
      Tick(position: scale.place(Double(exponent)), text: text)
    }
    let between =
      stride == 1
      ? (first - 1...last).flatMap { exponent in
        (2...9).map { log10(Double($0)) + Double(exponent) }
      }
      : (first...last).filter { $0 % stride != 0 }.map(Double.init)
    return AxisTicks(labelled: ticks, minor: inside(scale, between))
  }

  /// Ticks at 1, 2 and 5 times powers of ten; nil if the axis spans fewer than three.
  private static func withinDecades(_ scale: AxisScale) -> AxisTicks? {
    let exponents = Int(scale.lower.rounded(.down))...Int(scale.upper.rounded(.up))
    func spots(_ multiples: [Int]) -> [DecimalNumber] {
      exponents.flatMap { exponent in
        multiples.map { DecimalNumber(digits: $0, exponent: exponent) }
      }.filter { !inside(scale, [log10($0.value)]).isEmpty }
    }
    let shown = spots([1, 2, 5])
    guard shown.count >= 3 else { return nil }
    let ticks = zip(shown, labels(shown)).map { spot, text in
      Tick(position: scale.place(log10(spot.value)), text: text)
    }
    let between = spots([3, 4, 6, 7, 8, 9]).map { log10($0.value) }
    return AxisTicks(labelled: ticks, minor: inside(scale, between))
  }

  /// Decimals if all are of moderate size, else powers of ten.
  private static func labels(_ numbers: [DecimalNumber]) -> [String] {
    let areModerate = numbers.allSatisfy { (-3...5).contains($0.exponent) }
    return numbers.map { areModerate ? $0.text : $0.scientificText }
  }

  private static func inside(_ scale: AxisScale, _ logarithms: [Double]) -> [Double] {
    logarithms.map { scale.place($0) }.filter { (-tolerance...1 + tolerance).contains($0) }
  }
}

/// A short decimal number, digits·10^exponent.
struct DecimalNumber {
  let digits: Int
  let exponent: Int

  /// The nearest `Double`, exact if digits and power are.
  var value: Double {
    let power = pow(10, Double(abs(exponent)))
    return exponent < 0 ? Double(digits) / power : Double(digits) * power
  }

  /// In decimals, with commas between groups of three digits: 50,000 or 0.025.
  var text: String {
    var all = String(digits.magnitude)
    if exponent > 0, digits != 0 { all += String(repeating: "0", count: exponent) }
    let decimals = max(0, -exponent)
    if all.count <= decimals {
      all = String(repeating: "0", count: decimals + 1 - all.count) + all
    }
    var text = digits < 0 ? "−" : ""
    let whole = all.dropLast(decimals)
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return decimals > 0 ? text + "." + all.suffix(decimals) : text
  }

  /// As a power of ten: 10⁻⁴ or 2×10⁻⁴.
  var scientificText: String {
    (digits == 1 ? "" : "\(digits)×") + "10" + superscript(exponent)
  }
}

/// Formats a whole number as superscript digits.
func superscript(_ value: Int) -> String {
  let raised: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
  let digits = String(value.magnitude).compactMap { $0.wholeNumberValue.map { raised[$0] } }
  return (value < 0 ? "⁻" : "") + String(digits)
}
