import Schedules
import Support

/// The log of one training run: each quantity at the steps at which it was logged, sorted and mended.
///
/// Steps are as the trainer counted them. All series are optional; at least one is there and holds a
/// value.
public struct RunLog: Sendable {
  /// The file or folder, as given; `-` is standard input.
  public let path: String

  /// The format that the log was written in.
  public let format: LogFormat

  /// The name of each quantity's column, tag or key in the log.
  public let columns: [LogQuantity: String]

  /// The series by quantity; ``LogQuantity/step`` is never among them.
  public internal(set) var series: [LogQuantity: LogSeries]

  /// What the log says that the run followed; nil where its format does not tell.
  public let settings: RunSettings?

  /// What was mended, left out or odd.
  public internal(set) var mended: [LogRepair]

  /// Which step a logged learning rate belongs to; nil where nothing tells.
  public internal(set) var learningRateTiming: LearningRateTiming?

  /// The training loss, in nats.
  public var loss: LogSeries? { series[.loss] }

  /// The validation loss during the run, in nats.
  public var validationLoss: LogSeries? { series[.validationLoss] }

  /// The validation loss on the whole set, in nats.
  public var finalValidationLoss: LogSeries? { series[.finalValidationLoss] }

  /// The learning rate, as logged; see ``learningRateTiming``.
  public var learningRate: LogSeries? { series[.learningRate] }

  /// The gradient norm.
  public var gradientNorm: LogSeries? { series[.gradientNorm] }

  /// The steps at which anything was logged, rising.
  ///
  /// - Complexity: O(records).
  public var steps: [Int] {
    var union: [Int] = []
    for series in series.values { union = merged(union, series.steps) }
    return union
  }

  /// What the run is judged by: the last loss on the whole validation set where there is one, else the
  /// last validation loss, else the last training loss; NaN or infinite for a run that diverged.
  ///
  /// Losses of different kinds must not be compared: a part of a validation set can be off by tens of
  /// milli-nats, one batch by more. ``finalLossQuantity`` says which kind it is.
  public var finalLoss: Double? { finalLossQuantity.flatMap { series[$0]?.values.last } }

  /// Which quantity ``finalLoss`` is; nil where the log has no loss.
  public var finalLossQuantity: LogQuantity? {
    let order: [LogQuantity] = [.finalValidationLoss, .validationLoss, .loss]
    return order.first { series[$0] != nil }
  }

  /// What is unsure about the log: the code `lr-maybe-next`.
  public var diagnostics: [Diagnostic] {
    guard learningRateTiming == nil, let rates = learningRate, rates.values.count > 1,
      rates.values.last == 0
    else { return [] }
    return [
      Diagnostic(
        code: "lr-maybe-next",
        message:
          "the last learning rate of \(shownPath(path)) is 0, as where that of the next step is logged; add --schedule to find out, or --lr-at"
      )
    ]
  }

  /// Why a question cannot be asked of the log: it lacks a quantity.
  func lacking(_ quantity: LogQuantity, hint: String) -> InputError {
    let there = columns.filter { $0.key != .step }.map(\.value).sorted().joined(separator: ", ")
    return InputError(
      path: path, problem: "it has no \(quantity.name) (only \(printable(there)))", hint: hint)
  }

  /// Why nothing can be said of the learning rate of a log that has none.
  public var lackingLearningRate: InputError {
    lacking(.learningRate, hint: "log it, or name its column with --lr-col")
  }

  /// Sorts and mends what a reader found.
  ///
  /// - Throws: `InputError` where no value is left.
  init(_ raw: RawLog, path: String) throws(InputError) {
    var mends = raw.mends
    var series: [LogQuantity: LogSeries] = [:]
    var columns: [LogQuantity: String] = [:]
    for quantity in LogQuantity.allCases {
      guard let column = raw.columns[quantity] else { continue }
      let sorted = column.points.series(column: column.name, mends: &mends)
      let kept: LogSeries
      switch quantity {
      case .loss, .validationLoss, .finalValidationLoss:
        let diverged = sorted.values.count { !$0.isFinite }
        mends.note(.divergedLosses, diverged, columns: [column.name])
        kept = sorted
      case .learningRate, .gradientNorm, .step:
        kept = sorted.filter { $1.isFinite && $1 >= 0 }
        mends.note(
          .unusableValues, sorted.values.count - kept.values.count, columns: [column.name])
      }
      guard !kept.steps.isEmpty else { continue }
      series[quantity] = kept
      columns[quantity] = column.name
    }
    guard !series.isEmpty else {
      let names = raw.columns.values.map(\.name).sorted().joined(separator: ", ")
      throw InputError(
        path: path, problem: "no record holds a number in \(printable(names, most: 300))",
        hint: "check that the run logged anything")
    }
    if let own = columns[.learningRate], let rates = series[.learningRate] {
      let others = try Self.proportional(raw.otherRates, to: rates, called: own, path: path)
      if !others.isEmpty {
        mends.note(.severalLearningRates, others.count + 1, columns: [own] + others)
      }
    }
    self.path = path
    format = raw.format
    settings = raw.settings
    self.series = series
    self.columns = columns
    mended = mends.all
    learningRateTiming = series[.learningRate] == nil ? nil : raw.format.learningRateTiming
    noteSampledRows()
  }

  /// The names of the other learning rates, which have values.
  ///
  /// - Throws: `InputError` where one has another shape: which one the schedule is of, the user must say.
  private static func proportional(
    _ others: [RawLog.Column], to rates: LogSeries, called own: String, path: String
  ) throws(InputError) -> [String] {
    var names: [String] = []
    for other in others {
      var unused = LogMends()
      let values = other.points.series(column: other.name, mends: &unused).filter {
        $1.isFinite && $1 >= 0
      }
      guard !values.steps.isEmpty else { continue }
      guard rates.isProportional(to: values) else {
        throw InputError(
          path: path,
          problem:
            "its learning rates \(printable(own)) and \(printable(other.name)) differ by more than a factor",
          hint: "choose one with --lr-col")
      }
      names.append(other.name)
    }
    return names
  }

  /// `run.history()` of Weights & Biases gives 500 rows at random steps instead of all.
  private mutating func noteSampledRows() {
    let steps = steps
    let gaps = Set(zip(steps, steps.dropFirst()).map { $1 - $0 })
    guard steps.count == 500, gaps.count > 20 else { return }
    mended.append(LogRepair(kind: .sampledRows, count: 500, columns: []))
  }
}

/// The union of two rising lists.
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
