import Glibc
import Numerics
import Runs
import Schedules

extension Calibration {
  /// Fits the exponents to tuned cells, by least squares of ln γ* with a ridge prior at the default rule.
  ///
  /// With several shapes and horizons a, b and c each have the prior's mean and deviation; with one
  /// shape p alone is free, with one horizon a and b alone (``CalibrationPrior``). A cell counts with
  /// the deviation of its optimum, and with that of a schedule that does not anneal where it is one.
  ///
  /// - Parameter cells: cells of at least two schedules or two horizons.
  /// - Throws: ``CalibrationError``.
  /// - Complexity: O(cells²).
  public init(of cells: [TunedCell]) throws {
    guard cells.count >= 2 else { throw CalibrationError.tooFewCells(cells.count) }
    let hasOneHorizon = Set(cells.map(\.cell.steps)).count == 1
    let hasOneShape = try Self.haveOneShape(cells)
    if hasOneHorizon, hasOneShape { throw CalibrationError.noContrast }

    let features = cells.map { Self.features($0.terms, steps: $0.cell.steps) }
    let prior = Exponents(
      stepSum: CalibrationPrior.stepSumExponent, noiseSum: CalibrationPrior.noiseSumExponent,
      horizon: CalibrationPrior.horizonExponent)
    // Directions in (a, b, p) along which the fit may leave the prior, one of the prior's deviations
    // each: of a at fixed c, of b and of −c; or of the free ones of a, b and p.
    let directions: [Exponents]
    if hasOneShape {
      scope = .horizon
      directions = [Exponents(stepSum: 0, noiseSum: 0, horizon: 1)]
    } else if hasOneHorizon {
      scope = .shape
      directions = [
        Exponents(stepSum: 1, noiseSum: 0, horizon: 0),
        Exponents(stepSum: 0, noiseSum: 1, horizon: 0),
      ]
    } else {
      scope = .full
      directions = [
        Exponents(stepSum: 1, noiseSum: 0, horizon: 1),
        Exponents(stepSum: 0, noiseSum: 1, horizon: 0),
        Exponents(stepSum: 0, noiseSum: 0, horizon: 1),
      ]
    }
    let ridge = Ridge(
      rows: features.map { feature in directions.map { feature.times($0) } },
      values: zip(cells, features).map { $0.logOptimum - $1.times(prior) },
      weights: cells.map { 1 / $0.variance(isOneShape: hasOneShape) },
      priorDeviation: CalibrationPrior.exponentDeviation)

    var exponents = prior
    for (coefficient, direction) in zip(ridge.coefficients, directions) {
      exponents.stepSum += coefficient * direction.stepSum
      exponents.noiseSum += coefficient * direction.noiseSum
      exponents.horizon += coefficient * direction.horizon
    }
    var covariance = [[Double]](repeating: [0, 0, 0], count: 3)
    for (first, firstDirection) in directions.enumerated() {
      for (second, secondDirection) in directions.enumerated() {
        for row in 0..<3 {
          for column in 0..<3 {
            covariance[row][column] +=
              firstDirection.array[row] * ridge.covariance[first][second]
              * secondDirection.array[column]
          }
        }
      }
    }
    if scope == .shape {
      let deviation = CalibrationPrior.exponentDeviation
      covariance[2][2] = deviation * deviation
    }
    self.exponents = exponents
    self.covariance = covariance
    logScale = ridge.constant
    shapeDeviation = Self.shapeDeviation(
      residuals: scope == .horizon
        ? [] : zip(ridge.residuals, cells).filter { $0.1.isAnnealed }.map(\.0))
    sources = cells.map {
      Source(
        spec: $0.cell.spec.canonical, steps: $0.cell.steps,
        baseLearningRate: $0.optimum.baseLearningRate)
    }
  }

  /// The prior's deviation, which counts for four cells, together with what the cells are off by.
  private static func shapeDeviation(residuals: [Double]) -> Double {
    let prior = CalibrationPrior.shapeDeviation
    let squares = residuals.reduce(4 * prior * prior) { $0 + $1 * $1 }
    return (squares / Double(4 + residuals.count)).squareRoot()
  }

  private static func haveOneShape(_ cells: [TunedCell]) throws -> Bool {
    let first = cells[0]
    let run = TrainingRun(first.cell.spec, steps: first.cell.steps)
    return try cells.dropFirst().allSatisfy { other in
      try run.hasSameShape(
        as: TrainingRun(other.cell.spec, steps: other.cell.steps),
        baseLearningRates: (first.optimum.baseLearningRate, other.optimum.baseLearningRate))
    }
  }
}

/// An error calibrating with sweeps, with a suggested fix.
public enum CalibrationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Fewer than two cells show an optimum.
  case tooFewCells(Int)

  /// All cells have one shape and one horizon.
  case noContrast

  /// What is wrong.
  public var problem: String {
    switch self {
    case .tooFewCells(let count):
      let cells = count == 1 ? "1 cell shows an optimum" : "\(count) cells show an optimum"
      return "\(cells), and a calibration needs two"
    case .noContrast: return "its cells have one shape and one horizon"
    }
  }

  /// What to do about it.
  public var hint: String {
    "sweep another schedule or horizon, three base learning rates or more"
  }

  /// The error as one line.
  public var description: String { "\(problem); \(hint)" }
}

extension TunedCell {
  /// ln γ*.
  fileprivate var logOptimum: Double { log(optimum.baseLearningRate) }

  /// The variance of ln γ* around the rule.
  fileprivate func variance(isOneShape: Bool) -> Double {
    let sides = optimum.logDeviation
    let deviation = (sides.below + sides.above) / 2
    // With one shape its own error is common to all cells, and part of the scale.
    let shape = isAnnealed || isOneShape ? 0 : CalibrationPrior.notAnnealedDeviation
    return deviation * deviation + shape * shape
  }
}

/// Least squares with a free constant and a prior of mean 0 on every coefficient.
private struct Ridge {
  let coefficients: [Double]
  let constant: Double
  let covariance: [[Double]]
  let residuals: [Double]

  init(rows: [[Double]], values: [Double], weights: [Double], priorDeviation: Double) {
    let total = weights.reduce(0, +)
    func mean(_ numbers: [Double]) -> Double {
      zip(weights, numbers).reduce(0) { $0 + $1.0 * $1.1 } / total
    }
    let count = rows[0].count
    let rowMeans = (0..<count).map { column in mean(rows.map { $0[column] }) }
    let valueMean = mean(values)
    let centred = rows.map { row in (0..<count).map { row[$0] - rowMeans[$0] } }
    var matrix = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
    var right = [Double](repeating: 0, count: count)
    for (row, (value, weight)) in zip(centred, zip(values, weights)) {
      for first in 0..<count {
        right[first] += weight * row[first] * (value - valueMean)
        for second in 0..<count { matrix[first][second] += weight * row[first] * row[second] }
      }
    }
    for index in 0..<count { matrix[index][index] += 1 / (priorDeviation * priorDeviation) }
    guard let factored = PositiveDefiniteMatrix(matrix) else {
      preconditionFailure("a sum of squares with a prior on every coefficient is positive definite")
    }
    let solution = factored.solve(right)
    coefficients = solution
    covariance = factored.inverse
    constant = valueMean - zip(rowMeans, solution).reduce(0) { $0 + $1.0 * $1.1 }
    residuals = zip(centred, values).map { row, value in
      value - valueMean - zip(row, solution).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }
}
