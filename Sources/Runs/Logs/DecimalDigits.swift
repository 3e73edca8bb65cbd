import Glibc

/// How many significant digits the shortest text of a number has, and the power of ten of the last.
///
/// - Parameter value: positive and finite.
/// - Returns: 2 and −4 for 0.0012.
func decimalDigits(_ value: Double) -> (count: Int, last: Int) {
  let parts = "\(value)".split(separator: "e")
  let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
  let decimals = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
  var digits = Array((mantissa[0] + decimals).utf8)
  var last = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - decimals.utf8.count
  while digits.count > 1, digits.last == UInt8(ascii: "0") {
    digits.removeLast()
    last += 1
  }
  return (digits.drop { $0 == UInt8(ascii: "0") }.count, last)
}

/// A number rounded to some significant digits, to the double that its decimal text is read as.
///
/// - Parameters:
///   - value: positive and finite.
///   - digits: 1 to 15.
/// - Returns: the rounded number.
func rounded(_ value: Double, digits: Int) -> Double {
  let place = Int(floor(log10(value))) - digits + 1
  let whole = place < 0 ? value * powerOfTen(-place) : value / powerOfTen(place)
  guard whole.isFinite else { return value }
  return place < 0 ? whole.rounded() / powerOfTen(-place) : whole.rounded() * powerOfTen(place)
}

/// 10^n.
func powerOfTen(_ exponent: Int) -> Double { pow(10, Double(exponent)) }
