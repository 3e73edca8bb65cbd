import Schedules
import Support

/// Finds the columns of a log by their names: the ones asked for, or those that trainers use.
struct LogColumns {
  let path: String
  let options: LogOptions

  /// The columns of a log.
  struct Choice {
    /// The name of each quantity's column.
    var names: [LogQuantity: String] = [:]

    /// Other columns of learning rates: those of further parameter groups, as a rule.
    var otherRates: [String] = []
    var mends = LogMends()
  }

  /// Chooses among the names of a log, in the order of the log.
  ///
  /// - Parameters:
  ///   - names: what the log has.
  ///   - isStepNamed: whether the steps are a column like the others.
  /// - Returns: the name of each quantity that is there.
  /// - Throws: `InputError` that lists the names, where one asked for or everything is missing.
  func choose(among names: [String], isStepNamed: Bool) throws(InputError) -> Choice {
    var choice = Choice()
    for quantity in LogQuantity.allCases {
      if quantity == .step && !isStepNamed { continue }
      if let wanted = options.columns[quantity] {
        choice.names[quantity] = try exactly(wanted, quantity, names)
        continue
      }
      let found = matches(quantity, names)
      guard let first = found.first else { continue }
      choice.names[quantity] = first
      if quantity == .learningRate {
        // Whether it matters which is taken, their values tell.
        choice.otherRates = Array(found.dropFirst())
      } else if found.count > 1 {
        choice.mends.note(.severalColumns, found.count, columns: found)
      }
    }
    guard choice.names.contains(where: { $0.key != .step }) else {
      throw InputError(
        path: path,
        problem:
          "no column of '\(Self.list(names))' holds a loss, a learning rate or a gradient norm",
        hint: "name it with --loss-col, --lr-col or --grad-norm-col")
    }
    return choice
  }

  private func exactly(_ wanted: String, _ quantity: LogQuantity, _ names: [String])
    throws(InputError) -> String
  {
    if names.contains(wanted) { return wanted }
    if let name = names.first(where: { $0.lowercased() == wanted.lowercased() }) { return name }
    let guess = nearestSpelling(to: wanted, among: names).map { "did you mean '\($0)'?" }
    throw InputError(
      path: path,
      problem: "no column '\(printable(wanted))' for the \(quantity.name) in '\(Self.list(names))'",
      hint: guess ?? "name one of these")
  }

  /// The names that match the quantity's most preferred synonym that occurs; of learning rates those that
  /// match any.
  private func matches(_ quantity: LogQuantity, _ names: [String]) -> [String] {
    let plain = names.map { Self.plainName($0) }
    var all: [String] = []
    for synonym in quantity.synonyms {
      let isMatch: (String) -> Bool
      if synonym.hasSuffix("*") {
        let stem = String(synonym.dropLast())
        // The monitor of Lightning also logs momentum and weight decay under the rate's name.
        isMatch = {
          $0.hasPrefix(stem) && !$0.hasSuffix("-momentum") && !$0.hasSuffix("-weight_decay")
        }
      } else {
        isMatch = { $0 == synonym }
      }
      all += names.indices.filter { isMatch(plain[$0]) && !all.contains(names[$0]) }.map {
        names[$0]
      }
      if quantity != .learningRate, !all.isEmpty { break }
    }
    return all
  }

  /// The name in lower case, without the run's name that exports of Weights & Biases put before it.
  private static func plainName(_ name: String) -> String {
    var rest = Substring(name.lowercased())
    while let dash = rest.firstIndex(of: " ") {
      let after = rest[dash...]
      if after.hasPrefix(" - ") { return String(after.dropFirst(3)) }
      rest = after.dropFirst()
    }
    return name.lowercased()
  }

  /// The names for a message.
  private static func list(_ names: [String]) -> String {
    printable(names.joined(separator: ", "), most: 300)
  }
}
