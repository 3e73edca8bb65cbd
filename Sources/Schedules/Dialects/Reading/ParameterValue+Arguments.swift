import Support

extension ParameterValue {
  /// Returns the options of a launch script's argument list as an object; nil without options.
  ///
  /// Understands `--key value`, `--key=value`, bare `--flag` and Hydra's `group.key=value`, with line
  /// continuations, quotes and comments. Hyphens in keys become underscores and dots nest. An option given with
  /// two values becomes a list. `object` parses JSON objects, such as `--lr_scheduler_kwargs '{"min_lr_rate":
  /// 0.1}'`.
  public static func arguments(_ text: String, object: (String) -> ParameterValue?)
    -> ParameterValue?
  {
    func value(_ word: Substring) -> ParameterValue {
      (word.hasPrefix("{") ? object(String(word)) : nil) ?? scalar(word)
    }
    var options = ParameterValue.null
    var pending: [String]?
    func finishFlag() {
      if let flag = pending { options.add(.boolean(true), at: flag[...]) }
      pending = nil
    }
    for word in words(of: text).flatMap({ optionWords(in: $0) }) {
      if word.hasPrefix("--"), word.count > 2 {
        finishFlag()
        let body = word.dropFirst(2)
        if let equals = body.firstIndex(of: "=") {
          options.add(value(body[body.index(after: equals)...]), at: path(body[..<equals])[...])
        } else {
          pending = path(body)
        }
      } else if let (key, text) = override(word) {
        finishFlag()
        options.add(value(text), at: path(key)[...])
      } else if let path = pending {
        options.add(value(word[...]), at: path[...])
        pending = nil
      }
    }
    finishFlag()
    return options == .null ? nil : options
  }

  /// The deepest nesting of a path; deeper ones are kept as one name.
  private static let mostNames = 64

  private static func path(_ key: Substring) -> [String] {
    let key = key.map { $0 == "-" ? "_" : $0 }
    let names = key.split(separator: ".").map { String($0) }
    return names.count <= mostNames && !names.isEmpty ? names : [String(key)]
  }

  private static func scalar(_ word: Substring) -> ParameterValue {
    switch word.lowercased() {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "none", "null": return .null
    default: return decimal(String(word)).map { .number($0) } ?? .text(String(word))
    }
  }

  /// Splits `group.key=value`; a shell assignment has no dot in its name.
  private static func override(_ word: String) -> (key: Substring, value: Substring)? {
    guard let equals = word.firstIndex(of: "=") else { return nil }
    let key = word[..<equals].drop { $0 == "+" }
    guard key.first?.isLetter ?? false, key.contains("."),
      key.allSatisfy({ $0.isLetter || $0.isNumber || "._-".contains($0) })
    else { return nil }
    return (key, word[word.index(after: equals)...])
  }

  /// Adds a member; a second value makes a list.
  private mutating func add(_ value: ParameterValue, at path: ArraySlice<String>) {
    guard let name = path.first else {
      switch self {
      case .null, .object, value: self = value
      case .list(let values): self = .list(values + [value])
      default: self = .list([self, value])
      }
      return
    }
    var members: [String: ParameterValue] = [:]
    if case .object(let own) = self { members = own }
    // Avoids copying the shared members.
    self = .null
    members[name, default: .null].add(value, at: path.dropFirst())
    self = .object(members)
  }

  /// Splits options quoted together, as in `ARGS="--lr 1e-3 --bf16"`.
  private static func optionWords(in word: String) -> [String] {
    guard word.contains(where: \.isWhitespace), word.contains("--"), !word.hasPrefix("{") else {
      return [word]
    }
    var body = word[...]
    if let equals = body.firstIndex(of: "="),
      !body[..<equals].contains(where: { $0.isWhitespace })
    {
      guard !word.hasPrefix("--") else { return [word] }
      body = body[body.index(after: equals)...]
    }
    return words(of: String(body))
  }

  private static func words(of text: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isComment = false
    var isEscaped = false
    for character in text {
      if isComment {
        isComment = !character.isNewline
      } else if isEscaped {
        isEscaped = false
        // An escaped line break continues the line.
        if !character.isNewline { word = word ?? "" } else { continue }
        word?.append(character)
      } else if character == "\\" {
        isEscaped = true
      } else if let open = quote {
        if character == open { quote = nil } else { word?.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character == "#", word == nil {
        isComment = true
      } else if character.isWhitespace || character == "(" || character == ")" {
        if let finished = word { words.append(finished) }
        word = nil
      } else {
        word = word ?? ""
        word?.append(character)
      }
    }
    if let word { words.append(word) }
    return words
  }
}
