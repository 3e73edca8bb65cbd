extension ParameterValue {
  /// The options of an argument list, as trainers' launch scripts hold them.
  ///
  /// `--key value`, `--key=value` and bare `--flag`; hyphens of keys become underscores, dots nest
  /// (`--lr_scheduler.warmup_steps 300`). Line continuations, quotes and comments are understood;
  /// everything that is no option is passed over.
  ///
  /// - Parameter text: the list, on any number of lines.
  /// - Returns: the options as an object; nil where there is none.
  /// - Complexity: O(length).
  public static func arguments(_ text: String) -> ParameterValue? {
    var options: [(path: [String], value: ParameterValue)] = []
    var pending: [String]?
    for word in words(of: text) {
      if word.hasPrefix("--"), word.count > 2 {
        if let pending { options.append((pending, .boolean(true))) }
        pending = nil
        let body = word.dropFirst(2)
        let equals = body.firstIndex(of: "=")
        let path = body[..<(equals ?? body.endIndex)].split(separator: ".").map {
          String($0.map { $0 == "-" ? "_" : $0 })
        }
        if let equals {
          options.append((path, scalar(String(body[body.index(after: equals)...]))))
        } else {
          pending = path
        }
      } else if let path = pending {
        options.append((path, scalar(word)))
        pending = nil
      }
    }
    if let pending { options.append((pending, .boolean(true))) }
    guard !options.isEmpty else { return nil }
    return options.reduce(.object([:])) { $0.setting($1.value, at: $1.path[...]) }
  }

  private static func scalar(_ word: String) -> ParameterValue {
    switch word.lowercased() {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "none", "null": return .null
    default: return decimal(word).map { .number($0) } ?? .text(word)
    }
  }

  /// The value with a member set; later options win.
  private func setting(_ value: ParameterValue, at path: ArraySlice<String>) -> ParameterValue {
    guard let name = path.first else { return value }
    var members: [String: ParameterValue] = [:]
    if case .object(let own) = self { members = own }
    members[name] = (members[name] ?? .null).setting(value, at: path.dropFirst())
    return .object(members)
  }

  /// The words of a shell text, without its comments.
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
        // An escaped line break only continues the line.
        if !character.isNewline { word = (word ?? "") + String(character) }
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
        word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words
  }
}
