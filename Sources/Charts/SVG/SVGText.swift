enum SVGText {
  /// Escapes XML characters and replaces forbidden ones.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A coordinate rounded to two decimals, without trailing zeros.
  static func coordinate(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    if rest % 10 == 0 { return "\(sign)\(whole).\(rest / 10)" }
    return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }

  static func element(_ content: String, x: Double, y: Double, kind: String) -> String {
    "<text class=\"\(kind)\" x=\"\(coordinate(x))\" y=\"\(coordinate(y))\">\(escaped(content))</text>\n"
  }

  static func upwards(_ content: String, x: Double, y: Double, kind: String) -> String {
    let place = "translate(\(coordinate(x)) \(coordinate(y))) rotate(-90)"
    return "<text class=\"\(kind)\" transform=\"\(place)\">\(escaped(content))</text>\n"
  }

  /// The approximate width of a text; most letters are narrower.
  static func width(_ text: String, fontSize: Double) -> Double {
    Double(text.count) * fontSize * averageWidth
  }

  static func characters(in width: Double, fontSize: Double) -> Int {
    Int(width / (fontSize * averageWidth))
  }

  /// The width of a character of DejaVu Sans, a wide font, relative to the font size.
  private static let averageWidth = 0.65
}

func clipped(_ text: String, most: Int) -> String {
  text.count <= most ? text : text.prefix(max(0, most - 1)) + "…"
}
