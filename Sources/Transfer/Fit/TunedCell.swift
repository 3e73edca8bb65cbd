import Bound
import Runs
import Schedules
import Support

/// A sweep cell with its optimum and the S and V of its schedule.
public struct TunedCell: Sendable {
  /// The runs.
  public private(set) var cell: SweepCell

  /// The tuned base learning rate.
  public private(set) var optimum: SweepOptimum

  /// The schedule, its length and its batch.
  public var run: TrainingRun { cell.run }

  /// S and V at the optimum; with an absolute floor the shape depends on γ.
  public let terms: BoundTerms

  /// S and V at each of the cell's points.
  public let pointTerms: [BoundTerms]

  /// The standard deviation of ln γ* due to an end that does not anneal; 0 if it does.
  let endDeviation: Double

  /// Whether the schedule decays to about zero.
  public var isAnnealed: Bool { endDeviation == 0 }

  /// Fits a cell with at least three base learning rates that did not diverge, and sums its schedule.
  ///
  /// Throws `InputError` if it shows no optimum or a run is below its absolute floor. Takes O(T +
  /// points²).
  public init(of cell: SweepCell) throws {
    try self.init(of: cell, tunedTo: SweepOptimum(of: cell))
  }

  init(of cell: SweepCell, tunedTo optimum: SweepOptimum) throws {
    self.optimum = optimum
    self.cell = cell
    let run = cell.run
    let tunable = try TunableSchedule(of: run)
    terms = try tunable.terms(at: optimum.baseLearningRate)
    pointTerms = try cell.points.map { try tunable.terms(at: $0.baseLearningRate) }
    endDeviation = TransferUncertainty.end(
      try run.schedule(baseLearningRate: optimum.baseLearningRate))
  }

  /// The same cell with other losses and their optimum; S and V, which hardly change, are kept.
  func replacingLosses(_ losses: [Double]) throws(InputError) -> TunedCell {
    var moved = self
    moved.cell = cell.replacingLosses(losses)
    moved.optimum = try SweepOptimum(of: moved.cell)
    return moved
  }
}

extension [TunedCell] {
  /// Whether the cells differ in their batch, where one may be unknown.
  package var hasSeveralBatches: Bool { Set(map(\.cell.batchTokens)).count > 1 }
}
