import Glibc
import Numerics

/// How far each cell's optimum is from its prediction by the other cells' calibration.
public struct CalibrationCheck: Sendable {
  /// ln(predicted/measured), cell by cell.
  public let errors: [Double]

  /// The root mean square of the errors.
  public var error: Double { rootMeanSquare(errors) }

  /// Leaves out each cell in turn; nil where the others cannot be calibrated.
  ///
  /// - Parameter cells: those behind the calibration.
  /// - Complexity: O(cells²).
  public init?(of cells: [TunedCell]) {
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

/// How far the exponents of a calibration move with the noise of the runs, by a parametric bootstrap.
///
/// Every final loss is moved by a normal number with the loss's standard deviation, the optima are read
/// off again and the exponents fitted again.
public struct CalibrationSpread: Sendable {
  /// The standard deviations of a, b and p over the samples.
  public let deviations: Calibration.Exponents

  /// The standard deviation of each cell's ln γ* over the samples in which it shows an optimum.
  public let optimumDeviations: [Double]

  /// The number of samples in which every cell showed an optimum.
  public let samples: Int

  /// Bootstraps a calibration.
  ///
  /// - Parameters:
  ///   - cells: those behind the calibration.
  ///   - samples: how many times the losses are moved, at least 2.
  ///   - seed: of the noise; the same seed gives the same spread.
  /// - Throws: `InputError`.
  /// - Complexity: O(samples·cells).
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
