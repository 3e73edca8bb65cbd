import Glibc
import Runs

/// How far each cell's optimum is from what the other cells' calibration says of it.
public struct CalibrationCheck: Sendable {
  /// ln(predicted/measured), cell by cell.
  public let errors: [Double]

  /// The root mean square of the errors.
  public var error: Double { rootMeanSquare(errors) }

  /// Leaves out each cell in turn; nil where the others calibrate nothing.
  ///
  /// - Parameter cells: those that were calibrated with.
  /// - Complexity: O(cells²).
  public init?(of cells: [TunedCell]) {
    var errors: [Double] = []
    for (index, held) in cells.enumerated() {
      var others = cells
      others.remove(at: index)
      guard let calibration = try? Calibration(of: others) else { return nil }
      let predicted = calibration.logBaseLearningRate(for: held.terms, steps: held.cell.steps)
      errors.append(predicted - log(held.optimum.baseLearningRate))
    }
    guard !errors.isEmpty else { return nil }
    self.errors = errors
  }
}
