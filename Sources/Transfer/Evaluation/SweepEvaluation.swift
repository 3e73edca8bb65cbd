import Glibc
import Runs
import Schedules

/// How well each rule predicts the tuned base learning rates of a sweep, cell from cell.
public struct SweepEvaluation: Sendable {
  /// One prediction of one rule.
  public struct Prediction: Sendable {
    /// The rule.
    public let rule: BaselineRule

    /// The index of the source among ``cells``; nil where it is the geometric mean of the predictions
    /// from all other cells.
    public let source: Int?

    /// The index of the target among ``cells``.
    public let target: Int

    /// The predicted base learning rate.
    public let baseLearningRate: Double

    /// Its interval, of the rules that give one.
    public let interval: ClosedRange<Double>?

    /// What the tested learning rate nearest to the prediction (in ln γ) costs above the best tested
    /// one, in nats; `SweepCell.divergenceMargin` where it diverged.
    public let regret: Double

    /// What the prediction costs on the fitted curves C + A/γ + Bγ and C + A·γ^−½ + B·γ², in nats; nil
    /// where the form has no minimum.
    public let smoothRegret: (bound: Double?, steep: Double?)

    /// |ln(predicted/measured)|.
    public let error: Double

    /// Whether the measured optimum lies in the interval.
    public let isCovered: Bool?
  }

  /// The tuned cells.
  public let cells: [TunedCell]

  /// The predictions over every ordered pair of cells.
  public let pairs: [Prediction]

  /// The predictions of every cell from all others.
  public let fromOthers: [Prediction]

  /// Evaluates every rule on every ordered pair of cells.
  ///
  /// - Parameters:
  ///   - cells: two or more.
  ///   - progress: called with the number of targets done.
  /// - Throws: ``EvaluationError``, `ScheduleError`, `BoundError`.
  /// - Complexity: O(cells²·T).
  public init(of cells: [TunedCell], progress: (Int) -> Void = { _ in }) throws {
    guard cells.count >= 2 else { throw EvaluationError.tooFewCells(cells.count) }
    self.cells = cells
    let runs = try cells.map { TrainingRun($0.cell.spec, steps: $0.cell.steps) }
    var pairs: [Prediction] = []
    var fromOthers: [Prediction] = []
    for (index, target) in cells.enumerated() {
      var others = cells
      others.remove(at: index)
      let rules: [(BaselineRule, TransferRule?)] = BaselineRule.allCases.map { rule in
        switch rule {
        case .bound: return (rule, .bound)
        case .standard: return (rule, .standard())
        case .calibrated: return (rule, (try? Calibration(of: others)).map { .calibrated($0) })
        default: return (rule, nil)
        }
      }
      for (rule, transfer) in rules {
        var answers: [Answer] = []
        for (sourceIndex, source) in cells.enumerated() where sourceIndex != index {
          let answer: Answer
          if let transfer {
            answer = try Answer(
              TransferQuestion(
                from: runs[sourceIndex], to: runs[index], source: .swept(source.optimum),
                rule: transfer
              ).answer())
          } else if let ratio = rule.simpleRatio(from: source, to: target) {
            answer = Answer(logRate: log(ratio * source.optimum.baseLearningRate))
          } else {
            continue
          }
          answers.append(answer)
          pairs.append(answer.prediction(rule, source: sourceIndex, target: index, of: target))
        }
        if let mean = Answer(meanOf: answers) {
          fromOthers.append(mean.prediction(rule, source: nil, target: index, of: target))
        }
      }
      progress(index + 1)
    }
    self.pairs = pairs
    self.fromOthers = fromOthers
  }
}

/// An error evaluating rules on a sweep, with a suggested fix.
public enum EvaluationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Fewer than two cells show an optimum.
  case tooFewCells(Int)

  /// What is wrong.
  public var problem: String {
    switch self {
    case .tooFewCells(let count):
      return
        "\(count == 1 ? "1 cell shows" : "\(count) cells show") an optimum, and a pair needs two"
    }
  }

  /// What to do about it.
  public var hint: String {
    "sweep another schedule or horizon, three base learning rates or more"
  }

  /// The error as one line.
  public var description: String { "\(problem); \(hint)" }
}

/// A predicted ln γ with the ends of its interval.
private struct Answer {
  var logRate: Double
  var logInterval: (lower: Double, upper: Double)?

  init(logRate: Double) { self.logRate = logRate }

  init(_ answer: TransferAnswer) {
    guard let rate = answer.to.baseLearningRate, let interval = answer.interval else {
      preconditionFailure("a swept source gives a base learning rate")
    }
    logRate = log(rate)
    logInterval = (log(interval.lowerBound), log(interval.upperBound))
  }

  /// The geometric mean of predictions and interval ends; nil of none.
  init?(meanOf answers: [Answer]) {
    guard !answers.isEmpty else { return nil }
    let count = Double(answers.count)
    logRate = answers.reduce(0) { $0 + $1.logRate } / count
    let intervals = answers.compactMap(\.logInterval)
    if intervals.count == answers.count {
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
