import Glibc

/// A number with a number of significant digits, as C's %g writes it.
func significant(_ value: Double, _ digits: Int = 4) -> String {
  withVaList([Int32(digits), value]) { arguments in
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      guard let start = buffer.baseAddress else { return "\(value)" }
      vsnprintf(start, 64, "%.*g", arguments)
      return String(cString: start)
    }
  }
}

/// A whole number with commas between groups of three digits.
func grouped(_ value: Int) -> String {
  var digits = Array(String(value))
  var index = digits.count - 3
  while index > (value < 0 ? 1 : 0) {
    digits.insert(",", at: index)
    index -= 3
  }
  return String(digits)
}

/// A number with two digits behind the point.
func fixed(_ value: Double) -> String {
  let hundredths = (abs(value) * 100).rounded()
  guard hundredths < 1e15 else { return significant(value, 3) }
  let whole = Int(hundredths)
  let digits = whole % 100
  return (value < 0 && whole > 0 ? "-" : "") + "\(whole / 100).\(digits < 10 ? "0" : "")\(digits)"
}
