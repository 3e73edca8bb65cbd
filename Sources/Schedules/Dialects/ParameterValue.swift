import Support

/// A value in the configuration of another library, as JSON knows them.
public enum ParameterValue: Equatable, Sendable {
  /// `null`, which counts as not given.
  case null

  /// `true` or `false`.
  case boolean(Bool)

  /// Any number; whole numbers are exact up to 2⁵³.
  case number(Double)

  /// A text.
  case text(String)

  /// A list.
  case list([ParameterValue])

  /// Named values.
  case object([String: ParameterValue])

  /// The value at a path of names; nil where there is none, or `null`.
  ///
  /// - Parameter path: names separated by dots; the empty path is the value itself.
  /// - Returns: the value there.
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

  /// The number that it is or that its text spells; nil for anything else.
  public var number: Double? {
    switch self {
    case .number(let number): return number
    case .text(let text): return decimal(text)
    default: return nil
    }
  }

  /// The value as it is shown in messages.
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
