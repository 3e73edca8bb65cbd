import Glibc
import Runs
import Schedules
import Support

/// How well each rule predicts measured tuned base learning rates from one another.
public struct RuleEvaluation: Sendable {
  /// One prediction by one rule.
  public struct Prediction: Sendable {
    /// The rule.
    public let rule: BaselineRule

    /// The source's index in ``cells``; nil for the mean of the predictions from all others.
    public let source: Int?

    /// The target's index in ``cells``.
    public let target: Int

    /// The predicted base learning rate.
    public let baseLearningRate: Double

    /// Its interval; nil for rules without one.
    public let interval: ClosedRange<Double>?

    /// The excess loss, in nats, at the tested learning rate nearest to the prediction, or by the curvature
    /// at the optimum; nil if neither is known.
    public let regret: Double?

    /// The excess loss, in nats, on the two fitted curves; nil without runs, or for a curve without a minimum.
    public let smoothRegret: (bound: Double?, steep: Double?)

    /// |ln(predicted/measured)|.
    public let error: Double

    /// Whether the measured optimum lies in the interval.
    public let isCovered: Bool?
  }

  /// The sources from which a target is predicted, always of its own model.
  public enum Comparison: String, CaseIterable, Sendable {
    /// Each other cell separately.
    case pairs

    /// Each cell of the same schedule and batch at another number of steps.
    case horizon

    /// Each cell of the same schedule and total tokens with another batch.
    case batch

    /// All other cells together.
    case others
  }

  /// The cells, each with its optimum.
  public let cells: [MeasuredOptimum]

  /// The predictions for every ordered pair of cells of one model.
  public let pairs: [Prediction]

  /// The predictions of each cell from all others of its model.
  public let fromOthers: [Prediction]

  private let scores: [Comparison: [BaselineRule: RuleScore]]

  /// Evaluates every rule on every ordered pair of cells of one model.
  ///
  /// `progress` receives the number of targets done. Throws `InputError` unless there is a pair. Takes
  /// O(cells²) time, and a calibration for each swept cell.
  public init(of cells: [MeasuredOptimum], progress: (Int) -> Void = { _ in }) throws {
    try Self.checkPairs(in: cells)
    var pairs: [Prediction] = []
    var fromOthers: [Prediction] = []
    for (index, target) in cells.enumerated() {
      let sources = cells.indices.filter { $0 != index && cells[$0].model == target.model }
      let others = sources.map { cells[$0] }
      for rule in BaselineRule.allCases {
        let transfer = rule.transferRule(calibratedOn: others)
        var forecasts: [Forecast] = []
        for source in sources {
          guard let forecast = try Forecast(rule, transfer, from: cells[source], to: target) else {
            continue
          }
          forecasts.append(forecast)
          pairs.append(forecast.prediction(rule, source: source, target: index, of: target))
        }
        if let mean = Forecast(meanOf: forecasts) {
          fromOthers.append(mean.prediction(rule, source: nil, target: index, of: target))
        }
      }
      progress(index + 1)
    }
    (self.cells, self.pairs, self.fromOthers) = (cells, pairs, fromOthers)
    func scores(_ predictions: [Prediction]) -> [BaselineRule: RuleScore] {
      Dictionary(
        uniqueKeysWithValues: BaselineRule.allCases.compactMap { rule in
          RuleScore(of: rule, in: predictions).map { (rule, $0) }
        })
    }
    func only(_ isCompared: (TrainingRun, TrainingRun) -> Bool) -> [Prediction] {
      pairs.filter { pair in
        guard let source = pair.source else { return false }
        let (from, to) = (cells[source].run, cells[pair.target].run)
        return from.spec == to.spec && isCompared(from, to)
      }
    }
    self.scores = [
      .pairs: scores(pairs), .horizon: scores(only { $0.differsInHorizonOnly(from: $1) }),
      .batch: scores(only { $0.differsInBatchOnly(from: $1) }), .others: scores(fromOthers),
    ]
  }

  private static func checkPairs(in cells: [MeasuredOptimum]) throws(InputError) {
    guard cells.count >= 2 else {
      throw InputError(
        problem:
          "\(cells.count == 1 ? "1 cell shows" : "\(cells.count) cells show") an optimum, and a pair needs two",
        hint: "sweep another schedule or horizon, three base learning rates or more")
    }
    guard Set(cells.map(\.model)).count < cells.count else {
      throw InputError(
        problem: "no two cells are of one model; the first is of \(printable(cells[0].model))",
        hint: "leave out columns that do not tell models apart")
    }
  }

