import Bound
import Runs
import Schedules
import Support

/// Something wrong on the command line, in one line; exit code 2.
struct UsageError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// A question that has no converged answer, in one line; exit code 4.
struct NoAnswer: Error, CustomStringConvertible {
  let description: String
}

/// Turns the texts of the command line into values, or into a ``UsageError`` that names the option.
enum Arguments {
  /// A number of steps: a whole number, also written 1e6, 50k, 1.5M, 50_000 or 50,000.
  static func steps(_ text: String, _ option: String) throws(UsageError) -> Int {
    let limit = Double(ScheduleSpec.mostSteps)
    // Some write a point between groups of three digits.
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 2, parts[1].count == 3, parts.allSatisfy({ $0.allSatisfy(\.isNumber) }),
      !parts[0].isEmpty
    {
      throw UsageError(
        "\(option) '\(printable(text))': could be \(parts[0]) or \(parts[0])\(parts[1]); write one of these"
      )
    }
    guard let value = count(text) else {
      throw UsageError(
        "\(option) '\(printable(text))': not a number; give whole steps like 50000 or 5e4")
    }
    if value != value.rounded() {
      throw UsageError(
        "\(option) '\(printable(text))': not a whole number; give whole steps like 50000")
    }
    if value < 1 {
      throw UsageError(
        "\(option) '\(printable(text))': a run has at least 1 step; give a positive number")
    }
    if value > limit {
      throw UsageError(
        "\(option) '\(printable(text))': lrbound handles up to 1e9 steps; give fewer")
    }
    return Int(value)
  }

  /// A number of tokens: a whole number, also written 5e11, 500k, 1.5M, 10B or 2T.
  static func tokens(_ text: String, _ option: String) throws(UsageError) -> Int {
    guard let value = count(text), value == value.rounded(), (1...1e15).contains(value) else {
      throw UsageError(
        "\(option) '\(printable(text))': give a whole number of tokens up to 1e15, like 10B or 524288"
      )
    }
    return Int(value)
  }

  /// A whole number in a range, with the same shorthands.
  static func count(_ text: String, _ option: String, in range: ClosedRange<Int>)
    throws(UsageError) -> Int
  {
    guard let value = count(text), value == value.rounded(),
      value >= Double(range.lowerBound), value <= Double(range.upperBound)
    else {
      throw UsageError(
        "\(option) '\(printable(text))': give a whole number from \(range.lowerBound) to \(range.upperBound)"
      )
    }
    return Int(value)
  }

  /// The steps that a number of tokens makes, which must be whole batches.
  static func steps(tokens text: String, _ option: String, batch: Int) throws(UsageError) -> Int {
    let total = try tokens(text, option)
    guard total % batch == 0 else {
      let whole = total / batch
      let near = whole > 0 ? "\(whole * batch) or \((whole + 1) * batch)" : "\(batch)"
      throw UsageError(
        "\(option) '\(printable(text))': not a whole number of batches of \(batch) tokens; give \(near)"
      )
    }
    return try steps("\(total / batch)", option)
  }

  /// A count with the shorthands that people type; nil where it is no number.
  static func count(_ text: String) -> Double? {
    let units: [Character: String] = [
      "k": "e3", "K": "e3", "m": "e6", "M": "e6", "b": "e9", "B": "e9", "T": "e12",
    ]
    var digits = text
    if let unit = text.last.flatMap({ units[$0] }), !text.contains("e") {
      digits = text.dropLast() + unit
    }
    // Separators group three digits.
    for separator: Character in [",", "_"] where digits.contains(separator) {
      let groups = digits.split(separator: separator, omittingEmptySubsequences: false)
      guard groups.dropFirst().allSatisfy({ $0.count == 3 }), (1...3).contains(groups[0].count)
      else {
        return nil
      }
      digits = groups.joined()
    }
    return decimal(digits)
  }

  /// A positive number between 1e-50 and 1e50.
  static func positive(_ text: String, _ option: String, example: String)
    throws(UsageError) -> Double
  {
    guard let value = decimal(text) else {
      throw UsageError(
        "\(option) '\(printable(text))': not a number; give a positive number like \(example)")
    }
    guard value > 0 else {
      throw UsageError(
        "\(option) '\(printable(text))': not positive; give a number like \(example)")
    }
    guard usableMagnitudes.contains(value) else {
      throw UsageError("\(option) '\(printable(text))': out of range; give 1e-50 to 1e50")
    }
    return value
  }

  /// The parts of a list separated by commas, none of them empty.
  static func list(_ text: String, _ option: String) throws(UsageError) -> [String] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard parts.allSatisfy({ !$0.isEmpty }) else {
      throw UsageError(
        "\(option) '\(printable(text))': an entry is missing; separate them by commas")
    }
    return parts
  }

  /// The length of a cooldown, as the grammar writes it.
  static func cooldown(_ text: String, _ option: String) throws(UsageError) -> Extent {
    let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "%.,_".contains($0) }
    guard isPlain, let spec = try? ScheduleSpec("wsd:cooldown=\(text)"),
      case .wsd(let cooldown, _) = spec.family
    else {
      throw UsageError(
        "\(option) '\(printable(text))': not a length; give a fraction like 0.2, 20% or 5000steps")
    }
    return cooldown
  }

  /// A learning rate.
  static func learningRate(_ text: String, _ option: String) throws(UsageError) -> Double {
    try positive(text, option, example: "1e-3")
  }

  /// A schedule of the grammar, or a file behind `@`.
  static func schedule(_ text: String, _ option: String) throws(UsageError) -> ScheduleArgument {
    do {
      return try ScheduleArgument(text)
    } catch {
      throw UsageError("\(option): \(error.description)")
    }
  }

  /// A number in a closed range.
  static func number(_ text: String, _ option: String, in range: ClosedRange<Double>)
    throws(UsageError) -> Double
  {
    guard let value = decimal(text), range.contains(value) else {
      throw UsageError(
        "\(option) '\(printable(text))': give a number from \(decimalText(range.lowerBound)) to \(decimalText(range.upperBound))"
      )
    }
    return value
  }
}
