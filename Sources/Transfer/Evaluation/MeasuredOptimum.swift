import Bound
import Glibc
import Runs
import Schedules

/// A tuned base learning rate that was measured, and the cost of missing it.
public struct MeasuredOptimum: Sendable {
  /// The schedule, its length and its batch.
  public let run: TrainingRun

  /// The model; only optima of one model are compared.
  public let model: String

  /// The tuned base learning rate.
  public let baseLearningRate: Double

  /// The sweep cell; nil for a tabled optimum.
  public let swept: TunedCell?

  /// The origin of the learning rate, with its deviation.
  let source: TransferQuestion.Source

  /// The run's sums, which all predictions share.
  let tunable: TunableSchedule

  /// S and V at the optimum.
  let terms: BoundTerms

  private let curvature: Double?

  /// The largest regret that a curvature is trusted to give, in nats.
  public static let mostCurvatureRegret = 0.15

  /// Takes the optimum of a sweep cell, in O(T).
  public init(_ cell: TunedCell) throws {
    (run, model, swept, curvature) = (cell.run, "", cell, nil)
    baseLearningRate = cell.optimum.baseLearningRate
    source = .swept(cell.optimum)
    tunable = try TunableSchedule(of: cell.run)
    terms = cell.terms
  }

  /// Takes a tabled optimum, in O(T).
  public init(_ row: TunedRateTable.Row) throws {
    run = TrainingRun(row.spec, steps: row.steps, batchTokens: row.batchTokens)
    (model, swept, curvature) = (row.model, nil, row.curvature)
    baseLearningRate = row.baseLearningRate
    source =
      row.logDeviation.map {
        .tuned(row.baseLearningRate, logDeviation: max($0, SweepOptimum.leastDeviation))
      }
      ?? .given(row.baseLearningRate)
    tunable = try TunableSchedule(of: run)
    terms = try tunable.terms(at: baseLearningRate)
  }

  /// The interval of the tuned base learning rate.
  public var interval: ClosedRange<Double> {
    var uncertainty = TransferUncertainty()
    uncertainty.source = source.logDeviation
    return uncertainty.interval(around: baseLearningRate)
  }

  /// Returns the excess loss of another base learning rate, in nats: at the tested one nearest to it, or by
  /// the curvature, up to ``mostCurvatureRegret``; nil if that is unknown.
  func regret(at rate: Double) -> Double? {
    let logRate = log(rate)
    guard let cell = swept?.cell else {
      let distance = logRate - log(baseLearningRate)
      return curvature.map { min($0 * distance * distance, Self.mostCurvatureRegret) }
    }
    let best = cell.points.map(\.loss).min() ?? 0
    let tested =
      cell.points.map { (rate: $0.baseLearningRate, regret: $0.loss - best) }
      + cell.diverged.map { (rate: $0, regret: SweepCell.divergenceMargin) }
    return tested.min { abs(log($0.rate) - logRate) < abs(log($1.rate) - logRate) }?.regret
  }

  /// Returns the excess loss of another base learning rate on a fitted curve, in nats; nil for a tabled
  /// optimum, and for a curve without a minimum.
  func regret(at rate: Double, on form: FittedForm) -> Double? {
    swept?.optimum.estimates.first { $0.form == form }?.regret(at: rate)
  }
}
