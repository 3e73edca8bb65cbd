import Support

extension InputError {
  /// A quantity came out infinite or not a number: a fault of the computation, and no answer.
  static func notFinite(_ quantity: String) -> InputError {
    InputError(
      .unanswerable, quantity, problem: "the result is not a finite number",
      hint: "give less extreme values")
  }

  /// Refuses a text with a number that is not finite.
  ///
  /// - Complexity: O(size).
  static func requireFinite(_ text: String) throws(InputError) {
    guard text.utf8.contains(0xEF), text.contains(notFiniteMark) else { return }
    let line = text.split(separator: "\n").first { $0.contains(notFiniteMark) } ?? ""
    let shown = line.split(separator: Character(notFiniteMark), omittingEmptySubsequences: false)
    throw .notFinite("'\(printable(shown.joined()))'")
  }
}

/// All digits of a number, as CSV has it; empty where there is none.
func cell(_ value: Double?) -> String {
  value.map { $0.isFinite ? "\($0)" : notFiniteMark + "\($0)" } ?? ""
}

/// A fraction as a percentage.
func percent(_ fraction: Double, _ digits: Int = 3) -> String {
  "\(significant(fraction * 100, digits)) %"
}

/// Both ends of an interval.
func interval(_ range: ClosedRange<Double>, _ digits: Int = 3) -> String {
  "\(significant(range.lowerBound, digits)) … \(significant(range.upperBound, digits))"
}

/// A number with two digits behind the point.
func fixed(_ value: Double) -> String {
  let hundredths = (abs(value) * 100).rounded()
  guard hundredths < 1e15 else { return significant(value, 3) }
  let whole = Int(hundredths)
  let digits = whole % 100
  return (value < 0 && whole > 0 ? "-" : "") + "\(whole / 100).\(digits < 10 ? "0" : "")\(digits)"
}
