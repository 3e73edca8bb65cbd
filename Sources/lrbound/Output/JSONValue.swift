import Runs
import Schedules

/// A JSON value, written by the standard encoder with sorted keys.
enum JSONValue: Encodable {
  case string(String)
  case number(Double)
  case integer(Int)
  case boolean(Bool)
  case array([JSONValue])
  case object([String: JSONValue])

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .string(let value): try encode(value, to: encoder)
    case .number(let value): try encode(value, to: encoder)
    case .integer(let value): try encode(value, to: encoder)
    case .boolean(let value): try encode(value, to: encoder)
    case .array(let values): try encode(values, to: encoder)
    case .object(let members):
      var container = encoder.container(keyedBy: Key.self)
      for (name, value) in members { try container.encode(value, forKey: Key(stringValue: name)) }
    }
  }

  private func encode(_ value: some Encodable, to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}

extension JSONValue {
  /// A number, or nothing where there is none: absent keys rather than null.
  static func optional(_ value: Double?) -> JSONValue? { value.map { .number($0) } }
}

extension TrainingRun {
  /// What every report echoes of a schedule.
  var json: [String: JSONValue] {
    ["spec": .string(name), "canonical": .string(canonical), "steps": .integer(steps)]
  }
}
