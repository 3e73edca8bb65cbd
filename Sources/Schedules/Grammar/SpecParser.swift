import Support

/// The parser of one spec.
struct SpecParser {
  let text: String
  let name: String
  let percentage: String?
  var options: SpecOptions

  /// The names that the grammar knows, with what people also call them.
  private static let synonyms: [String: String] = [
    "const": "constant", "lin": "linear", "linear-decay": "linear", "cos": "cosine",
    "trapezoid": "wsd", "trapezoidal": "wsd", "warmup-stable-decay": "wsd",
    "inverse-sqrt": "invsqrt",
    "rsqrt": "invsqrt", "inv-sqrt": "invsqrt", "polynomial": "poly", "one-cycle": "onecycle",
    "1cycle": "onecycle", "wsd-s": "wsds", "two-stage": "twostage", "wsdcon": "twostage",
    "1sqrt": "1-sqrt", "one-minus-sqrt": "1-sqrt",
  ].merging(shapeSynonyms) { own, _ in own }
  private static let families =
    [
      "constant", "linear", "cosine", "wsd", "1-sqrt", "invsqrt", "poly", "rex", "onecycle", "wsds",
      "twostage", "piecewise",
    ] + ShapeFamily.allCases.map(\.rawValue)
  private static let keySynonyms: [String: String] = [
    "anneal": "cooldown", "warmdown": "cooldown", "cooldown-fraction": "cooldown",
    "min-ratio": "min", "minlr": "min-lr", "exponent": "power", "warm-up": "warmup",
    "shape": "decay",
  ]

  init(_ text: String) throws(ScheduleError) {
    self.text = text
    // Underscores are spelled as hyphens, so that inverse_sqrt and min_lr read as well.
    let lowered = String(text.lowercased().map { $0 == "_" ? "-" : $0 })
    let colon = lowered.firstIndex(of: ":")
    let head = String(lowered[..<(colon ?? lowered.endIndex)])
    guard !head.isEmpty else {
      throw ScheduleError(
        input: text, position: 1, problem: "a schedule needs a name",
        hint: "write one of \(Self.families.joined(separator: ", ")), or @file")
    }
    (name, percentage) = try Self.resolve(head, text: text)

    var parsed: [SpecOption] = []
    if let colon {
      var position = head.count + 2
      let body = lowered[lowered.index(after: colon)...]
      for part in body.split(separator: ",", omittingEmptySubsequences: false) {
        parsed.append(try Self.option(String(part), at: position, name: name, text: text))
        position += part.count + 1
      }
    }
    for (index, option) in parsed.enumerated() {
      if parsed[..<index].contains(where: { $0.key == option.key }) {
        throw ScheduleError(
          input: text, position: option.keyPosition,
          problem: "'\(printable(option.typedKey))' is given twice", hint: "give it once")
      }
    }
    options = SpecOptions(spec: text, options: parsed)
  }

  /// The family's name, and the percentage written behind it.
  private static func resolve(_ head: String, text: String) throws(ScheduleError)
    -> (name: String, percentage: String?)
  {
    func known(_ word: String) -> String? { families.contains(word) ? word : synonyms[word] }
    if let name = known(head) { return (name, nil) }
    if head == "sqrt" {
      throw ScheduleError(
        input: text, position: 1, problem: "'sqrt' could mean two things",
        hint: "write 1-sqrt (decay by 1 − √u over the run) or invsqrt (1/√t)")
    }
    let isDigit = { (character: Character) in "0123456789.+-%".contains(character) }
    let word = String(head.reversed().drop(while: isDigit).reversed())
    let number = String(head.dropFirst(word.count))
    if let name = known(word), !number.isEmpty {
      guard name == "wsd" else {
        throw ScheduleError(
          input: text, position: word.count + 1, problem: "\(name) takes no percentage",
          hint: hint(forPercentage: number, of: name))
      }
      return (name, number.hasSuffix("%") ? String(number.dropLast()) : number)
    }
    let candidates = families + synonyms.keys.sorted()
    let guess = nearestSpelling(to: word.isEmpty ? head : word, among: candidates)
    throw ScheduleError(
      input: text, position: 1, problem: "no schedule is called '\(printable(head))'",
      hint: guess.map { "did you mean \($0)?" }
        ?? "write one of \(families.joined(separator: ", ")), or @file")
  }

  /// What a number behind a name other than wsd is likely to mean: the floor that a decay ends on.
  private static func hint(forPercentage number: String, of name: String) -> String {
    let isPercentage = number.hasSuffix("%")
    guard let value = decimal(isPercentage ? String(number.dropLast()) : number), value >= 0,
      value < 100
    else { return "write \(name)" }
    let isRatio = value < 1 && !isPercentage
    let ratio = decimalText(isRatio ? value : value / 100)
    let percentage = decimalText(isRatio ? (value * 1e6).rounded() / 1e4 : value)
    switch name {
    case "poly" where value > 0: return "write poly:power=\(decimalText(value))"
    case "1-sqrt" where value > 0:
      return "write wsd\(percentage):decay=1-sqrt for a cooldown of \(percentage) %"
    case "linear", "cosine", "invsqrt", "rex":
      return value == 0
        ? "write \(name), which ends at zero"
        : "write \(name):min=\(ratio) to end at \(percentage) % of the peak"
    default:
      return "write \(name); only wsd is followed by the percentage of its cooldown (wsd20)"
    }
  }

  /// One `key=value`.
  private static func option(_ part: String, at position: Int, name: String, text: String)
    throws(ScheduleError) -> SpecOption
  {
    guard let equals = part.firstIndex(of: "="), equals > part.startIndex,
      part.index(after: equals) < part.endIndex
    else {
      let problem = part.isEmpty ? "an option is missing" : "'\(printable(part))' is not key=value"
      throw ScheduleError(
        input: text, position: position, problem: problem,
        hint: "write options as key=value, separated by commas (wsd20:decay=1-sqrt,warmup=300)")
    }
    let typedKey = String(part[..<equals])
    let value = String(part[part.index(after: equals)...])
    var key = keySynonyms[typedKey] ?? typedKey
    // People call the length of the cooldown "decay" as well as its shape: a number is a length.
    if key == "decay", let first = value.first, "0123456789.".contains(first),
      CooldownDecay(rawValue: value) == nil, value != "1sqrt"
    {
      key = "cooldown"
    }
    return SpecOption(
      key: key, typedKey: typedKey, value: value, keyPosition: position,
      valuePosition: position + typedKey.count + 1)
  }
}
