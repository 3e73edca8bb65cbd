import Support

/// The format and columns of a log.
public struct LogOptions: Equatable, Sendable {
  /// The format; nil to detect it.
  public var format: LogFormat?

  /// The chosen columns (tags, keys) by quantity; others are found by trainers' usual names.
  public var columns: [LogQuantity: String]

  /// The quantity in a table without a header or a plain JSON list; nil to reject such files.
  public var unnamed: LogQuantity?

  /// How the user names a quantity's column, for hints in errors.
  public var columnOptions: [LogQuantity: String] = [:]

  /// Creates options; by default everything is detected.
  public init(
    format: LogFormat? = nil, columns: [LogQuantity: String] = [:], unnamed: LogQuantity? = nil
  ) {
    self.format = format
    self.columns = columns
    self.unnamed = unnamed
  }

  func means(_ quantities: LogQuantity...) -> String {
    let names = quantities.compactMap { columnOptions[$0] }
    guard let last = names.last else { return "" }
    return " with " + (names.count > 1 ? names.dropLast().joined(separator: ", ") + " or " : "")
      + last
  }
}

/// The columns of a log: those chosen by the user, else those with trainers' usual names.
struct ColumnChoice {
  private(set) var names: [LogQuantity: String] = [:]
  private(set) var otherRates: [String] = []
  private(set) var repairs = LogRepairs()

  /// Chooses among a log's names; throws `InputError` if a chosen one, or every quantity, is missing.
  init(among all: [String], isStepNamed: Bool = true, path: String, options: LogOptions)
    throws(InputError)
  {
    for quantity in LogQuantity.allCases where quantity != .step || isStepNamed {
      if let wanted = options.columns[quantity] {
        names[quantity] = try Self.find(wanted, quantity, among: all, path: path)
        continue
      }
      let found = Self.matches(quantity, all)
      guard let first = found.first else { continue }
      names[quantity] = first
      if quantity == .learningRate {
        // Their values decide whether the choice matters.
        otherRates = Array(found.dropFirst())
      } else if found.count > 1 {
        repairs.note(.severalColumns, found.count, columns: found)
      }
    }
    guard names.contains(where: { $0.key != .step }) else {
      throw InputError(
        path: path,
        problem:
          "no column of '\(Self.list(all))' holds a loss, a learning rate or a gradient norm",
        hint: "name it" + options.means(.loss, .learningRate, .gradientNorm))
    }
  }

  private static func find(
    _ wanted: String, _ quantity: LogQuantity, among names: [String], path: String
  ) throws(InputError) -> String {
    if names.contains(wanted) { return wanted }
    if let name = names.first(where: { $0.lowercased() == wanted.lowercased() }) { return name }
    let guess = nearestSpelling(to: wanted, among: names).map { "did you mean '\($0)'?" }
    throw InputError(
      path: path,
      problem: "no column '\(printable(wanted))' for the \(quantity.name) in '\(list(names))'",
      hint: guess ?? "name one of these")
  }

  /// The names that match the most preferred synonym; for learning rates, any synonym.
  private static func matches(_ quantity: LogQuantity, _ names: [String]) -> [String] {
    let plain = names.map { plainName($0) }
    var all: [String] = []
    for synonym in ColumnNames.logged(quantity) {
      let isMatch: (String) -> Bool
      if synonym.hasSuffix("*") {
        let stem = String(synonym.dropLast())
        // Lightning's monitor logs momentum and weight decay under the same prefix.
        isMatch = {
          $0.hasPrefix(stem) && !$0.hasSuffix("-momentum") && !$0.hasSuffix("-weight_decay")
        }
      } else {
        isMatch = { $0 == synonym }
      }
      all += names.indices.filter { isMatch(plain[$0]) && !all.contains(names[$0]) }
        .map { names[$0] }
      if quantity != .learningRate, !all.isEmpty { break }
    }
    return all
  }

  /// The name in lower case, without the run name that Weights & Biases' exports prepend.
  private static func plainName(_ name: String) -> String {
    var rest = Substring(name.lowercased())
    while let dash = rest.firstIndex(of: " ") {
      let after = rest[dash...]
      if after.hasPrefix(" - ") { return String(after.dropFirst(3)) }
      rest = after.dropFirst()
    }
    return name.lowercased()
  }

  private static func list(_ names: [String]) -> String {
    printable(names.joined(separator: ", "), most: 300)
  }
}
