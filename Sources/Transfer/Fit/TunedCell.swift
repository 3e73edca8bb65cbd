import Bound
import Runs
import Schedules
import Support

/// A cell of a sweep with its optimum and the S and V of its schedule.
public struct TunedCell: Sendable {
  /// The runs.
  public private(set) var cell: SweepCell

  /// The tuned base learning rate.
  public private(set) var optimum: SweepOptimum

  /// The schedule and its length.
  public var run: TrainingRun { TrainingRun(cell.spec, steps: cell.steps) }

  /// S and V of the schedule at the optimum (with an absolute floor the shape depends on γ).
  public let terms: BoundTerms

  /// S and V at each of the cell's points.
  public let pointTerms: [BoundTerms]

  /// Whether the schedule goes down to about zero.
  public let isAnnealed: Bool

  /// Fits a cell and sums its schedule.
  ///
  /// - Parameter cell: at least three base learning rates that did not diverge.
  /// - Throws: `InputError` where the cell shows no optimum, and `ScheduleError` for a run below its own
  ///   absolute floor.
  /// - Complexity: O(T + points²).
  public init(of cell: SweepCell) throws {
    try self.init(of: cell, tunedTo: SweepOptimum(of: cell))
  }

  /// Sums the schedule of a cell whose optimum is known.
  init(of cell: SweepCell, tunedTo optimum: SweepOptimum) throws {
    self.optimum = optimum
    self.cell = cell
    let run = TrainingRun(cell.spec, steps: cell.steps)
    let tunable = try TunableSchedule(of: run)
    terms = try tunable.terms(at: optimum.baseLearningRate)
    pointTerms = try cell.points.map { try tunable.terms(at: $0.baseLearningRate) }
    isAnnealed = try run.schedule(baseLearningRate: optimum.baseLearningRate).isAnnealed
  }

  /// The same cell with other losses, and the optimum that they show.
  ///
  /// S and V stay those of the first optimum: with an absolute floor they hardly move with it.
  func replacingLosses(_ losses: [Double]) throws(InputError) -> TunedCell {
    var moved = self
    moved.cell = cell.replacingLosses(losses)
    moved.optimum = try SweepOptimum(of: moved.cell)
    return moved
  }
}
