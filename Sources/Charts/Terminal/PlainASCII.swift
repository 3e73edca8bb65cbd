/// A text in ASCII characters: Greek letters by name, raised digits after ^, a ? for what has no such form.
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
