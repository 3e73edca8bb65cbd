import FoundationEssentials
import Schedules

extension ParameterValue {
  /// The value that a JSON text holds; nil where it is not valid JSON.
  ///
  /// - Parameter text: the JSON text.
  /// - Complexity: O(length).
  public init?(json text: String) { self.init(jsonBytes: Array(text.utf8)[...]) }

  /// A trainer's configuration: a JSON object, or the arguments of a launch script.
  ///
  /// - Parameter path: the file, `-` for standard input.
  /// - Throws: ``InputError``; for YAML with the line that converts it.
  /// - Complexity: O(size).
  public init(contentsOf path: String) throws(InputError) {
    let bytes = try readBytes(path)
    if let json = ValueFile.json(in: bytes) {
      guard let value = ParameterValue(jsonBytes: json) else {
        throw InputError(path: path, problem: "it is not valid JSON", remedy: "check its syntax")
      }
      self = value
      return
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let isYAML = path.hasSuffix(".yaml") || path.hasSuffix(".yml")
    guard !isYAML, let value = ParameterValue.arguments(text, object: Self.init(json:)) else {
      throw InputError(
        path: path, problem: "it is neither JSON nor an argument list",
        remedy:
          "convert YAML by python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)' < config.yaml > config.json"
      )
    }
    self = value
  }

  private init?(jsonBytes bytes: ArraySlice<UInt8>) {
    guard let value = try? JSONDecoder().decode(ParameterValue.self, from: Data(bytes)) else {
      return nil
    }
    self = value
  }
}
