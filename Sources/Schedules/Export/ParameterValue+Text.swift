import Support

extension ParameterValue {
  /// The value as JSON, indented, keys sorted.
  public var json: String { json(indentation: "") }

  /// The value as one word of a command line.
  var word: String {
    if case .text(let text) = self { return text }
    return json
  }

  private func json(indentation: String) -> String {
    let inner = indentation + "  "
    switch self {
    case .null: return "null"
    case .boolean(let flag): return flag ? "true" : "false"
    case .number(let number): return decimalText(number)
    case .text(let text): return Self.quoted(text)
    case .list(let values):
      guard !values.isEmpty else { return "[]" }
      let rows = values.map { inner + $0.json(indentation: inner) }
      return "[\n\(rows.joined(separator: ",\n"))\n\(indentation)]"
    case .object(let members):
      guard !members.isEmpty else { return "{}" }
      let rows = members.sorted { $0.key < $1.key }.map {
        "\(inner)\(Self.quoted($0.key)): \($0.value.json(indentation: inner))"
      }
      return "{\n\(rows.joined(separator: ",\n"))\n\(indentation)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 {
          let digits = String(scalar.value, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
