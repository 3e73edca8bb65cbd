import Support

/// The JSON Schema of a report, read off its type.
///
/// The type is decoded from nothing: a decoder that hands out a stand-in for every value it is asked for notes
/// the keys, the types and which values may be absent. So the schema cannot differ from what is written.
final class JSONSchema: Encodable {
  private(set) var type: String?
  private(set) var properties: [String: JSONSchema]?
  private(set) var required: [String]?
  private(set) var items: JSONSchema?
  private var values: [String]?

  private enum CodingKeys: String, CodingKey {
    case type, properties, required, items
    case values = "enum"
  }

  fileprivate init() {}

  /// The schema of a report with the members that all reports share.
  init<Body: Codable>(ofReport body: Body.Type) throws {
    try read(Body.self)
    for key in JSONOutput.SharedKey.allCases {
      let member = JSONSchema()
      switch key {
      case .schemaVersion: member.type = "integer"
      case .command: member.type = "string"
      case .warnings: try member.read([Diagnostic].self)
      case .assumptions: try member.read([String].self)
      case .export: try member.read(Report<Body>.Export.self)
      }
      add(member, for: key, isOptional: key == .export)
    }
    required?.sort()
  }

  /// Notes what a type asks for.
  @discardableResult
  fileprivate func read<Value: Decodable>(_: Value.Type) throws -> Value {
    switch Value.self {
    case is Double.Type: return try leaf("number", 1.0)
    case is Int.Type: return try leaf("integer", 1)
    case is Bool.Type: return try leaf("boolean", false)
    case is String.Type: return try leaf("string", "")
    case let cases as any CaseIterable.Type:
      let all = Self.texts(of: cases)
      values = all.map(\.text)
      return try leaf("string", all.first?.value)
    default: return try Value(from: SchemaDecoder(schema: self))
    }
  }

  private func leaf<Value>(_ type: String, _ value: Any?) throws -> Value {
    self.type = type
    guard let value = value as? Value else { preconditionFailure("\(Value.self) has no stand-in") }
    return value
  }

  private static func texts<Cases: CaseIterable>(of _: Cases.Type) -> [(text: String, value: Any)] {
    Cases.allCases.map { value in
      ((value as? any RawRepresentable)?.rawValue as? String ?? "\(value)", value)
    }
  }

  fileprivate func add(_ member: JSONSchema, for key: any CodingKey, isOptional: Bool) {
    let name = JSONKey.spelling(of: key)
    properties?[name] = member
    if !isOptional { required?.append(name) }
  }

  fileprivate func becomeObject() {
    type = "object"
    properties = properties ?? [:]
    required = required ?? []
  }

  fileprivate func becomeArray() -> JSONSchema {
    let element = JSONSchema()
    (type, items) = ("array", element)
    return element
  }
}

/// Hands out stand-ins and notes in a schema what was asked for.
private struct SchemaDecoder: Decoder {
  let schema: JSONSchema
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    schema.becomeObject()
    return KeyedDecodingContainer(Members<Key>(schema: schema))
  }

  func unkeyedContainer() -> any UnkeyedDecodingContainer { Elements(schema: schema.becomeArray()) }

  func singleValueContainer() -> any SingleValueDecodingContainer { Single(schema: schema) }

  private struct Single: SingleValueDecodingContainer {
    let schema: JSONSchema
    var codingPath: [any CodingKey] { [] }
    func decodeNil() -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try schema.read(T.self) }
  }

  /// The members of an object; those that are looked for before they are read may be absent.
  private final class Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let schema: JSONSchema
    private var optional: Set<String> = []
    init(schema: JSONSchema) { self.schema = schema }
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool {
      optional.insert(key.stringValue)
      return true
    }

    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
      let member = JSONSchema()
      let value = try member.read(T.self)
      schema.add(member, for: key, isOptional: optional.contains(key.stringValue))
      return value
    }

    func nestedContainer<Nested>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedDecodingContainer<Nested> {
      preconditionFailure("reports are decoded value by value")
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
      preconditionFailure("reports are decoded value by value")
    }

    func superDecoder() -> any Decoder { preconditionFailure("reports are values") }
    func superDecoder(forKey key: Key) -> any Decoder { superDecoder() }
  }

  /// An array of one element.
  private struct Elements: UnkeyedDecodingContainer {
    let schema: JSONSchema
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex > 0 }

    init(schema: JSONSchema) { self.schema = schema }

    mutating func decodeNil() -> Bool { false }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
      currentIndex += 1
      return try schema.read(T.self)
    }

    func nestedContainer<Nested>(keyedBy type: Nested.Type) -> KeyedDecodingContainer<Nested> {
      preconditionFailure("reports are decoded value by value")
    }

    func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer {
      preconditionFailure("reports are decoded value by value")
    }

    func superDecoder() -> any Decoder { preconditionFailure("reports are values") }
  }
}
