import Support

/// Reads a trainer's whole configuration and keeps account of what has been read of it.
///
/// What is left at the end may be ignored only where it cannot concern the schedule; see ``finish()``.
struct ConfigurationReader {
  /// The dialect, for messages.
  let subject: String

  private let root: ParameterValue
  private var asked: Set<[String]> = []
  private var hasFound = false

  init(_ configuration: ParameterValue, subject: String) throws(InputError) {
    self.subject = subject
    root = configuration
    guard case .object = configuration else {
      throw InputError.dialect(
        subject, problem: "the configuration is \(configuration.shown)",
        hint: "give an object, as the trainer has it")
    }
  }

  /// The names at the top.
  var members: [String: ParameterValue] {
    guard case .object(let members) = root else { return [:] }
    return members
  }

  /// The value at a path of names, with all that lies below it; nil where there is none, or `null`.
  mutating func value(_ path: String) -> ParameterValue? {
    asked.insert(path.split(separator: ".").map(String.init))
    let value = root.value(at: path)
    if value != nil { hasFound = true }
    return value
  }

  /// A number.
  mutating func number(_ path: String) throws(InputError) -> Double? {
    guard let value = value(path) else { return nil }
    guard let number = value.number else { throw wrong(path, value, "a number") }
    return number
  }

  /// A whole number.
  mutating func count(_ path: String) throws(InputError) -> Int? {
    guard let value = value(path) else { return nil }
    guard let number = value.number, number == number.rounded(), abs(number) <= 1e15 else {
      throw wrong(path, value, "a whole number")
    }
    return Int(number)
  }

  /// A text.
  mutating func text(_ path: String) throws(InputError) -> String? {
    guard let value = value(path) else { return nil }
    guard case .text(let text) = value else { throw wrong(path, value, "a name") }
    return text
  }

  /// Named values.
  mutating func object(_ path: String) throws(InputError) -> [String: ParameterValue]? {
    guard let value = value(path) else { return nil }
    guard case .object(let members) = value else { throw wrong(path, value, "an object") }
    return members
  }

  /// The values of some keys at the top, as they are.
  mutating func values(_ keys: [String], below section: String? = nil) -> [String: ParameterValue] {
    var values: [String: ParameterValue] = [:]
    for key in keys { values[key] = value((section.map { $0 + "." } ?? "") + key) }
    return values
  }

  /// Refuses a configuration without what decides on the schedule, and one with keys that may concern it
  /// and were not read: a default in their place would be a guess.
  ///
  /// - Parameter deciding: the path without which the trainer would fall back on a default schedule.
  /// - Throws: `InputError` naming the keys.
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
          + "remove what has no effect on the schedule, or give a table of learning rates as @file.csv"
      )
    }
    let isDecided = asked.contains([]) || deciding.map { root.value(at: $0) != nil } ?? true
    guard hasFound, isDecided else {
      throw InputError.dialect(
        subject,
        problem:
          "the configuration has no \(deciding ?? "scheduler"), which decides on the schedule",
        hint: "add it, or name the trainer that the configuration is for")
    }
  }

  /// A configuration with an object for the scheduler at a path, or one that is nothing else; `rate` and
  /// `steps` are paths too, and schedulers are named where the library has several.
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
      // Keras says in which module its class is.
      members["module"] = nil
      try merge(inner, of: key, into: &members)
    }
    return DialectRequest(
      name: name, parameters: members, steps: count, learningRate: learningRate)
  }

  /// Adds parameters, of which none may be given already.
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

  /// The paths to all values that are not below one that was asked for.
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
  /// Whether it is an object.
  fileprivate var isObject: Bool {
    if case .object = self { return true }
    return false
  }

  /// Whether it holds named values, or lists of them.
  fileprivate var isNested: Bool {
    switch self {
    case .object: return true
    case .list(let values): return values.contains { $0.isNested }
    default: return false
    }
  }
}
