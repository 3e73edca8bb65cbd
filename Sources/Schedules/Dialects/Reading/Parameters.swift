import Support

/// Access to the scheduler's parameters, each of which is taken once.
extension DialectReader {
  func failure(_ key: String?, _ problem: String, _ hint: String) -> InputError {
    InputError.dialect(subject, key: key, problem: problem, hint: hint)
  }

  func require(
    _ isMet: Bool, _ key: @autoclosure () -> String?, _ problem: @autoclosure () -> String,
    _ hint: @autoclosure () -> String
  ) throws(InputError) {
    if !isMet { throw failure(key(), problem(), hint()) }
  }

  /// Takes the raw value of a key or one of its synonyms; nil if absent.
  mutating func take(_ keys: String...) throws(InputError) -> ParameterValue? {
    known += keys
    let given = keys.filter { members[$0] != nil }
    try require(given.count < 2, given[1], "\(given[0]) says the same", "give one of them")
    return given.first.flatMap { members.removeValue(forKey: $0) }
  }

  mutating func number(_ key: String, in range: ClosedRange<Double> = 0...1e30)
    throws(InputError) -> Double?
  {
    guard let value = try take(key) else { return nil }
    return try checked(value, key, in: range)
  }

  mutating func requiredNumber(
    _ key: String, in range: ClosedRange<Double> = 0...1e30, example: String
  ) throws(InputError) -> Double {
    guard let value = try number(key, in: range) else {
      throw missing(key, example: "{\"\(key)\": \(example)}")
    }
    return value
  }

  mutating func count(_ key: String, least: Int = 0) throws(InputError) -> Int? {
    guard let value = try take(key) else { return nil }
    return try checkedCount(value, key, least: least)
  }

  mutating func requiredCount(_ key: String, least: Int = 0, example: String)
    throws(InputError) -> Int
  {
    guard let value = try count(key, least: least) else {
      throw missing(key, example: "{\"\(key)\": \(example)}")
    }
    return value
  }

  mutating func counts(_ key: String, example: String) throws(InputError) -> [Int] {
    var counts: [Int] = []
    for value in try list(key, example: example) {
      counts.append(try checkedCount(value, key, least: 0))
    }
    return counts
  }

  mutating func numbers(_ key: String, example: String) throws(InputError) -> [Double] {
    var numbers: [Double] = []
    for value in try list(key, example: example) {
      numbers.append(try checked(value, key, in: 0...1e30))
    }
    return numbers
  }

  mutating func list(_ key: String, example: String) throws(InputError) -> [ParameterValue] {
    switch try take(key) {
    case .list(let values)?: return values
    case nil: throw missing(key, example: example)
    case let value?: throw failure(key, "\(value.shown) is not a list", "write \(example)")
    }
  }

  mutating func word(_ key: String, among words: [String]) throws(InputError) -> String? {
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

  mutating func curve(_ key: String, among curves: [(curve: Curve, name: String)])
    throws(InputError) -> Curve?
  {
    let name = try word(key, among: curves.map(\.name))
    return curves.first { $0.name == name }?.curve
  }

  mutating func flag(_ key: String) throws(InputError) -> Bool? {
    switch try take(key) {
    case nil: return nil
    case .boolean(let flag)?: return flag
    case let value?: throw failure(key, "\(value.shown) is not a flag", "give true or false")
    }
  }

  /// Takes keys that do not affect the learning rate.
  mutating func ignore(_ keys: String...) {
    known += keys
    for key in keys { members[key] = nil }
  }

  func refuseRest() throws(InputError) {
    guard let key = members.keys.min() else { return }
    let guess = nearestSpelling(to: key, among: known).map { "did you mean \($0)? " } ?? ""
    let list =
      known.isEmpty ? "it takes none" : "it takes \(known.sorted().joined(separator: ", "))"
    throw failure(key, "it is not a parameter of this scheduler", guess + list)
  }

  func missing(_ key: String, example: String) -> InputError {
    // The remaining names, most similar first, for a suggestion.
    let letters = Array(key.lowercased())
    let left = members.keys.map { (editDistance(Array($0.lowercased().prefix(40)), letters), $0) }
    let names = left.sorted { $0 < $1 }.prefix(3).map { printable($0.1) }
    let given = names.isEmpty ? "" : " beside \(names.joined(separator: ", "))"
    return failure(
      key, "it is mandatory\(given)", "give it, as in \(example)")
  }

  private func checked(_ value: ParameterValue, _ key: String, in range: ClosedRange<Double>)
    throws(InputError) -> Double
  {
    guard let number = value.number else {
      throw failure(key, "\(value.shown) is not a number", "give a number")
    }
    try require(
      range.contains(number), key, "\(decimalText(number)) is out of range",
      "give a number from \(decimalText(range.lowerBound)) to \(decimalText(range.upperBound))")
    // Turns −0 into 0.
    return number + 0
  }

  private func checkedCount(_ value: ParameterValue, _ key: String, least: Int)
    throws(InputError) -> Int
  {
    guard let number = value.number, number == number.rounded(), abs(number) <= 1e15 else {
      throw failure(key, "\(value.shown) is not a whole number", "give whole steps")
    }
    try require(
      Int(number) >= least, key, "\(decimalText(number)) is too small", "give at least \(least)")
    return Int(number)
  }
}
