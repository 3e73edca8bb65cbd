import Support

/// A value in another library's configuration, as in JSON.
public enum ParameterValue: Equatable, Sendable {
  /// `null`, treated as absent.
  case null

  case boolean(Bool)

  /// A number; integers are exact up to 2⁵³.
  case number(Double)

  case text(String)

  case list([ParameterValue])

  case object([String: ParameterValue])

  static func count(_ value: Int) -> ParameterValue { .number(Double(value)) }

  /// Returns the value at a path of dot-separated names, or nil if it is absent or `null`.
  ///
  /// The empty path is the value itself.
  public func value(at path: String) -> ParameterValue? {
    var value = self
    for name in path.split(separator: ".") {
      guard case .object(let members) = value, let member = members[String(name)] else {
        return nil
      }
      value = member
    }
    return value == .null ? nil : value
  }

  /// The number, also if written as text; nil for anything else.
  public var number: Double? {
    switch self {
    case .number(let number): return number
    case .text(let text): return decimal(text)
    default: return nil
    }
  }

  var shown: String {
    switch self {
    case .null: return "null"
    case .boolean(let flag): return flag ? "true" : "false"
    case .number(let number): return decimalText(number)
    case .text(let text): return "'\(printable(text))'"
    case .list(let values): return "a list of \(values.count)"
    case .object: return "an object"
    }
  }
}

extension ParameterValue {
  /// The value as indented JSON with sorted keys.
  public var json: String { json(indentation: "") }

  /// The value as one command-line word.
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
