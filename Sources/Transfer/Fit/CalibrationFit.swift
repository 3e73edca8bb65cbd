import Glibc
import Numerics
import Schedules
import Support

extension Calibration {
  /// Fits the exponents, and with several batches c of the critical batch, to tuned cells.
  ///
  /// The posterior is that of ``CalibrationPrior``; each cell has the variance of its optimum, and more if
  /// it does not anneal. Throws `InputError` if the cells teach nothing that the law does not know, or if
  /// only some of them have a batch. Takes O(cells) per grid point.
  public init(of cells: [TunedCell]) throws {
    let scope = try Self.scope(of: cells)
    let isOneShape = !scope.free.contains(0)
    let observations = cells.map { cell in
      CalibrationPosterior.Observation(
        features: Self.features(cell.runTerms), horizon: cell.run.horizon,
        logOptimum: cell.logOptimum, variance: cell.variance(isOneShape: isOneShape))
    }
    let start = isOneShape ? [0.5, 0.5, 0] : CalibrationPrior.mean.array
    let isLawFitted = cells.hasSeveralBatches
    let posterior = CalibrationPosterior(
      of: observations, free: scope.free, isConstantFree: isLawFitted, start: start)
    let law = isLawFitted ? HorizonBatchLaw(constant: exp(posterior.mean[3])) : HorizonBatchLaw()
    let exponents = Exponents(posterior.mean)
    let weights = observations.map { 1 / ($0.variance + posterior.discrepancyVariance) }
    let scales = observations.map {
      $0.logOptimum - law.logRate(at: $0.horizon) - dot($0.features, exponents.array)
    }
    self.init(
      scope: scope, exponents: exponents, law: law,
      covariance: (0..<4).map { row in (0..<4).map { posterior.covariance[row, $0] } },
      shapeDeviation: isOneShape
        ? TransferUncertainty.otherShape : posterior.discrepancyVariance.squareRoot(),
      logScale: dot(weights, scales) / weights.reduce(0, +),
      sources: cells.map {
        Source(
          spec: $0.cell.spec.canonical, steps: $0.cell.steps, batchTokens: $0.cell.batchTokens,
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
    let horizons = cells.map(\.run.horizon)
    let batches = Set(horizons.map(\.batchTokens))
    if batches.count > 1, batches.contains(nil) {
      throw InputError(
        .contents, problem: "some of its cells have a batch and others have none",
        hint: "give batch_tokens for all runs or for none")
    }
    let hasOneShape = try cells.dropFirst().allSatisfy { other in
      try first.run.hasSameShape(
        as: other.run,
        baseLearningRates: (first.optimum.baseLearningRate, other.optimum.baseLearningRate))
    }
    let teaches = teachesHorizon(horizons)
    if hasOneShape, !teaches, batches.count == 1 {
      let one = Set(horizons.map(\.steps)).count == 1
      throw InputError(
        problem: one
          ? "its cells have one shape and one horizon"
          : "its cells have one shape, and too few horizons to teach more than the law knows",
        hint: one
          ? hint : "sweep another schedule, or three horizons over a factor of \(leastSpan)")
    }
    return hasOneShape ? (teaches ? .horizon : .batch) : teaches ? .full : .shape
  }
}

extension TunedCell {
  var logOptimum: Double { log(optimum.baseLearningRate) }

  var runTerms: RunTerms { RunTerms(terms, at: run.horizon) }

  fileprivate func variance(isOneShape: Bool) -> Double {
    let sides = optimum.logDeviation
    let deviation = (sides.below + sides.above) / 2
    // With one shape, the end's error is common to all cells and belongs to the scale.
    let end = isOneShape ? 0 : endDeviation
    return deviation * deviation + end * end
  }
}

/// The prior of a calibration: exponents, discrepancy and the constant of the critical batch.
///
/// The exponents' prior is the spread of the solvable model of SGD over its tasks. It is wide along a + b,
/// which sweeps of few shapes hardly determine, and narrow across it.
public enum CalibrationPrior {
  /// The means of a, b and δ.
  public static let mean = Calibration.Exponents(stepSum: 0.24, noiseSum: 0.70, horizonOffset: 0)

  /// The standard deviations of a, b and δ.
  public static let deviation = Calibration.Exponents(
    stepSum: 0.69, noiseSum: 0.55, horizonOffset: 0.12)

  /// The correlations of a, b and δ.
  public static let correlation = [[1, -0.96, 0.49], [-0.96, 1, -0.36], [0.49, -0.36, 1]]

  /// The standard deviations of ln γ* that a cell may have beyond its own, with their weights.
  public static let discrepancies = [
    (deviation: 0.1, weight: 0.6), (deviation: 0.2, weight: 0.3), (deviation: 0.4, weight: 0.1),
  ]

  /// The grid of ln c with the logarithms of its weights, three standard deviations to either side.
  static let logConstants: [(value: Double, logWeight: Double)] = (-30...30).map { index in
    let width = Double(index) / 10
    return (
      log(HorizonBatchLaw.usualConstant) + width * HorizonBatchLaw.constantDeviation,
      -width * width / 2
    )
  }

  /// The prior precision of some of a, b and δ.
  static func precision(of free: [Int]) -> SquareMatrix {
    let sd = deviation.array
    let covariance = SquareMatrix(
      size: free.count,
      entries: free.flatMap { row in
        free.map { sd[row] * correlation[row][$0] * sd[$0] }
      })
    guard let factor = CholeskyFactor(of: covariance) else {
      preconditionFailure("the prior's covariance is positive definite")
    }
    return factor.inverse
  }
}

/// The posterior of a, b, δ and ln c, averaged over the discrepancy and c.
///
/// At one discrepancy and one c the model is linear with normal errors, its scale has a flat prior, and
/// posterior and marginal likelihood have closed forms. The average weighs each by its prior times its
/// marginal likelihood.
struct CalibrationPosterior {
  /// One tuned cell.
  struct Observation {
    /// The factors of a, b and δ in ln γ*.
    let features: [Double]

    let horizon: Horizon
    let logOptimum: Double

    /// The variance of ln γ*, without discrepancy.
    let variance: Double
  }

  private struct Component {
    let logWeight: Double

    /// a, b, δ and ln c beyond the start.
    let change: [Double]

    let covariance: SquareMatrix
    let discrepancyVariance: Double
  }

  /// a, b, δ and ln c.
  private(set) var mean: [Double]

  /// Their covariance; 0 for fixed ones.
  private(set) var covariance = SquareMatrix(size: 4)

  /// The mean square of the discrepancy.
  private(set) var discrepancyVariance = 0.0

  /// Takes O(observations·grid) time; `start` holds the values of exponents that are not free.
  init(
    of observations: [Observation], free: [Int], isConstantFree: Bool, start: [Double]
  ) {
    mean = start + [log(HorizonBatchLaw.usualConstant)]
    let constants =
      isConstantFree ? CalibrationPrior.logConstants : [(mean[3], 0)]
    let values = constants.map { constant in
      let law = HorizonBatchLaw(constant: exp(constant.value))
      return observations.map {
        $0.logOptimum - law.logRate(at: $0.horizon) - dot($0.features, start)
      }
    }
    let rows = observations.map { observation in free.map { observation.features[$0] } }
    let precision = CalibrationPrior.precision(of: free)
    var components: [Component] = []
    for discrepancy in CalibrationPrior.discrepancies {
      let variance = discrepancy.deviation * discrepancy.deviation
      let fit = WeightedFit(
        rows: rows, weights: observations.map { 1 / ($0.variance + variance) },
        precision: precision)
      var covariance = SquareMatrix(size: 4)
      for (row, place) in free.enumerated() {
        for (column, other) in free.enumerated() {
          covariance[place, other] = fit.covariance[row, column]
        }
      }
      for (constant, values) in zip(constants, values) {
        let (solution, logLikelihood) = fit.solve(values)
        var change = [0, 0, 0, constant.value - mean[3]]
        for (place, value) in zip(free, solution) { change[place] = value }
        components.append(
          Component(
            logWeight: log(discrepancy.weight) + constant.logWeight + logLikelihood, change: change,
            covariance: covariance, discrepancyVariance: variance))
      }
    }
    average(components)
  }

  private mutating func average(_ components: [Component]) {
    let most = components.map(\.logWeight).max() ?? 0
    let weights = components.map { exp($0.logWeight - most) }
    let total = weights.reduce(0, +)
    var centre = [Double](repeating: 0, count: 4)
    for (component, weight) in zip(components, weights) {
      for index in 0..<4 { centre[index] += weight / total * component.change[index] }
      discrepancyVariance += weight / total * component.discrepancyVariance
    }
    for (component, weight) in zip(components, weights) {
      let shift = zip(component.change, centre).map { $0 - $1 }
      for row in 0..<4 {
        for column in 0..<4 {
          covariance[row, column] +=
            weight / total * (component.covariance[row, column] + shift[row] * shift[column])
        }
      }
    }
    mean = zip(mean, centre).map { $0 + $1 }
  }
}

/// Weighted least squares with a free constant and a zero-mean normal prior on the coefficients.
private struct WeightedFit {
  let covariance: SquareMatrix
  private let rows: [[Double]]
  private let weights: [Double]
  private let factor: CholeskyFactor

  /// The terms of the marginal likelihood that do not depend on the values.
  private let logNormalisation: Double

  init(rows: [[Double]], weights: [Double], precision: SquareMatrix) {
    let total = weights.reduce(0, +)
    let count = precision.size
    let means = (0..<count).map { column in dot(weights, rows.map { $0[column] }) / total }
    let centred = rows.map { row in zip(row, means).map { $0 - $1 } }
    var matrix = precision
    for (row, weight) in zip(centred, weights) {
      for first in 0..<count {
        for second in 0..<count { matrix[first, second] += weight * row[first] * row[second] }
      }
    }
    guard let factor = CholeskyFactor(of: matrix) else {
      preconditionFailure("a sum of squares with a prior on every coefficient is positive definite")
    }
    (self.rows, self.weights, self.factor) = (centred, weights, factor)
    covariance = factor.inverse
    logNormalisation =
      (weights.reduce(0) { $0 + log($1) } - log(total) - factor.logDeterminant) / 2
  }

  /// Returns the coefficients' posterior mean, and the log marginal likelihood up to a constant.
  func solve(_ values: [Double]) -> (mean: [Double], logLikelihood: Double) {
    let centre = dot(weights, values) / weights.reduce(0, +)
    let centred = values.map { $0 - centre }
    let weighted = zip(weights, centred).map { $0 * $1 }
    let right = (0..<covariance.size).map { column in dot(weighted, rows.map { $0[column] }) }
    let mean = factor.solve(right)
    return (mean, logNormalisation - (dot(weighted, centred) - dot(right, mean)) / 2)
  }
}
