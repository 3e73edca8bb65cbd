import Glibc

/// Reads a number with optional blanks around it: decimal, `nan`, `inf` or `infinity`; nil for anything else.
package func parseNumber(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
  var lower = range.lowerBound
  var upper = range.upperBound
  let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
  while lower < upper, isBlank(bytes[lower]) { lower += 1 }
  while upper > lower, isBlank(bytes[upper - 1]) { upper -= 1 }
  let length = upper - lower
  guard length > 0, length < 400 else { return nil }
  if length <= 15 {
    // Short whole numbers, such as steps, are exact without strtod.
    var whole = 0
    var place = lower
    while place < upper, bytes[place] &- UInt8(ascii: "0") < 10 {
      whole = 10 * whole + Int(bytes[place] &- UInt8(ascii: "0"))
      place += 1
    }
    if place == upper { return Double(whole) }
  }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { buffer in
    for offset in 0..<length {
      let byte = bytes[lower + offset]
      // strtod would also read hexadecimal, and NaNs with a payload.
      if byte == UInt8(ascii: "x") || byte == UInt8(ascii: "X") || byte == UInt8(ascii: "(") {
        return nil
      }
      buffer[offset] = CChar(bitPattern: byte)
    }
    buffer[length] = 0
    guard let start = buffer.baseAddress else { return nil }
    var end: UnsafeMutablePointer<CChar>?
    let value = strtod(start, &end)
    return end == start + length ? value : nil
  }
}

/// Reads a number from a text.
package func parseNumber(_ text: String) -> Double? {
  let bytes = Array(text.utf8)
  return parseNumber(bytes, bytes.indices)
}

/// Reads a plain decimal number; nil for hexadecimal, infinity, NaN and overflow.
package func decimal(_ text: String) -> Double? {
  guard !text.isEmpty,
    text.utf8.allSatisfy({
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "e")
        || $0 == UInt8(ascii: "E")
    }),
    let value = Double(text), value.isFinite
  else { return nil }
  return value
}

/// Returns the shortest decimal text that reads back exactly, without a trailing `.0`.
package func decimalText(_ value: Double) -> String {
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

/// Marks a non-finite number in a text, so that the text can be kept from being written.
package let notFiniteMark = "\u{FFFC}"

/// Formats a number with significant digits as C's %g does; ``notFiniteMark`` precedes a non-finite one.
package func significant(_ value: Double, _ digits: Int = 4) -> String {
  formatted(value, "%.*g", digits)
}

/// Formats a number with significant digits as people write learning rates: 1.9e-3, 3.0e-4.
package func scientific(_ value: Double, _ digits: Int) -> String {
  let parts = formatted(value, "%.*e", digits - 1).split(separator: "e")
  guard parts.count == 2, let exponent = Int(parts[1]) else { return significant(value, digits) }
  return exponent == 0 ? String(parts[0]) : "\(parts[0])e\(exponent)"
}

/// Formats a number by one of C's formats that take the number of digits.
private func formatted(_ value: Double, _ format: String, _ digits: Int) -> String {
  guard value.isFinite else { return notFiniteMark + "\(value)" }
  return withVaList([Int32(digits), value]) { arguments in
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      guard let start = buffer.baseAddress else { return "\(value)" }
      vsnprintf(start, 64, format, arguments)
      return String(cString: start)
    }
  }
}

/// Formats a whole number with commas between groups of three digits.
package func grouped(_ value: Int) -> String {
  var digits = Array(String(value))
  var index = digits.count - 3
  while index > (value < 0 ? 1 : 0) {
    digits.insert(",", at: index)
    index -= 3
  }
  return String(digits)
}

/// Returns the number of significant digits of a positive finite number's shortest text, and the last one's
/// power of ten: 2 and −4 for 0.0012.
package func decimalDigits(_ value: Double) -> (count: Int, last: Int) {
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

/// Replaces a final unit of counts (k, M, B, T) by its power of ten: 2B becomes 2e9.
package func expandingUnit(of text: String) -> String {
  let powers: [Character: String] = [
    "k": "e3", "K": "e3", "m": "e6", "M": "e6", "b": "e9", "B": "e9", "T": "e12",
  ]
  guard let power = text.last.flatMap({ powers[$0] }) else { return text }
  return text.dropLast() + power
}

/// Rounds a positive finite number to 1 to 15 significant digits.
package func rounded(_ value: Double, digits: Int) -> Double {
  let place = Int(floor(log10(value))) - digits + 1
  let whole = place < 0 ? value * powerOfTen(-place) : value / powerOfTen(place)
  guard whole.isFinite else { return value }
  return place < 0 ? whole.rounded() / powerOfTen(-place) : whole.rounded() * powerOfTen(place)
}

/// Returns 10ⁿ.
package func powerOfTen(_ exponent: Int) -> Double { pow(10, Double(exponent)) }