  /// Returns a rule's score; nil if it makes no prediction (``absence(of:)`` gives the reason).
  public func score(of rule: BaselineRule, from comparison: Comparison) -> RuleScore? {
    scores[comparison]?[rule]
  }

  /// The comparisons for which there are cells.
  public var comparisons: [Comparison] {
    Comparison.allCases.filter { scores[$0]?.isEmpty == false }
  }

  /// Returns why a rule makes no prediction, in a few words; nil if it makes some.
  public func absence(of rule: BaselineRule) -> String? {
    guard score(of: rule, from: .pairs) == nil else { return nil }
    switch rule {
    case .halfOfCosine: return "needs a cosine and a wsd cell"
    case .rootBatch: return "needs the batches in tokens"
    case .calibrated where cells.contains { $0.swept == nil }: return "needs the runs of a sweep"
    case .calibrated: return "needs two other cells that differ in shape or horizon"
    default: return "predicts nothing"
    }
  }
}

extension TrainingRun {
  /// Whether two runs of one schedule have the same batch and another length, up to 2 %.
  fileprivate func differsInHorizonOnly(from other: TrainingRun) -> Bool {
    areClose(batchTokens.map(Double.init), other.batchTokens.map(Double.init))
      && !areClose(Double(steps), Double(other.steps))
  }

  /// Whether two runs of one schedule see the same tokens in other batches, up to 2 %.
  fileprivate func differsInBatchOnly(from other: TrainingRun) -> Bool {
    batchTokens != nil && areClose(horizon.tokens, other.horizon.tokens)
      && !areClose(batchTokens.map(Double.init), other.batchTokens.map(Double.init))
  }
}

/// Whether two numbers agree up to 2 %, or both are unknown.
private func areClose(_ first: Double?, _ second: Double?) -> Bool {
  guard let first, let second else { return (first == nil) == (second == nil) }
  return max(first, second) < 1.02 * min(first, second)
}

private struct Forecast {
  var logRate: Double
  var logInterval: (lower: Double, upper: Double)?

  /// Predicts one cell's optimum from another's; nil for a pair that the rule cannot predict.
  init?(
    _ rule: BaselineRule, _ transfer: TransferRule?, from source: MeasuredOptimum,
    to target: MeasuredOptimum
  ) throws {
    guard let transfer else {
      guard let ratio = rule.simpleRatio(from: source, to: target) else { return nil }
      logRate = log(ratio * source.baseLearningRate)
      return
    }
    let question = TransferQuestion(
      from: source.run, to: target.run, source: source.source, rule: transfer)
    guard let (rate, interval) = try question.prediction(from: source.tunable, to: target.tunable)
    else { return nil }
    logRate = log(rate)
    logInterval = (log(interval.lowerBound), log(interval.upperBound))
  }

  init?(meanOf forecasts: [Forecast]) {
    guard !forecasts.isEmpty else { return nil }
    let count = Double(forecasts.count)
    logRate = forecasts.reduce(0) { $0 + $1.logRate } / count
    let intervals = forecasts.compactMap(\.logInterval)
    if intervals.count == forecasts.count {
      logInterval = (
        intervals.reduce(0) { $0 + $1.lower } / count, intervals.reduce(0) { $0 + $1.upper } / count
      )
    }
  }

  func prediction(
    _ rule: BaselineRule, source: Int?, target: Int, of cell: MeasuredOptimum
  ) -> RuleEvaluation.Prediction {
    let rate = exp(logRate)
    let interval = logInterval.map { exp($0.lower)...exp($0.upper) }
    return RuleEvaluation.Prediction(
      rule: rule, source: source, target: target, baseLearningRate: rate, interval: interval,
      regret: cell.regret(at: rate),
      smoothRegret: (cell.regret(at: rate, on: .bound), cell.regret(at: rate, on: .steep)),
      error: abs(logRate - log(cell.baseLearningRate)),
      isCovered: interval.map { $0.contains(cell.baseLearningRate) })
  }
}
