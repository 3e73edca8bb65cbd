/// The characters of a terminal plot besides its dots.
struct TerminalSigns {
  let style: TerminalStyle

  let seriesCount: Int

  /// The character that draws a series in ASCII.
  func symbol(of index: Int) -> Character {
    let symbols: [Character] = ["*", "+", "o", "x", "#", "@", "%", "="]
    return symbols[index % symbols.count]
  }

  /// The letter that identifies a series among several with the same dots.
  func letter(of index: Int) -> Character? {
    guard !style.isASCII, seriesCount > 1 else { return nil }
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    return letters[index % letters.count]
  }

  func dot(of index: Int) -> Character {
    style.isASCII ? symbol(of: index) : letter(of: index) ?? "•"
  }

  func sample(of mark: ChartSeries.Mark, index: Int) -> String {
    let letter = letter(of: index).map(String.init) ?? ""
    switch mark {
    case .band: return style.isASCII ? ":" : "⠅⡂"
    case .points, .estimates: return String(dot(of: index))
    case .line, .steps: return style.isASCII ? String(symbol(of: index)) : letter + "⠒⠒"
    case .intervals: return style.isASCII ? String(symbol(of: index)) : letter + "⡇"
    }
  }

  /// The character of a reference line; two kinds alternate.
  func reference(_ place: ChartReference.Place, index: Int) -> Character {
    let isFirst = index % 2 == 0
    switch place {
    case .vertical: return style.isASCII ? (isFirst ? "|" : "!") : isFirst ? "┊" : "╎"
    case .horizontal: return style.isASCII ? (isFirst ? "-" : "~") : isFirst ? "┄" : "╌"
    case .diagonal: return style.isASCII ? "." : "·"
    }
  }

  /// The y axis, at a label or elsewhere.
  func axis(isLabelled: Bool) -> Character {
    if style.isASCII { return isLabelled ? "+" : "|" }
    return isLabelled ? "┤" : "│"
  }

  /// The x axis: its corner, line and ticks.
  var floor: (corner: Character, line: Character, tick: Character) {
    style.isASCII ? ("+", "-", "+") : ("└", "─", "┬")
  }

  func coloured(_ text: String, series: Int?) -> String {
    guard style.isColoured, let series else { return text }
    let codes = [34, 33, 32, 35, 36, 31]
    return "\u{1B}[\(codes[series % codes.count])m\(text)\u{1B}[0m"
  }

  /// Makes a text safe for the terminal by replacing control characters.
  func shown(_ text: String) -> String {
    guard !style.isASCII else { return plainASCII(text) }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let category = scalar.properties.generalCategory
      result.append(category == .control || category == .format ? "\u{FFFD}" : scalar)
    }
    return String(result)
  }

  func shown(_ text: String, most: Int) -> String {
    let line = shown(text)
    guard style.isASCII, line.count > most else { return clipped(line, most: most) }
    return line.prefix(most - 3) + "..."
  }
}

/// Transliterates to ASCII: Greek letters by name, superscripts after ^, ? for anything without such a form.
func plainASCII(_ text: String) -> String {
  let names: [Character: String] = [
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "η": "eta", "κ": "kappa",
    "λ": "lambda", "ν": "nu", "ξ": "xi", "ρ": "rho", "σ": "sigma", "τ": "tau", "Δ": "Delta",
    "Σ": "Sigma", "Ω": "Omega", "·": " ", "×": "x", "−": "-", "–": "-", "—": "-", "…": "...",
    "→": "->", "≤": "<=", "≥": ">=", "√": "sqrt", "ℓ": "l", "±": "+-",
  ]
  let raised = "⁰¹²³⁴⁵⁶⁷⁸⁹"
  var result = ""
  var isRaised = false
  for character in text {
    let digit = raised.firstIndex(of: character).map {
      raised.distance(from: raised.startIndex, to: $0)
    }
    if digit != nil || character == "⁻" {
      if !isRaised { result += "^" }
      result += digit.map(String.init) ?? "-"
      isRaised = true
      continue
    }
    isRaised = false
    if let name = names[character] {
      result += name
    } else if let ascii = character.asciiValue, ascii >= 0x20, ascii < 0x7F {
      result.append(character)
    } else {
      result += "?"
    }
  }
  return result
}
