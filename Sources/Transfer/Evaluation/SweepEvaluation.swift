import Glibc
import Runs
import Schedules
import Support

/// How well each rule predicts a sweep's tuned base learning rates from one another.
public struct SweepEvaluation: Sendable {
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

    /// The excess loss, in nats, at the tested learning rate nearest to the prediction.
    public let regret: Double

    /// The excess loss, in nats, on the two fitted curves; nil for a curve without a minimum.
    public let smoothRegret: (bound: Double?, steep: Double?)

    /// |ln(predicted/measured)|.
    public let error: Double

    /// Whether the measured optimum lies in the interval.
    public let isCovered: Bool?
  }

  /// The tuned cells.
  public let cells: [TunedCell]

  /// The predictions for every ordered pair of cells.
  public let pairs: [Prediction]

  /// The predictions of each cell from all others.
  public let fromOthers: [Prediction]

  private let scores: [Comparison: [BaselineRule: RuleScore]]

  /// The cells from which a target is predicted.
  public enum Comparison: String, CaseIterable, Sendable {
    /// Each other cell separately.
    case pairs

    /// All other cells together.
    case others
  }

  /// Evaluates every rule on every ordered pair of two or more cells.
  ///
  /// `progress` receives the number of targets done. Throws `InputError`. Takes O(cells²·T).
  public init(of cells: [TunedCell], progress: (Int) -> Void = { _ in }) throws {
    guard cells.count >= 2 else {
      throw InputError(
        problem:
          "\(cells.count == 1 ? "1 cell shows" : "\(cells.count) cells show") an optimum, and a pair needs two",
        hint: "sweep another schedule or horizon, three base learning rates or more")
    }
    var pairs: [Prediction] = []
    var fromOthers: [Prediction] = []
    for (index, target) in cells.enumerated() {
      var others = cells
      others.remove(at: index)
      for rule in BaselineRule.allCases {
        let transfer = rule.transferRule(calibratedOn: others)
        var forecasts: [Forecast] = []
        for (sourceIndex, source) in cells.enumerated() where sourceIndex != index {
          guard let forecast = try Forecast(rule, transfer, from: source, to: target) else {
            continue
          }
          forecasts.append(forecast)
          pairs.append(forecast.prediction(rule, source: sourceIndex, target: index, of: target))
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
    self.scores = [.pairs: scores(pairs), .others: scores(fromOthers)]
  }

  /// Returns a rule's score; nil if it makes no prediction (``absence(of:)`` gives the reason).
  public func score(of rule: BaselineRule, from comparison: Comparison) -> RuleScore? {
    scores[comparison]?[rule]
  }

  /// Returns why a rule makes no prediction, in a few words; nil if it makes some.
  public func absence(of rule: BaselineRule) -> String? {
    guard score(of: rule, from: .pairs) == nil else { return nil }
    switch rule {
    case .halfOfCosine: return "needs a cosine and a wsd cell"
    case .calibrated: return "needs two other cells that differ in shape or horizon"
    default: return "predicts nothing"
    }
  }
}

private struct Forecast {
  var logRate: Double
  var logInterval: (lower: Double, upper: Double)?

  /// Predicts one cell's optimum from another's; nil for a pair that the rule cannot predict.
  init?(
    _ rule: BaselineRule, _ transfer: TransferRule?, from source: TunedCell, to target: TunedCell
  ) throws {
    guard let transfer else {
      guard let ratio = rule.simpleRatio(from: source, to: target) else { return nil }
      logRate = log(ratio * source.optimum.baseLearningRate)
      return
    }
    let answer = try TransferQuestion(
      from: source.run, to: target.run, source: .swept(source.optimum), rule: transfer
    ).answer()
    guard let rate = answer.to.baseLearningRate, let interval = answer.interval else {
      preconditionFailure("a swept source gives a base learning rate")
    }
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
    _ rule: BaselineRule, source: Int?, target: Int, of cell: TunedCell
  ) -> SweepEvaluation.Prediction {
    let rate = exp(logRate)
    let interval = logInterval.map { exp($0.lower)...exp($0.upper) }
    func smooth(_ form: FittedForm) -> Double? {
      cell.optimum.estimates.first { $0.form == form }?.regret(at: rate)
    }
    return SweepEvaluation.Prediction(
      rule: rule, source: source, target: target, baseLearningRate: rate, interval: interval,
      regret: regretAtNearest(in: cell.cell), smoothRegret: (smooth(.bound), smooth(.steep)),
      error: abs(logRate - log(cell.optimum.baseLearningRate)),
      isCovered: interval.map { $0.contains(cell.optimum.baseLearningRate) })
  }

  private func regretAtNearest(in cell: SweepCell) -> Double {
    let best = cell.points.map(\.loss).min() ?? 0
    let tested =
      cell.points.map { (rate: $0.baseLearningRate, regret: $0.loss - best) }
      + cell.diverged.map { (rate: $0, regret: SweepCell.divergenceMargin) }
    let nearest = tested.min { abs(log($0.rate) - logRate) < abs(log($1.rate) - logRate) }
    return nearest?.regret ?? 0
  }
}
