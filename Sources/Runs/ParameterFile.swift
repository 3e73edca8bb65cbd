import Schedules
import Support

extension ParameterValue {
  /// Parses JSON text; `name` identifies it in errors.
  ///
  /// Throws `InputError` for invalid JSON and duplicate keys.
  public init(json text: String, name: String) throws(InputError) {
    try self.init(jsonBytes: Array(text.utf8), path: name)
  }

  /// Reads a trainer's configuration (`-` for standard input): a JSON object or a launch script's
  /// arguments.
  ///
  /// For YAML, the hint of the `InputError` is the command that converts it.
  public init(contentsOf path: String) throws(InputError) {
    let bytes = try readBytes(path)
    if JSONTree.isFound(in: bytes) {
      try self.init(jsonBytes: bytes, path: path)
      return
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let isYAML = path.hasSuffix(".yaml") || path.hasSuffix(".yml")
    guard !isYAML,
      let value = ParameterValue.arguments(
        text, object: { try? Self(json: $0, name: path) })
    else {
      throw InputError(
        path: path, problem: "it is neither JSON nor an argument list",
        hint:
          "convert YAML with python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)' < config.yaml > config.json"
      )
    }
    self = value
  }

  private init(jsonBytes bytes: [UInt8], path: String) throws(InputError) {
    guard let value = ParameterValue(try JSONTree.document(bytes, path: path).tree) else {
      throw InputError(
        path: path, problem: "it holds NaN or an infinity", hint: "give finite numbers")
    }
    self = value
  }

  /// Converts a JSON tree; nil if a number is not finite.
  init?(_ tree: JSONTree) {
    switch tree {
    case .null: self = .null
    case .boolean(let flag): self = .boolean(flag)
    case .string(let text): self = .text(text)
    case .number(let number):
      guard number.isFinite else { return nil }
      self = .number(number)
    case .array(let elements):
      let values = elements.compactMap { ParameterValue($0) }
      guard values.count == elements.count else { return nil }
      self = .list(values)
    case .object(let members):
      var values: [String: ParameterValue] = [:]
      for member in members {
        guard let value = ParameterValue(member.value) else { return nil }
        values[member.name] = value
      }
      self = .object(values)
    }
  }
}
