import Support

/// One `key=value` of a spec, with its place in the text.
struct SpecOption {
  /// The key as the grammar calls it (synonyms resolved), in lower case.
  var key: String

  /// The key as typed.
  var typedKey: String
  var value: String

  /// 1-based characters of the spec at which the key and the value begin.
  var keyPosition: Int
  var valuePosition: Int
}

/// Reads the options of a spec one by one; what is left at the end is unknown.
struct SpecOptions {
  let spec: String
  private var options: [SpecOption]

  init(spec: String, options: [SpecOption]) {
    self.spec = spec
    self.options = options
  }

  /// All that is left, in the order of the text.
  var remaining: [SpecOption] { options }

  /// Removes and returns the option of that key.
  mutating func take(_ key: String) -> SpecOption? {
    guard let index = options.firstIndex(where: { $0.key == key }) else { return nil }
    return options.remove(at: index)
  }

  /// A number within a closed range, or nil where the key is absent.
  mutating func number(_ key: String, in range: ClosedRange<Double>, meaning: String)
    throws(ScheduleError) -> Double?
  {
    guard let option = take(key) else { return nil }
    guard let value = decimal(option.value), range.contains(value) else {
      throw ScheduleError(
        input: spec, position: option.valuePosition,
        problem: "\(option.typedKey)=\(printable(option.value)) is not \(meaning)",
        hint:
          "give a number from \(decimalText(range.lowerBound)) to \(decimalText(range.upperBound))")
    }
    return value
  }

  /// A ratio, written as a number or a percentage, or nil where the key is absent.
  mutating func ratio(_ key: String, in range: ClosedRange<Double>, problem: String)
    throws(ScheduleError) -> Double?
  {
    guard let option = take(key) else { return nil }
    let isPercentage = option.value.hasSuffix("%")
    guard
      let value = isPercentage
        ? fraction(percentage: String(option.value.dropLast())) : decimal(option.value)
    else {
      throw ScheduleError(
        input: spec, position: option.valuePosition,
        problem: "\(option.typedKey)=\(printable(option.value)) is not a number",
        hint: "write a ratio like 0.1 or a percentage like 10%")
    }
    guard range.contains(value) else {
      throw ScheduleError(
        input: spec, position: option.valuePosition,
        problem: "\(option.typedKey)=\(printable(option.value)) \(problem)",
        hint:
          "give a ratio from \(decimalText(range.lowerBound)) to \(decimalText(range.upperBound))")
    }
    return value
  }

  /// A length of time, or nil where the key is absent.
  ///
  /// Fractions may not exceed `most` of the run.
  mutating func extent(_ key: String, most: Double = 1) throws(ScheduleError) -> Extent? {
    guard let option = take(key) else { return nil }
    return try Self.extent(
      option.value, called: option.typedKey, spec: spec, position: option.valuePosition, most: most)
  }

  /// A length of time from text: `0.2`, `20%`, `5000steps` or `5000` (bare numbers to 100 are refused).
  static func extent(
    _ text: String, called name: String, spec: String, position: Int, most: Double = 1
  ) throws(ScheduleError) -> Extent {
    func failure(_ problem: String, _ hint: String) -> ScheduleError {
      ScheduleError(
        input: spec, position: position, problem: "\(name)=\(printable(text)) \(problem)",
        hint: hint)
    }
    let forms = "write a fraction (0.2), a percentage (20%) or steps (5000steps)"
    for suffix in ["steps", "step"] where text.hasSuffix(suffix) {
      guard let count = decimal(String(text.dropLast(suffix.count))), count >= 0,
        count == count.rounded(), count <= 1e9
      else { throw failure("is not a whole number of steps up to 1e9", forms) }
      return .steps(Int(count))
    }
    let isPercentage = text.hasSuffix("%")
    guard let number = decimal(isPercentage ? String(text.dropLast()) : text) else {
      throw failure("is not a length of time", forms)
    }
    if number < 0 { throw failure("is negative", forms) }
    if isPercentage, let fraction = fraction(percentage: String(text.dropLast())) {
      if fraction > most {
        throw failure("is longer than the run", "give at most \(decimalText(most * 100))%")
      }
      return .fraction(fraction)
    }
    if number == 1 {
      throw failure("could mean one step or the whole run", "write 1steps or 100%")
    }
    if number < 1 { return .fraction(number) }
    if number <= 100, number == number.rounded() {
      let digits = Int(number)
      throw failure("could mean steps or per cent", "write \(digits)steps or \(digits)%")
    }
    guard number == number.rounded(), number <= 1e9 else {
      throw failure("is neither a fraction of the run nor a whole number of steps", forms)
    }
    return .steps(Int(number))
  }

  /// Refuses whatever has not been taken; the known keys of the family go into the hint.
  func finish(family: String, known: [String]) throws(ScheduleError) {
    guard let option = options.first else { return }
    let list =
      known.isEmpty
      ? "\(family) takes no options" : "\(family) takes \(known.joined(separator: ", "))"
    let hint =
      nearestSpelling(to: option.typedKey, among: known).map { "did you mean \($0)? " } ?? ""
    throw ScheduleError(
      input: spec, position: option.keyPosition,
      problem: "'\(printable(option.typedKey))' is not an option of \(family)", hint: hint + list)
  }
}
