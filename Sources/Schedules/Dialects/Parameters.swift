import Support

/// Reads the parameters of one scheduler; what is left at the end is unknown.
struct Parameters {
  /// The dialect and the scheduler's name, for messages.
  let subject: String

  private var members: [String: ParameterValue]
  private var known: [String] = []

  init(subject: String, members: [String: ParameterValue]) {
    self.subject = subject
    self.members = members.filter { $0.value != .null }
  }

  func failure(_ key: String?, _ problem: String, _ hint: String) -> DialectError {
    DialectError(subject, key: key, problem: problem, hint: hint)
  }

  /// The raw value of a key, under one of its names; nil where it is not given.
  mutating func take(_ keys: String...) throws(DialectError) -> ParameterValue? {
    known += keys
    let given = keys.filter { members[$0] != nil }
    guard given.count < 2 else {
      throw failure(given[1], "\(given[0]) says the same", "give one of them")
    }
    return given.first.flatMap { members.removeValue(forKey: $0) }
  }

  /// A number within a closed range.
  mutating func number(_ key: String, in range: ClosedRange<Double> = 0...1e30)
    throws(DialectError) -> Double?
  {
    guard let value = try take(key) else { return nil }
    return try checked(value, key, in: range)
  }

  /// A number that must be there.
  mutating func requiredNumber(
    _ key: String, in range: ClosedRange<Double> = 0...1e30, example: String
  ) throws(DialectError) -> Double {
    guard let value = try number(key, in: range) else { throw missing(key, example: example) }
    return value
  }

  /// A whole number of steps or the like.
  mutating func count(_ key: String, least: Int = 0) throws(DialectError) -> Int? {
    guard let value = try take(key) else { return nil }
    return try checkedCount(value, key, least: least)
  }

  /// A count that must be there.
  mutating func requiredCount(_ key: String, least: Int = 0, example: String)
    throws(DialectError) -> Int
  {
    guard let value = try count(key, least: least) else { throw missing(key, example: example) }
    return value
  }

  /// A list of whole numbers.
  mutating func counts(_ key: String, example: String) throws(DialectError) -> [Int] {
    var counts: [Int] = []
    for value in try list(key, example: example) {
      counts.append(try checkedCount(value, key, least: 0))
    }
    return counts
  }

  /// A list of numbers of at least 0.
  mutating func numbers(_ key: String, example: String) throws(DialectError) -> [Double] {
    var numbers: [Double] = []
    for value in try list(key, example: example) {
      numbers.append(try checked(value, key, in: 0...1e30))
    }
    return numbers
  }

  /// A list that must be there.
  mutating func list(_ key: String, example: String) throws(DialectError) -> [ParameterValue] {
    switch try take(key) {
    case .list(let values)?: return values
    case nil: throw missing(key, example: example)
    case let value?: throw failure(key, "\(value.shown) is not a list", "write \(example)")
    }
  }

  /// One of a number of words.
  mutating func word(_ key: String, among words: [String]) throws(DialectError) -> String? {
    guard let value = try take(key) else { return nil }
    guard case .text(let text) = value, words.contains(text) else {
      var guess: String?
      if case .text(let text) = value { guess = nearestSpelling(to: text, among: words) }
      throw failure(
        key, "\(value.shown) is not known",
        (guess.map { "did you mean \($0)? " } ?? "")
          + "give one of \(words.joined(separator: ", "))"
      )
    }
    return text
  }

  /// A flag.
  mutating func flag(_ key: String) throws(DialectError) -> Bool? {
    switch try take(key) {
    case nil: return nil
    case .boolean(let flag)?: return flag
    case let value?: throw failure(key, "\(value.shown) is not a flag", "give true or false")
    }
  }

  /// Takes keys that do not touch the learning rate.
  mutating func ignore(_ keys: String...) {
    known += keys
    for key in keys { members[key] = nil }
  }

  /// Refuses whatever has not been taken.
  func finish() throws(DialectError) {
    guard let key = members.keys.min() else { return }
    let guess = nearestSpelling(to: key, among: known).map { "did you mean \($0)? " } ?? ""
    let list =
      known.isEmpty ? "it takes none" : "it takes \(known.sorted().joined(separator: ", "))"
    throw failure(key, "it is not a parameter of this scheduler", guess + list)
  }

  func missing(_ key: String, example: String) -> DialectError {
    // What is left, the most similar first: one of them may be meant.
    let letters = Array(key.lowercased())
    let left = members.keys.map { (editDistance(Array($0.lowercased().prefix(40)), letters), $0) }
    let names = left.sorted { $0 < $1 }.prefix(3).map { printable($0.1) }
    let given = names.isEmpty ? "" : " beside \(names.joined(separator: ", "))"
    return failure(
      key, "it is mandatory and not given\(given)", "give it, as in \(example)")
  }

  private func checked(_ value: ParameterValue, _ key: String, in range: ClosedRange<Double>)
    throws(DialectError) -> Double
  {
    guard let number = value.number else {
      throw failure(key, "\(value.shown) is not a number", "give a number")
    }
    guard range.contains(number) else {
      throw failure(
        key, "\(decimalText(number)) is out of range",
        "give a number from \(decimalText(range.lowerBound)) to \(decimalText(range.upperBound))")
    }
    // −0 is accepted, and is zero.
    return number + 0
  }

  private func checkedCount(_ value: ParameterValue, _ key: String, least: Int)
    throws(DialectError) -> Int
  {
    guard let number = value.number, number == number.rounded(), abs(number) <= 1e15 else {
      throw failure(key, "\(value.shown) is not a whole number", "give whole steps")
    }
    guard Int(number) >= least else {
      throw failure(key, "\(decimalText(number)) is too small", "give at least \(least)")
    }
    return Int(number)
  }
}
