import Support

/// Columns of numbers as read from a file, before selection, sorting and repair.
struct RawLog {
  struct Column {
    let name: String

    /// The step of each value; if records share their steps, the record's index.
    var steps: [Double] = []
    var values: [Double] = []
    var unreadable = 0
    var unpaired = 0

    mutating func append(step: Double, value: Double) {
      steps.append(step)
      values.append(value)
    }
  }

  let format: LogFormat

  /// Whether records have one step each, rather than each column its own steps.
  let sharesSteps: Bool

  var columns: [Column] = []
  var repairs = LogRepairs()
  var choice: ColumnChoice?
  var settings: RunSettings?
  private(set) var count = 0
  private var indices: [String: Int] = [:]

  init(_ format: LogFormat, sharesSteps: Bool = true) {
    self.format = format
    self.sharesSteps = sharesSteps
  }

  mutating func column(_ name: String) -> Int {
    if let index = indices[name] { return index }
    indices[name] = columns.count
    columns.append(Column(name: name))
    return columns.count - 1
  }

  mutating func add(_ value: Double, to column: Int) {
    columns[column].append(step: Double(count), value: value)
  }

  mutating func add(_ value: JSONTree, to name: String) {
    if let number = value.number {
      add(number, to: column(name))
    } else if case .string = value {
      columns[column(name)].unreadable += 1
    }
  }

  mutating func addRecord(_ members: [(name: String, value: JSONTree)]) {
    for member in members { add(member.value, to: member.name) }
    endRecord()
  }

  mutating func endRecord() { count += 1 }

  func requireRecords(_ path: String, _ problem: String, hint: String) throws(InputError) {
    guard sharesSteps ? count == 0 : columns.isEmpty else { return }
    throw InputError(path: path, problem: problem, hint: hint)
  }
}

extension RawLog {
  struct Quantities {
    var columns: [LogQuantity: Column] = [:]
    var otherRates: [Column] = []
  }

  /// Chooses the columns and pairs values with steps; throws `InputError` for missing columns.
  mutating func quantities(path: String, options: LogOptions) throws(InputError) -> Quantities {
    let choice =
      if let choice = self.choice {
        choice
      } else {
        try ColumnChoice(
          among: columns.map(\.name), isStepNamed: sharesSteps, path: path, options: options)
      }
    repairs.note(choice.repairs)
    var found = Quantities()
    let steps = sharesSteps ? recordSteps(choice) : nil
    var isUsed = [Bool](repeating: false, count: count)
    for quantity in LogQuantity.allCases where quantity != .step || steps == nil {
      guard var column = columns.first(where: { $0.name == choice.names[quantity] }) else {
        continue
      }
      if let steps {
        for record in column.steps { isUsed[Int(record)] = true }
        column.steps = column.steps.map { steps[Int($0)] }
      } else {
        let unusable = column.steps.count { !Self.isStep($0) }
        repairs.note(.unusableSteps, unusable, columns: [column.name])
      }
      repairs.note(.unreadableValues, column.unreadable, columns: [column.name])
      repairs.note(.unequalLengths, column.unpaired, columns: [column.name])
      found.columns[quantity] = column
    }
    guard let steps else {
      found.otherRates = columns.filter { choice.otherRates.contains($0.name) }
      return found
    }
    for name in choice.otherRates {
      guard var column = columns.first(where: { $0.name == name }) else { continue }
      column.steps = column.steps.map { steps[Int($0)] }
      found.otherRates.append(column)
    }
    repairs.note(.unusableSteps, steps.indices.count { isUsed[$0] && !Self.isStep(steps[$0]) })
    return found
  }

  /// The step of each record: its column, or else its position from 1.
  private mutating func recordSteps(_ choice: ColumnChoice) -> [Double] {
    guard let name = choice.names[.step], let column = columns.first(where: { $0.name == name })
    else {
      repairs.note(.countedSteps, count)
      return (0..<count).map { Double($0 + 1) }
    }
    var steps = [Double](repeating: .nan, count: count)
    for (record, value) in zip(column.steps, column.values) { steps[Int(record)] = value }
    return steps
  }

  /// Whether a number is an integer from 0 to 2⁵³.
  static func isStep(_ number: Double) -> Bool {
    number >= 0 && number <= 9_007_199_254_740_992 && number == number.rounded()
  }
}

extension RawLog.Column {
  /// The values sorted by step, with the last of a repeated step and without unusable steps.
  func sorted(_ repairs: inout LogRepairs) -> LogSeries {
    let isRising = zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }
    if isRising, steps.allSatisfy(RawLog.isStep) {
      return LogSeries(steps: steps.map { Int($0) }, values: values)
    }
    let usable = steps.indices.filter { RawLog.isStep(steps[$0]) }
    var descents = 0
    var highest = -1.0
    var late = 0
    for (offset, index) in usable.enumerated() {
      if offset > 0, steps[index] < steps[usable[offset - 1]] { descents += 1 }
      if steps[index] < highest { late += 1 }
      highest = max(highest, steps[index])
    }
    let sorted = usable.sorted { (steps[$0], $0) < (steps[$1], $1) }
    let kept = sorted.indices.filter {
      $0 + 1 == sorted.count || steps[sorted[$0]] != steps[sorted[$0 + 1]]
    }
    let repeats = sorted.count - kept.count
    if descents > 0 && repeats > 0 {
      repairs.note(.resumed, descents, columns: [name])
    } else {
      repairs.note(.unsortedSteps, late, columns: [name])
    }
    repairs.note(.repeatedSteps, repeats, columns: [name])
    return LogSeries(
      steps: kept.map { Int(steps[sorted[$0]]) }, values: kept.map { values[sorted[$0]] })
  }
}
