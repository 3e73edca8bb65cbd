import Bound
import Runs
import Schedules

/// A cell of a sweep with its optimum and the S and V of its schedule.
public struct TunedCell: Sendable {
  /// The runs.
  public let cell: SweepCell

  /// The tuned base learning rate.
  public let optimum: SweepOptimum

  /// S and V of the schedule at the optimum (with an absolute floor the shape depends on γ).
  public let terms: BoundTerms

  /// S and V at each of the cell's points.
  public let pointTerms: [BoundTerms]

  /// Whether the schedule goes down to about zero.
  public let isAnnealed: Bool

  /// Fits a cell and sums its schedule.
  ///
  /// - Parameter cell: at least three base learning rates that did not diverge.
  /// - Throws: ``SweepFitError``, and `ScheduleError` for a run below its own absolute floor.
  /// - Complexity: O(T + points²).
  public init(of cell: SweepCell) throws {
    optimum = try SweepOptimum(of: cell)
    self.cell = cell
    let run = TrainingRun(cell.spec, steps: cell.steps)
    let tunable = try TunableSchedule(of: run)
    terms = try tunable.terms(at: optimum.baseLearningRate)
    pointTerms = try cell.points.map { try tunable.terms(at: $0.baseLearningRate) }
    isAnnealed = try run.schedule(baseLearningRate: optimum.baseLearningRate).isAnnealed
  }

  private init(
    cell: SweepCell, optimum: SweepOptimum, terms: BoundTerms, pointTerms: [BoundTerms],
    isAnnealed: Bool
  ) {
    self.cell = cell
    self.optimum = optimum
    self.terms = terms
    self.pointTerms = pointTerms
    self.isAnnealed = isAnnealed
  }

  /// The same cell with other losses, and the optimum that they show.
  ///
  /// S and V stay those of the first optimum: with an absolute floor they hardly move with it.
  func replacingLosses(_ losses: [Double]) throws(SweepFitError) -> TunedCell {
    let cell = cell.replacingLosses(losses)
    return TunedCell(
      cell: cell, optimum: try SweepOptimum(of: cell), terms: terms,
      pointTerms: pointTerms, isAnnealed: isAnnealed)
  }
}

extension Sweep {
  /// A cell that shows no optimum, and why.
  public struct UntunedCell: Sendable {
    /// The runs.
    public let cell: SweepCell

    /// Why, in a few words.
    public let reason: String
  }

  /// The cells of the sweep with their optima, and those that show none.
  ///
  /// - Returns: both lists in the order of the sweep.
  /// - Complexity: O(T + points²) a cell.
  public func tunedCells() -> (tuned: [TunedCell], untuned: [UntunedCell]) {
    var tuned: [TunedCell] = []
    var untuned: [UntunedCell] = []
    for cell in cells {
      do {
        tuned.append(try TunedCell(of: cell))
      } catch {
        untuned.append(UntunedCell(cell: cell, reason: "\(error)"))
      }
    }
    return (tuned, untuned)
  }
}
