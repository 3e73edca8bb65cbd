import Glibc

/// A number from bytes of text, blanks around it allowed: decimal, `nan`, `inf` or `infinity`.
///
/// - Parameters:
///   - bytes: the text.
///   - range: where the number stands.
/// - Returns: the nearest double, or nil where the bytes are not a number.
/// - Complexity: O(length).
package func parseNumber(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
  var lower = range.lowerBound
  var upper = range.upperBound
  let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
  while lower < upper, isBlank(bytes[lower]) { lower += 1 }
  while upper > lower, isBlank(bytes[upper - 1]) { upper -= 1 }
  let length = upper - lower
  guard length > 0, length < 400 else { return nil }
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

/// A plain decimal number, or nil: no hexadecimal, infinity or NaN, and nothing that overflows.
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

/// The shortest decimal text that reads back as the same number, without a trailing `.0`.
package func decimalText(_ value: Double) -> String {
  let text = "\(value)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
