import Glibc
import Numerics
import Schedules
import Support

extension Calibration {
  /// Fits the exponents by least squares of ln γ*, with a ridge prior at the default rule.
  ///
  /// With several shapes and horizons a, b and c have the prior (``CalibrationPrior``); with one shape
  /// only p is free, with one horizon only a and b. Each cell is weighted by its optimum's deviation,
  /// plus the prior's for schedules that do not anneal. Throws `InputError` unless the cells have two
  /// schedules or horizons. Takes O(cells²).
  public init(of cells: [TunedCell]) throws {
    let scope = try Self.scope(of: cells)
    let features = cells.map { Self.features($0.runTerms) }
    let prior = [
      CalibrationPrior.stepSumExponent, CalibrationPrior.noiseSumExponent,
      CalibrationPrior.horizonExponent,
    ]
    let directions = scope.directions
    let ridge = Ridge(
      rows: features.map { feature in directions.map { dot(feature, $0) } },
      values: zip(cells, features).map { $0.logOptimum - dot($1, prior) },
      weights: cells.map { 1 / $0.variance(isOneShape: scope == .horizon) },
      priorDeviation: CalibrationPrior.exponentDeviation)

    var exponents = prior
    for (coefficient, direction) in zip(ridge.coefficients, directions) {
      for index in 0..<3 { exponents[index] += coefficient * direction[index] }
    }
    let residuals =
      scope == .horizon ? [] : zip(ridge.residuals, cells).filter { $0.1.isAnnealed }.map(\.0)
    self.init(
      scope: scope, exponents: Exponents(exponents),
      covariance: Self.covariance(ridge.covariance, scope: scope),
      shapeDeviation: Self.shapeDeviation(residuals: residuals), logScale: ridge.constant,
      sources: cells.map {
        Source(
          spec: $0.cell.spec.canonical, steps: $0.cell.steps,
          baseLearningRate: $0.optimum.baseLearningRate)
      })
  }

  private static func scope(of cells: [TunedCell]) throws -> Scope {
    let hint = "sweep another schedule or horizon, three base learning rates or more"
    guard let first = cells.first, cells.count >= 2 else {
      let shown =
        cells.count == 1 ? "1 cell shows an optimum" : "\(cells.count) cells show an optimum"
      throw InputError(problem: "\(shown), and a calibration needs two", hint: hint)
    }
    let hasOneHorizon = Set(cells.map(\.cell.steps)).count == 1
    let hasOneShape = try cells.dropFirst().allSatisfy { other in
      try first.run.hasSameShape(
        as: other.run,
        baseLearningRates: (first.optimum.baseLearningRate, other.optimum.baseLearningRate))
    }
    if hasOneHorizon, hasOneShape {
      throw InputError(problem: "its cells have one shape and one horizon", hint: hint)
    }
    return hasOneShape ? .horizon : hasOneHorizon ? .shape : .full
  }

  private static func covariance(_ coefficients: SquareMatrix, scope: Scope) -> [[Double]] {
    let directions = scope.directions
    var covariance = [[Double]](repeating: [0, 0, 0], count: 3)
    for (first, firstDirection) in directions.enumerated() {
      for (second, secondDirection) in directions.enumerated() {
        for row in 0..<3 {
          for column in 0..<3 {
            covariance[row][column] +=
              firstDirection[row] * coefficients[first, second] * secondDirection[column]
          }
        }
      }
    }
    if scope == .shape {
      let deviation = CalibrationPrior.exponentDeviation
      covariance[2][2] = deviation * deviation
    }
    return covariance
  }

  /// The root mean square of the prior's deviation, counted as four cells, and the cells' errors.
  private static func shapeDeviation(residuals: [Double]) -> Double {
    let prior = CalibrationPrior.shapeDeviation
    let squares = residuals.reduce(4 * prior * prior) { $0 + $1 * $1 }
    return (squares / Double(4 + residuals.count)).squareRoot()
  }
}

extension Calibration.Scope {
  /// The directions in (a, b, p) that a fit may vary, scaled by the prior's deviation.
  fileprivate var directions: [[Double]] {
    switch self {
    case .horizon: return [[0, 0, 1]]
    case .shape: return [[1, 0, 0], [0, 1, 0]]
    case .full: return [[1, 0, 1], [0, 1, 0], [0, 0, 1]]
    }
  }
}

extension TunedCell {
  var logOptimum: Double { log(optimum.baseLearningRate) }

  var runTerms: RunTerms { RunTerms(terms, at: run.horizon) }

  fileprivate func variance(isOneShape: Bool) -> Double {
    let sides = optimum.logDeviation
    let deviation = (sides.below + sides.above) / 2
    // With one shape, its error is common to all cells and belongs to the scale.
    let shape = isAnnealed || isOneShape ? 0 : CalibrationPrior.notAnnealedDeviation
    return deviation * deviation + shape * shape
  }
}

/// Least squares with a free constant and a zero-mean prior on every coefficient.
private struct Ridge {
  let coefficients: [Double]
  let constant: Double
  let covariance: SquareMatrix
  let residuals: [Double]

  init(rows: [[Double]], values: [Double], weights: [Double], priorDeviation: Double) {
    let total = weights.reduce(0, +)
    func mean(_ numbers: [Double]) -> Double { dot(weights, numbers) / total }
    let count = rows[0].count
    let rowMeans = (0..<count).map { column in mean(rows.map { $0[column] }) }
    let valueMean = mean(values)
    let centred = rows.map { row in (0..<count).map { row[$0] - rowMeans[$0] } }
    var matrix = SquareMatrix(size: count)
    var right = [Double](repeating: 0, count: count)
    for (row, (value, weight)) in zip(centred, zip(values, weights)) {
      for first in 0..<count {
        right[first] += weight * row[first] * (value - valueMean)
        for second in 0..<count { matrix[first, second] += weight * row[first] * row[second] }
      }
    }
    for index in 0..<count { matrix[index, index] += 1 / (priorDeviation * priorDeviation) }
    guard let factored = CholeskyFactor(of: matrix) else {
      preconditionFailure("a sum of squares with a prior on every coefficient is positive definite")
    }
    let solution = factored.solve(right)
    coefficients = solution
    covariance = factored.inverse
    constant = valueMean - dot(rowMeans, solution)
    residuals = zip(centred, values).map { $1 - valueMean - dot($0, solution) }
  }
}
