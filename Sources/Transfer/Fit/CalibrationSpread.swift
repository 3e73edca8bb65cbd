import Glibc
import Numerics
import Runs

/// How far the exponents of a calibration move with the noise of the runs: a parametric bootstrap.
///
/// Every final loss is moved by a normal number with the standard deviation of the mean it is, the
/// optima are read off anew and the exponents fitted again.
public struct CalibrationSpread: Sendable {
  /// The standard deviations of a, b and p over the samples.
  public let deviations: Calibration.Exponents

  /// The standard deviation of ln γ* of each cell over the samples in which it shows an optimum.
  public let optimumDeviations: [Double]

  /// In how many samples every cell showed an optimum.
  public let samples: Int

  /// Bootstraps a calibration.
  ///
  /// - Parameters:
  ///   - cells: those that were calibrated with.
  ///   - samples: how many times the losses are moved, at least 2.
  ///   - seed: of the noise; the same seed gives the same spread.
  /// - Throws: ``CalibrationError``.
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
        optima[index].append(log(cell.optimum.baseLearningRate))
        moved.append(cell)
      }
      if moved.count == cells.count { exponents.append(try Calibration(of: moved).exponents.array) }
    }
    self.samples = exponents.count
    let deviations = (0..<3).map { index in Self.deviation(exponents.map { $0[index] }) }
    self.deviations = Calibration.Exponents(
      stepSum: deviations[0], noiseSum: deviations[1], horizon: deviations[2])
    optimumDeviations = optima.map(Self.deviation)
  }

  private static func deviation(_ values: [Double]) -> Double {
    guard values.count >= 2 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }
}
