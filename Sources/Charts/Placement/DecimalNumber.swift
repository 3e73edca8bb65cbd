import Glibc

/// A short decimal number, digits·10^exponent, as the ticks of an axis are.
struct DecimalNumber {
  let digits: Int
  let exponent: Int

  /// The nearest `Double`, exact where digits and power are.
  var value: Double {
    let power = pow(10, Double(abs(exponent)))
    return exponent < 0 ? Double(digits) / power : Double(digits) * power
  }

  /// Written out, with commas between groups of three digits before the point: 50,000 or 0.025.
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

/// A whole number in raised digits.
func superscript(_ value: Int) -> String {
  let raised: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
  let digits = String(value.magnitude).compactMap { $0.wholeNumberValue.map { raised[$0] } }
  return (value < 0 ? "⁻" : "") + String(digits)
}
