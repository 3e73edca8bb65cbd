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

  init(_ configuration: ParameterValue, subject: String) throws(DialectError) {
    self.subject = subject
    root = configuration
    guard case .object = configuration else {
      throw DialectError(
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
  mutating func number(_ path: String) throws(DialectError) -> Double? {
    guard let value = value(path) else { return nil }
    guard let number = value.number else { throw wrong(path, value, "a number") }
    return number
  }

  /// A whole number.
  mutating func count(_ path: String) throws(DialectError) -> Int? {
    guard let value = value(path) else { return nil }
    guard let number = value.number, number == number.rounded(), abs(number) <= 1e15 else {
      throw wrong(path, value, "a whole number")
    }
    return Int(number)
  }

  /// A text.
  mutating func text(_ path: String) throws(DialectError) -> String? {
    guard let value = value(path) else { return nil }
    guard case .text(let text) = value else { throw wrong(path, value, "a name") }
    return text
  }

  /// Named values.
  mutating func object(_ path: String) throws(DialectError) -> [String: ParameterValue]? {
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

  /// Refuses a configuration of which nothing was read that decides on the schedule, or which holds keys
  /// that may concern the schedule and were not read: what a default would stand in for is not known.
  ///
  /// - Parameter deciding: the path without which the trainer would fall back on a default schedule.
  /// - Throws: ``DialectError`` naming the keys.
  func finish(deciding: String?) throws(DialectError) {
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
      throw DialectError(
        subject,
        problem:
          "\(shown.joined(separator: ", "))\(more) may change the learning rate and \(unread.count == 1 ? "is" : "are") not read",
        hint: (guess.map { "did you mean \($0)? " } ?? "")
          + "remove what has no effect on the schedule, or give a table of learning rates as @file.csv"
      )
    }
    let isDecided = asked.contains([]) || deciding.map { root.value(at: $0) != nil } ?? true
    guard hasFound, isDecided else {
      throw DialectError(
        subject,
        problem:
          "the configuration has no \(deciding ?? "scheduler"), which decides on the schedule",
        hint: "add it, or check that --dialect names the trainer that the file is for")
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

  private func wrong(_ path: String, _ value: ParameterValue, _ kind: String) -> DialectError {
    DialectError(
      subject, key: path, problem: "\(value.shown) is not \(kind)", hint: "give \(kind)")
  }
}

extension ParameterValue {
  /// Whether it holds named values, or lists of them.
  fileprivate var isNested: Bool {
    switch self {
    case .object: return true
    case .list(let values): return values.contains { $0.isNested }
    default: return false
    }
  }
}
