import Support

struct SpecOption {
  /// The grammar's key, in lower case with synonyms resolved.
  var key: String

  var typedKey: String
  var value: String

  /// The 1-based positions of the key and the value in the spec.
  var keyPosition: Int
  var valuePosition: Int
}

/// Splits a spec into a family, a percentage and options, which the family's reader takes one by one.
package struct SpecParser {
  let text: String
  let entry: FamilyEntry

  /// The number between the name and the colon, without `%`.
  let percentage: String?

  /// B, for lengths in tokens; nil refuses them.
  let batchTokens: Int?

  private(set) var options: [SpecOption] = []

  private static let keySynonyms: [String: String] = [
    "anneal": "cooldown", "warmdown": "cooldown", "cooldown-fraction": "cooldown",
    "min-ratio": "min", "minlr": "min-lr", "exponent": "power", "warm-up": "warmup",
    "shape": "decay",
  ]

  init(_ text: String, batchTokens: Int? = nil) throws(InputError) {
    func failure(_ problem: String, _ hint: String, at position: Int = 1) -> InputError {
      .schedule(text, at: position, problem: problem, hint: hint)
    }
    guard !text.hasPrefix("@") else {
      throw failure("a file is not a schedule's name", "write the schedule, for example wsd20")
    }
    self.text = text
    self.batchTokens = batchTokens
    // Underscores count as hyphens, so that inverse_sqrt and min_lr are read.
    let lowered = String(text.lowercased().map { $0 == "_" ? "-" : $0 })
    let colon = lowered.firstIndex(of: ":")
    let head = String(lowered[..<(colon ?? lowered.endIndex)])
    guard !head.isEmpty else {
      throw failure("a schedule needs a name", "write one of \(FamilyEntry.list), or @file")
    }
    (entry, percentage) = try Self.resolve(head, failure)

    guard let colon else { return }
    var position = head.count + 2
    let body = lowered[lowered.index(after: colon)...]
    for piece in body.split(separator: ",", omittingEmptySubsequences: false) {
      guard let option = Self.option(piece, at: position) else {
        let problem =
          piece.isEmpty
          ? "an option is missing" : "'\(printable(String(piece)))' is not key=value"
        throw failure(
          problem,
          "write options as key=value, separated by commas (wsd20:decay=1-sqrt,warmup=300)",
          at: position)
      }
      options.append(option)
      position += piece.count + 1
    }
    for (index, option) in options.enumerated()
    where options[..<index].contains(where: { $0.key == option.key }) {
      throw failure(
        "'\(printable(option.typedKey))' is given twice", "give it once", at: option.keyPosition)
    }
  }

  func failure(_ problem: String, _ hint: String, at position: Int?) -> InputError {
    .schedule(text, at: position, problem: problem, hint: hint)
  }

  mutating func take(_ key: String) -> SpecOption? {
    guard let index = options.firstIndex(where: { $0.key == key }) else { return nil }
    return options.remove(at: index)
  }

  /// The family and the percentage after its name.
  private static func resolve(
    _ head: String, _ failure: (String, String, Int) -> InputError
  ) throws(InputError) -> (entry: FamilyEntry, percentage: String?) {
    if let entry = FamilyEntry.named(head) { return (entry, nil) }
    if head == "sqrt" {
      throw failure(
        "'sqrt' could mean two things",
        "write 1-sqrt (decay by 1 − √u over the run) or invsqrt (1/√t)", 1)
    }
    let isDigit = { (character: Character) in "0123456789.+-%".contains(character) }
    let word = String(head.reversed().drop(while: isDigit).reversed())
    let number = String(head.dropFirst(word.count))
    if let entry = FamilyEntry.named(word), !number.isEmpty {
      guard entry.percentage == .cooldown else {
        throw failure(
          "\(entry.name) takes no percentage", entry.hint(forPercentage: number), word.count + 1)
      }
      return (entry, number.hasSuffix("%") ? String(number.dropLast()) : number)
    }
    let candidates = FamilyEntry.all.map(\.name) + FamilyEntry.all.flatMap(\.aliases).sorted()
    let guess = nearestSpelling(to: word.isEmpty ? head : word, among: candidates)
    throw failure(
      "no schedule is called '\(printable(head))'",
      guess.map { "did you mean \($0)?" } ?? "write one of \(FamilyEntry.list), or @file", 1)
  }

  private static func option(_ text: Substring, at position: Int) -> SpecOption? {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex,
      text.index(after: equals) < text.endIndex
    else { return nil }
    let typedKey = String(text[..<equals])
    let value = String(text[text.index(after: equals)...])
    var key = keySynonyms[typedKey] ?? typedKey
    // `decay` followed by a number means the cooldown's length, not its curve.
    if key == "decay", let first = value.first, "0123456789.".contains(first),
      Curve.decay(named: value) == nil
    {
      key = "cooldown"
    }
    return SpecOption(
      key: key, typedKey: typedKey, value: value, keyPosition: position,
      valuePosition: position + typedKey.count + 1)
  }
}

extension FamilyEntry {
  /// The suggestion for a number after the name.
  fileprivate func hint(forPercentage number: String) -> String {
    let isPercentage = number.hasSuffix("%")
    guard let value = decimal(isPercentage ? String(number.dropLast()) : number), value >= 0,
      value < 100
    else { return "write \(name)" }
    let isRatio = value < 1 && !isPercentage
    let ratio = decimalText(isRatio ? value : value / 100)
    let percentage = decimalText(isRatio ? (value * 1e6).rounded() / 1e4 : value)
    switch self.percentage {
    case .power where value > 0: return "write \(name):power=\(decimalText(value))"
    case .cooldownOf(let decay) where value > 0:
      return "write wsd\(percentage):decay=\(decay) for a cooldown of \(percentage) %"
    case .floor where value == 0: return "write \(name), which ends at zero"
    case .floor: return "write \(name):min=\(ratio) to end at \(percentage) % of the peak"
    default:
      return "write \(name); only wsd takes a percentage after its name (wsd20)"
    }
  }
}
