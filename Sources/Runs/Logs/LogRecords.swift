import Support

/// The records of a log by the names of their columns, in the order of the file; cells may be absent.
struct LogRecords {
  /// A column: the records that have a value in it, and the values.
  struct Column {
    let name: String
    var records: [Int] = []
    var values: [Double] = []

    /// Cells that hold something other than a number.
    var unreadable = 0
  }

  private(set) var columns: [Column] = []
  private(set) var count = 0
  private var indices: [String: Int] = [:]

  /// The index of the column of that name, which is added where it is new.
  mutating func column(_ name: String) -> Int {
    if let index = indices[name] { return index }
    indices[name] = columns.count
    columns.append(Column(name: name))
    return columns.count - 1
  }

  /// Puts a value into the record at hand.
  mutating func add(_ value: Double, to column: Int) {
    columns[column].records.append(count)
    columns[column].values.append(value)
  }

  /// Notes that the record at hand has something other than a number in a column.
  mutating func addUnreadable(to column: Int) { columns[column].unreadable += 1 }

  /// Puts a JSON value into the record at hand: numbers, NaN and infinities also as text.
  mutating func add(_ value: JSONTree, to name: String) {
    switch value {
    case .number(let number): add(number, to: column(name))
    case .string(let text):
      let bytes = Array(text.utf8)
      if let number = parseNumber(bytes, bytes.indices) {
        add(number, to: column(name))
      } else {
        addUnreadable(to: column(name))
      }
    case .null, .boolean, .array, .object: break
    }
  }

  /// Ends the record at hand.
  mutating func endRecord() { count += 1 }

  /// The records as series, the steps being one of the columns, or counted where there is none.
  func raw(format: LogFormat, choice: LogColumns.Choice, mends: LogMends) -> RawLog {
    var raw = RawLog(format: format, mends: mends)
    raw.mends.note(choice.mends)
    var steps: [Double]
    if let index = choice.names[.step].flatMap({ indices[$0] }) {
      steps = [Double](repeating: .nan, count: count)
      let column = columns[index]
      for (record, value) in zip(column.records, column.values) { steps[record] = value }
    } else {
      steps = (0..<count).map { Double($0 + 1) }
      raw.mends.note(.countedSteps, count)
    }
    var isUsed = [Bool](repeating: false, count: count)
    for quantity in LogQuantity.allCases where quantity != .step {
      guard let name = choice.names[quantity], let index = indices[name] else { continue }
      for record in columns[index].records { isUsed[record] = true }
      raw.add(points(of: columns[index], at: steps), to: quantity, name: name)
    }
    raw.otherRates = choice.otherRates.compactMap { indices[$0] }.map {
      RawLog.Column(name: columns[$0].name, points: points(of: columns[$0], at: steps))
    }
    raw.mends.note(
      .unusableSteps, steps.indices.count { isUsed[$0] && !LogPoints.isStep(steps[$0]) })
    return raw
  }

  private func points(of column: Column, at steps: [Double]) -> LogPoints {
    LogPoints(
      steps: column.records.map { steps[$0] }, values: column.values, unreadable: column.unreadable)
  }
}
