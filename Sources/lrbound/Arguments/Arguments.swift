import Bound
import Schedules
import Support

/// Turns the texts of options into values; the error names the text, and ``Main`` the option.
enum Arguments {
  /// A number of steps: a whole number, also written 1e6, 50k, 1.5M, 50_000 or 50,000.
  @Sendable static func steps(_ text: String) throws -> Int {
    // Some write a point between groups of three digits.
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts.count == 2, parts[1].count == 3, parts.allSatisfy({ $0.allSatisfy(\.isNumber) }),
      !parts[0].isEmpty
    {
      throw InputError(
        problem: "could be \(parts[0]) or \(parts[0])\(parts[1])", hint: "write one of these")
    }
    guard let value = wholeOrFraction(text) else {
      throw InputError(problem: "not a number", hint: "give whole steps like 50000 or 5e4")
    }
    if value != value.rounded() {
      throw InputError(problem: "not a whole number", hint: "give whole steps like 50000")
    }
    if value < 1 {
      throw InputError(problem: "a run has at least 1 step", hint: "give a positive number")
    }
    if value > Double(ScheduleSpec.mostSteps) {
      throw InputError(problem: "lrbound handles up to 1e9 steps", hint: "give fewer")
    }
    return Int(value)
  }

  /// A number of steps that a search can follow.
  static func steps(most: Int) -> @Sendable (String) throws -> Int {
    { text in
      let steps = try steps(text)
      guard steps <= most else {
        throw InputError(
          problem: "this search follows up to \(grouped(most)) steps", hint: "give fewer")
      }
      return steps
    }
  }

  /// A number of tokens: a whole number, also written 5e11, 500k, 1.5M, 10B or 2T.
  @Sendable static func tokens(_ text: String) throws -> Int {
    guard let value = wholeOrFraction(text), value == value.rounded(), (1...1e15).contains(value)
    else {
      throw InputError(
        problem: "not a number of tokens",
        hint: "give a whole number up to 1e15, like 10B or 524288")
    }
    return Int(value)
  }

  /// The tokens in a step: a number of tokens, or sequences × their length.
  @Sendable static func batch(_ text: String) throws -> Int {
    let factors = text.split(
      separator: text.contains("×") ? "×" : "x", omittingEmptySubsequences: false
    ).map { wholeOrFraction(String($0)) }
    let product = factors.reduce(1) { product, factor in product * (factor ?? .nan) }
    let areWhole = factors.count == 1 || factors.allSatisfy { $0 == $0?.rounded() }
    guard factors.count <= 2, areWhole, factors.allSatisfy({ $0 ?? 0 > 0 }),
      let tokens = TrainingRun.batchTokens(product)
    else {
      throw InputError(
        problem: "not a number of tokens",
        hint: "give a whole number up to 1e12, like 0.5M, 524288 or 256x2048")
    }
    return tokens
  }

  /// A whole number in a range, with the same shorthands.
  static func count(in range: ClosedRange<Int>) -> @Sendable (String) throws -> Int {
    { text in
      guard let value = wholeOrFraction(text), value == value.rounded(),
        value >= Double(range.lowerBound), value <= Double(range.upperBound)
      else {
        throw InputError(
          problem: "out of range",
          hint:
            "give a whole number from \(short(range.lowerBound)) to \(short(range.upperBound))")
      }
      return Int(value)
    }
  }

  /// A number with the shorthands that people type for counts; nil where it is none.
  private static func wholeOrFraction(_ text: String) -> Double? {
    var digits = text.contains("e") ? text : expandingUnit(of: text)
    // Separators group three digits.
    for separator: Character in [",", "_"] where digits.contains(separator) {
      let groups = digits.split(separator: separator, omittingEmptySubsequences: false)
      guard groups.dropFirst().allSatisfy({ $0.count == 3 }), (1...3).contains(groups[0].count)
      else { return nil }
      digits = groups.joined()
    }
    return decimal(digits)
  }

  /// A limit as people write it: 1e12.
  private static func short(_ value: Int) -> String {
    value < 1_000_000 ? "\(value)" : short(Double(value))
  }

  private static func short(_ value: Double) -> String {
    let text = value < 1_000_000 ? decimalText(value) : significant(value, 3)
    return text.split(separator: "+").map(String.init).joined()
  }

  /// A positive number between 1e-50 and 1e50.
  static func positive(example: String) -> @Sendable (String) throws -> Double {
    { text in
      guard let value = decimal(text) else {
        throw InputError(problem: "not a number", hint: "give a positive number like \(example)")
      }
      guard value > 0 else {
        throw InputError(problem: "not positive", hint: "give a number like \(example)")
      }
      guard usableMagnitudes.contains(value) else {
        throw InputError(problem: "out of range", hint: "give 1e-50 to 1e50")
      }
      return value
    }
  }

  /// A learning rate.
  @Sendable static func learningRate(_ text: String) throws -> Double {
    try positive(example: "1e-3")(text)
  }

  /// A number in a closed range.
  static func number(in range: ClosedRange<Double>) -> @Sendable (String) throws -> Double {
    { text in
      guard let value = decimal(text), range.contains(value) else {
        throw InputError(
          problem: "out of range",
          hint:
            "give a number from \(short(range.lowerBound)) to \(short(range.upperBound))"
        )
      }
      return value
    }
  }

  /// Entries separated by commas, none of them empty.
  static func list<Element>(
    of element: @Sendable @escaping (String) throws -> Element
  ) -> @Sendable (String) throws -> [Element] {
    { text in
      let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard parts.allSatisfy({ !$0.isEmpty }) else {
        throw InputError(problem: "an entry is missing", hint: "separate them by commas")
      }
      return try parts.map { part in
        do {
          return try element(part)
        } catch let error as InputError where parts.count > 1 && error.subject.isEmpty {
          throw InputError(
            problem: "'\(printable(part))': \(error.problem)", hint: error.hint)
        }
      }
    }
  }

  /// One of the cases of an enumeration, by its raw value in any case of letters.
  @Sendable static func choice<Choice>(_ text: String) throws -> Choice
  where Choice: CaseIterable & RawRepresentable, Choice.RawValue == String {
    if let found = Choice.allCases.first(where: { $0.rawValue == text.lowercased() }) {
      return found
    }
    let names = Choice.allCases.map(\.rawValue)
    let guess = names.count > 4 ? nearestSpelling(to: text, among: names) : nil
    let all = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
    throw InputError(
      problem: "not known", hint: guess.map { "did you mean \($0)?" } ?? "give \(all)")
  }

  /// The length of a cooldown, as the grammar writes it.
  @Sendable static func extent(_ text: String) throws -> Extent {
    let isPlain = text.allSatisfy { $0.isLetter || $0.isNumber || "%.,_".contains($0) }
    guard isPlain, let spec = try? ScheduleSpec("wsd:cooldown=\(text)"),
      let cooldown = spec.family.cooldown?.extent
    else {
      throw InputError(
        problem: "not a length", hint: "give a fraction like 0.2, 20% or 5000steps")
    }
    return cooldown
  }

  /// A schedule of the grammar, or a file behind `@`.
  @Sendable static func schedule(_ text: String) throws -> ScheduleArgument {
    try ScheduleArgument(text)
  }

  /// A schedule of the grammar.
  @Sendable static func spec(_ text: String) throws -> ScheduleSpec { try ScheduleSpec(text) }
}

extension InputError {
  /// Something wrong on the command line, which the problem names.
  static func usage(_ problem: String, _ hint: String) -> InputError {
    InputError(problem: problem, hint: hint)
  }
}
