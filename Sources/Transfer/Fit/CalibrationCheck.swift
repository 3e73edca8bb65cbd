import Glibc
import Numerics

/// The error of predicting each cell's optimum from the other cells' calibration.
public struct CalibrationCheck: Sendable {
  /// ln(predicted/measured), cell by cell.
  public let errors: [Double]

  /// The root mean square of the errors.
  public var error: Double { rootMeanSquare(errors) }

  /// Leaves out each cell in turn; nil if the others cannot be calibrated.
  public init?(of cells: [TunedCell]) {
    // Without its only cell with a batch, a sweep that cannot be calibrated could be.
    guard (try? Calibration(of: cells)) != nil else { return nil }
    var errors: [Double] = []
    for (index, held) in cells.enumerated() {
      var others = cells
      others.remove(at: index)
      guard let calibration = try? Calibration(of: others) else { return nil }
      errors.append(calibration.logBaseLearningRate(for: held.runTerms) - held.logOptimum)
    }
    guard !errors.isEmpty else { return nil }
    self.errors = errors
  }
}

/// The effect of the runs' noise on a calibration's exponents, by a parametric bootstrap.
///
/// Each sample adds normal noise to every final loss, then fits optima and exponents again.
public struct CalibrationSpread: Sendable {
  /// The standard deviations of a, b and δ over the samples.
  public let deviations: Calibration.Exponents

  /// The standard deviation of each cell's ln γ* over the samples in which it has an optimum.
  public let optimumDeviations: [Double]

  /// The number of samples in which every cell has an optimum.
  public let samples: Int

  /// Bootstraps a calibration with at least 2 samples; equal seeds give equal results.
  public init(of cells: [TunedCell], samples: Int = 200, seed: UInt64 = 1) throws {
    precondition(samples >= 2, "a spread needs two samples")
    var random = SplitMix64(seed: seed)
    var exponents: [[Double]] = []
    var optima = [[Double]](repeating: [], count: cells.count)
    for _ in 0..<samples {
      var moved: [TunedCell] = []
      for (index, tuned) in cells.enumerated() {
        let losses = tuned.cell.points.map { point in
          point.loss + tuned.cell.noise / Double(point.runs).squareRoot() * random.nextNormal()
        }
        guard let cell = try? tuned.replacingLosses(losses) else { continue }
        optima[index].append(cell.logOptimum)
        moved.append(cell)
      }
      if moved.count == cells.count { exponents.append(try Calibration(of: moved).exponents.array) }
    }
    self.samples = exponents.count
    deviations = Calibration.Exponents(
      (0..<3).map { index in Self.deviation(exponents.map { $0[index] }) })
    optimumDeviations = optima.map(Self.deviation)
  }

  private static func deviation(_ values: [Double]) -> Double {
    guard values.count >= 2 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }
}
