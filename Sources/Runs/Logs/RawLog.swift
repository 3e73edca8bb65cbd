import Support

/// What a reader makes of a file: the records of each quantity, not yet sorted or mended.
struct RawLog {
  /// A quantity's records and the name of their column.
  struct Column {
    let name: String
    let points: LogPoints
  }

  let format: LogFormat
  private(set) var columns: [LogQuantity: Column] = [:]
  var mends = LogMends()

  /// Learning rates beside the one that was chosen.
  var otherRates: [Column] = []

  /// What the log says that the run followed; nil where its format does not tell.
  var settings: RunSettings?

  init(format: LogFormat, mends: LogMends = LogMends()) {
    self.format = format
    self.mends = mends
  }

  /// Adds the records of a quantity.
  mutating func add(_ points: LogPoints, to quantity: LogQuantity, name: String) {
    mends.note(.unreadableValues, points.unreadable, columns: [name])
    mends.note(.unequalLengths, points.unpaired, columns: [name])
    columns[quantity] = Column(name: name, points: points)
  }

  /// The log of series that each have their own steps, by name in the order of the file.
  ///
  /// - Throws: `InputError` for missing columns.
  init(
    format: LogFormat, series: [(name: String, points: LogPoints)], path: String,
    options: LogOptions, mends: LogMends
  ) throws(InputError) {
    let choice = try LogColumns(path: path, options: options).choose(
      among: series.map(\.name), isStepNamed: false)
    self.init(format: format, mends: mends)
    self.mends.note(choice.mends)
    for quantity in LogQuantity.allCases {
      guard let name = choice.names[quantity],
        let found = series.first(where: { $0.name == name })
      else { continue }
      let unusable = found.points.steps.count { !LogPoints.isStep($0) }
      self.mends.note(.unusableSteps, unusable, columns: [name])
      add(found.points, to: quantity, name: name)
    }
    otherRates = series.filter { choice.otherRates.contains($0.name) }.map {
      Column(name: $0.name, points: $0.points)
    }
  }
}
