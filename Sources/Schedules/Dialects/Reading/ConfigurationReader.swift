import Support

/// Reads a trainer's whole configuration and tracks which keys were read.
///
/// ``finish(deciding:)`` rejects unread keys that may affect the schedule.
struct ConfigurationReader {
  let subject: String

  private let root: ParameterValue
  private var asked: Set<[String]> = []
  private var hasFound = false

  init(_ configuration: ParameterValue, subject: String) throws(InputError) {
    self.subject = subject
    root = configuration
    guard case .object = configuration else {
      throw InputError.dialect(
        subject, problem: "the configuration is \(configuration.shown), not an object",
        hint: "give the trainer's configuration")
    }
  }

  var members: [String: ParameterValue] {
    guard case .object(let members) = root else { return [:] }
    return members
  }

  /// The value at a dot-separated path, marked as read with everything below it; nil if absent or `null`.
  mutating func value(_ path: String) -> ParameterValue? {
    asked.insert(path.split(separator: ".").map(String.init))
    let value = root.value(at: path)
    if value != nil { hasFound = true }
    return value
  }

  /// The number at a path without marking it as read; for keys that the schedule may do without.
  func peek(_ path: String) -> ParameterValue? {
    root.value(at: path)?.number.map { .number($0) }
  }

  mutating func number(_ path: String) throws(InputError) -> Double? {
    guard let value = value(path) else { return nil }
    guard let number = value.number else { throw wrong(path, value, "a number") }
    return number
  }

  mutating func count(_ path: String) throws(InputError) -> Int? {
    guard let value = value(path) else { return nil }
    guard let number = value.number, number == number.rounded(), abs(number) <= 1e15 else {
      throw wrong(path, value, "a whole number")
    }
    return Int(number)
  }

  mutating func text(_ path: String) throws(InputError) -> String? {
    guard let value = value(path) else { return nil }
    guard case .text(let text) = value else { throw wrong(path, value, "a name") }
    return text
  }

  mutating func object(_ path: String) throws(InputError) -> [String: ParameterValue]? {
    guard let value = value(path) else { return nil }
    guard case .object(let members) = value else { throw wrong(path, value, "an object") }
    return members
  }

  mutating func values(_ keys: [String], below section: String? = nil) -> [String: ParameterValue] {
    var values: [String: ParameterValue] = [:]
    for key in keys { values[key] = value((section.map { $0 + "." } ?? "") + key) }
    return values
  }

  /// Rejects a configuration that leaves the schedule to a default, and one with unread keys that may affect
  /// it.
  ///
  /// `deciding` is the path without which the trainer would use its default schedule.
  func finish(deciding: String?) throws(InputError) {
    let names = Set(asked.compactMap(\.last))
    let unread = unreadLeaves(of: root, at: []).filter {
      ScheduleVocabulary.mayConcernSchedule($0, known: names)
    }
    if !unread.isEmpty {
      let shown = unread.prefix(6).map { printable($0.joined(separator: ".")) }
      let more = unread.count > 6 ? " and \(unread.count - 6) more" : ""
      let guess = unread.lazy.compactMap {
        nearestSpelling(to: $0.last ?? "", among: names.sorted())
      }.first
      throw InputError.dialect(
        subject,
        problem:
          "\(shown.joined(separator: ", "))\(more) may change the learning rate and \(unread.count == 1 ? "is" : "are") not read",
        hint: (guess.map { "did you mean \($0)? " } ?? "")
          + "remove keys that do not affect the schedule, or give a table of learning rates as @file.csv"
      )
    }
    let isDecided = asked.contains([]) || deciding.map { root.value(at: $0) != nil } ?? true
    guard hasFound, isDecided else {
      throw InputError.dialect(
        subject,
        problem:
          "the configuration has no \(deciding ?? "scheduler"), which selects the schedule",
        hint: "add it, or name the trainer that the configuration is for")
    }
  }

  /// Reads a scheduler from the object at a path, or from the whole configuration.
  ///
  /// `rate` and `steps` are paths of the learning rate and T; `isNamed` is false for libraries with one
  /// scheduler.
  mutating func section(
    _ path: String, rate: String? = nil, steps: String? = nil, isNamed: Bool = true
  ) throws(InputError) -> DialectRequest {
    var learningRate: Double?
    var count: Int?
    if let rate { learningRate = try number(rate) }
    if let steps { count = try self.count(steps) }
    var members: [String: ParameterValue] = [:]
    if let own = try object(path) {
      members = own
    } else if isNamed || !self.members.contains(where: { $0.value.isObject }) {
      members = try object("") ?? [:]
      for path in [rate, steps] { path.map { members[$0] = nil } }
    }
    var name = ""
    for key in ["name", "type", "class_name", "_CLASS_", "_target_"] {
      if isNamed, name.isEmpty, case .text(let text)? = members.removeValue(forKey: key) {
        name = text.split(separator: ".").last.map(String.init) ?? text
      }
    }
    guard !isNamed || !name.isEmpty else {
      throw InputError.dialect(
        subject, problem: "the configuration names no scheduler",
        hint: "give \(path) with its name and parameters")
    }
    for key in ["config", "params", "kwargs"] {
      guard case .object(let inner)? = members.removeValue(forKey: key) else { continue }
      // Keras adds the module of its class.
      members["module"] = nil
      try merge(inner, of: key, into: &members)
    }
    return DialectRequest(
      name: name, parameters: members, steps: count, learningRate: learningRate)
  }

  /// Adds parameters; a key that is already present is an error.
  func merge(
    _ inner: [String: ParameterValue], of section: String,
    into members: inout [String: ParameterValue]
  ) throws(InputError) {
    for (key, value) in inner.sorted(by: { $0.key < $1.key }) {
      guard members.updateValue(value, forKey: key) == nil else {
        throw InputError.dialect(
          subject, key: key, problem: "it is given twice, the second time in \(section)",
          hint: "give it once")
      }
    }
  }

  /// The paths of all values that were not read.
  private func unreadLeaves(of value: ParameterValue, at path: [String]) -> [[String]] {
    guard !asked.contains(path) else { return [] }
    switch value {
    case .null: return []
    case .object(let members):
      return members.sorted { $0.key < $1.key }.flatMap { unreadLeaves(of: $1, at: path + [$0]) }
    case .list(let values):
      let nested = values.enumerated().filter { $1.isNested }
      let hasOwn = values.contains { !$0.isNested && $0 != .null }
      return (hasOwn ? [path] : [])
        + nested.flatMap { unreadLeaves(of: $1, at: path + ["\($0)"]) }
    case .boolean, .number, .text: return [path]
    }
  }

  private func wrong(_ path: String, _ value: ParameterValue, _ kind: String) -> InputError {
    InputError.dialect(
      subject, key: path, problem: "\(value.shown) is not \(kind)", hint: "give \(kind)")
  }
}

extension ParameterValue {
  fileprivate var isObject: Bool {
    if case .object = self { return true }
    return false
  }

  /// Whether the value is an object or a list of objects.
  fileprivate var isNested: Bool {
    switch self {
    case .object: return true
    case .list(let values): return values.contains { $0.isNested }
    default: return false
    }
  }
}
