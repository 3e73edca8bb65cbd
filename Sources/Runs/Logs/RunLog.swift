import Schedules
import Support

/// The log of one training run: sorted and repaired series of logged quantities.
///
/// Steps are as the trainer counts them. At least one series is present and not empty.
public struct RunLog: Sendable {
  /// The file or folder as given; `-` is standard input.
  public let path: String

  /// The log's format.
  public let format: LogFormat

  /// The column, tag or key of each quantity.
  public let columns: [LogQuantity: String]

  /// The series by quantity, except for ``LogQuantity/step``.
  public internal(set) var series: [LogQuantity: LogSeries]

  /// The run's settings, if the format holds any.
  public let settings: RunSettings?

  /// What was repaired, dropped or odd.
  public internal(set) var repairs: [LogRepair]

  let options: LogOptions

  /// Which update a logged learning rate belongs to; nil if unknown.
  public internal(set) var learningRateTiming: LearningRateTiming?

  /// The training loss in nats.
  public var loss: LogSeries? { series[.loss] }

  /// The learning rate as logged; see ``learningRateTiming``.
  public var learningRate: LogSeries? { series[.learningRate] }

  /// The gradient norm.
  public var gradientNorm: LogSeries? { series[.gradientNorm] }

  /// The steps with any value, increasing.
  public var steps: [Int] {
    var union: [Int] = []
    for series in series.values { union = merged(union, series.steps) }
    return union
  }

  /// The loss that judges the run: the last on the whole validation set, else the last validation loss,
  /// else the last training loss; NaN or infinite for a diverged run.
  ///
  /// Do not compare losses of different kinds (``finalLossQuantity``): a subset of a validation set can
  /// be off by tens of milli-nats, a single batch by more.
  public var finalLoss: Double? { finalLossQuantity.flatMap { series[$0]?.values.last } }

  /// The quantity of ``finalLoss``; nil if the log has no loss.
  public var finalLossQuantity: LogQuantity? { LogQuantity.judges.first { series[$0] != nil } }

  /// Doubts about the log: the code `lr-maybe-next`.
  public var diagnostics: [Diagnostic] {
    guard learningRateTiming == nil, let rates = learningRate, rates.values.count > 1,
      rates.values.last == 0
    else { return [] }
    return [
      Diagnostic(
        code: "lr-maybe-next",
        message:
          "the last learning rate of \(shownPath(path)) is 0, as in logs of the next step's rate; give its schedule, or say which update a row's rate belongs to"
      )
    ]
  }

  /// The error to throw if a learning rate is needed and missing.
  public var lackingLearningRate: InputError { lacking(.learningRate) }

  func lacking(_ quantity: LogQuantity) -> InputError {
    let found = columns.filter { $0.key != .step }.map(\.value).sorted().joined(separator: ", ")
    return InputError(
      path: path, problem: "it has no \(quantity.name) (only \(printable(found)))",
      hint: "log it, or name its column" + options.means(quantity))
  }
}

extension RunLog {
  /// Reads a log from a file (`-` for standard input) or a folder written by a trainer or logger.
  ///
  /// Records are sorted, the later record of a repeated step is kept, truncated or corrupt records are
  /// dropped, and NaN losses are kept as divergence; ``repairs`` lists all of it. Throws `InputError` for
  /// unreadable files, missing columns (listing those found), and logs without numbers. Takes O(size) for
  /// sorted records.
  public init(contentsOf path: String, options: LogOptions = LogOptions()) throws(InputError) {
    if let folder = try LogFolder(path) {
      try self.init(folder.read(options), path: path, options: options)
    } else {
      try self.init(bytes: readBytes(path), path: path, options: options)
    }
  }

  package init(bytes: [UInt8], path: String, options: LogOptions = LogOptions())
    throws(InputError)
  {
    try self.init(
      LogFormat.read(bytes, path: path, options: options), path: path, options: options)
  }

  init(_ raw: RawLog, path: String, options: LogOptions) throws(InputError) {
    var raw = raw
    let quantities = try raw.quantities(path: path, options: options)
    var repairs = raw.repairs
    var series: [LogQuantity: LogSeries] = [:]
    var columns: [LogQuantity: String] = [:]
    for quantity in LogQuantity.allCases {
      guard let column = quantities.columns[quantity] else { continue }
      let sorted = column.sorted(&repairs)
      let kept: LogSeries
      switch quantity {
      case .loss, .validationLoss, .finalValidationLoss:
        let diverged = sorted.values.count { !$0.isFinite }
        repairs.note(.divergedLosses, diverged, columns: [column.name])
        kept = sorted
      case .learningRate, .gradientNorm, .step:
        kept = sorted.filter { $1.isFinite && $1 >= 0 }
        repairs.note(
          .unusableValues, sorted.values.count - kept.values.count, columns: [column.name])
      }
      guard !kept.steps.isEmpty else { continue }
      series[quantity] = kept
      columns[quantity] = column.name
    }
    guard !series.isEmpty else {
      let names = quantities.columns.values.map(\.name).sorted().joined(separator: ", ")
      throw InputError(
        path: path, problem: "no record holds a number in \(printable(names, most: 300))",
        hint: "check that the run logged something")
    }
    self.path = path
    self.options = options
    format = raw.format
    settings = raw.settings
    self.series = series
    self.columns = columns
    self.repairs = []
    learningRateTiming = series[.learningRate] == nil ? nil : raw.format.learningRateTiming
    if let own = columns[.learningRate], let rates = series[.learningRate] {
      let others = try proportional(quantities.otherRates, to: rates, called: own)
      if !others.isEmpty {
        repairs.note(.severalLearningRates, others.count + 1, columns: [own] + others)
      }
    }
    self.repairs = repairs.all
    noteSampledRows()
  }

  /// The other learning rates with values; throws `InputError` if one is not proportional to `rates`.
  private func proportional(_ others: [RawLog.Column], to rates: LogSeries, called own: String)
    throws(InputError) -> [String]
  {
    var names: [String] = []
    for other in others {
      var unused = LogRepairs()
      let values = other.sorted(&unused).filter { $1.isFinite && $1 >= 0 }
      guard !values.steps.isEmpty else { continue }
      guard rates.isProportional(to: values) else {
        throw InputError(
          path: path,
          problem:
            "its learning rates \(printable(own)) and \(printable(other.name)) differ by more than a constant factor",
          hint: "choose one" + options.means(.learningRate))
      }
      names.append(other.name)
    }
    return names
  }

  /// Notes the 500 rows at random steps that `run.history()` of Weights & Biases returns.
  private mutating func noteSampledRows() {
    let steps = steps
    let gaps = Set(zip(steps, steps.dropFirst()).map { $1 - $0 })
    guard steps.count == 500, gaps.count > 20 else { return }
    repairs.append(LogRepair(kind: .sampledRows, count: 500, columns: []))
  }
}

private func merged(_ first: [Int], _ second: [Int]) -> [Int] {
  if first.isEmpty || first == second { return second }
  var union: [Int] = []
  union.reserveCapacity(first.count + second.count)
  var (left, right) = (0, 0)
  while left < first.count, right < second.count {
    let next = min(first[left], second[right])
    union.append(next)
    if first[left] == next { left += 1 }
    if second[right] == next { right += 1 }
  }
  return union + first[left...] + second[right...]
}
