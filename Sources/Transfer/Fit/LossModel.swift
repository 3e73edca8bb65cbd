import Bound
import Glibc
import Numerics

/// The generalised bound: the final loss of a run from its base learning rate, S and V.
///
///     L = C + A·(γS)^−α + B·γ^q·V^r.
///
/// The bound has α = q = r = 1. The optimum is γ* ∝ S^−a·V^−b with a = α/(α + q) and b = r/(α + q).
public struct LossModel: Equatable, Sendable {
  /// C, in nats.
  public let constant: Double

  /// ln A.
  public let logBias: Double

  /// α, positive.
  public let biasExponent: Double

  /// ln B.
  public let logNoise: Double

  /// q, positive.
  public let rateExponent: Double

  /// r, positive.
  public let noiseSumExponent: Double

  /// a = α/(α + q): γ* ∝ S^−a.
  public var optimumStepSumExponent: Double { biasExponent / (biasExponent + rateExponent) }

  /// b = r/(α + q): γ* ∝ V^−b.
  public var optimumNoiseSumExponent: Double { noiseSumExponent / (biasExponent + rateExponent) }

  /// Returns the final loss in nats at a base learning rate, for a schedule with the given S and V.
  public func loss(at baseLearningRate: Double, terms: BoundTerms) -> Double {
    let rate = log(baseLearningRate)
    let bias = logBias - biasExponent * (rate + log(terms.stepSum))
    let noise = logNoise + rateExponent * rate + noiseSumExponent * log(terms.noiseSum)
    return constant + exp(bias) + exp(noise)
  }

  /// Returns γ*, which minimises the loss, for a schedule with the given S and V.
  public func optimalBaseLearningRate(for terms: BoundTerms) -> Double {
    let excess =
      log(biasExponent / rateExponent) + logBias - logNoise - biasExponent * log(terms.stepSum)
      - noiseSumExponent * log(terms.noiseSum)
    return exp(excess / (biasExponent + rateExponent))
  }
}

/// A generalised bound fitted across a sweep's cells, with its errors on seen and unseen cells.
public struct LossModelFit: Sendable {
  /// The fitted model.
  public let model: LossModel

  /// The root mean square of prediction − loss over all points, in nats.
  public let trainingError: Double

  /// The same with each cell predicted from all others; nil with too few points.
  public let heldOutError: Double?

  /// The fewest cells and points: the model has six parameters, three of them with priors.
  public static let fewest = (cells: 2, points: 6)

  /// Fits the model to the cells of one sweep, and again without each cell.
  ///
  /// Nil with fewer than ``fewest`` cells or points, with several batches, which the model does not know, or
  /// if no start converges. Each fit takes twelve starts of O(points).
  public init?(of cells: [TunedCell]) {
    guard !cells.hasSeveralBatches, let model = LossModel(fittedTo: cells)
    else { return nil }
    self.model = model
    trainingError = rootMeanSquare(cells.flatMap { $0.errors(of: model) })
    var errors: [Double]? = []
    for (index, held) in cells.enumerated() {
      var others = cells
      others.remove(at: index)
      errors = LossModel(fittedTo: others).flatMap { partial in
        errors.map { $0 + held.errors(of: partial) }
      }
      if errors == nil { break }
    }
    heldOutError = errors.map(rootMeanSquare).flatMap { $0.isFinite ? $0 : nil }
  }
}

extension LossModel {
  /// The form's own deviation in nats: its error on a sweep of a 124M model.
  static let formDeviation = 0.003

  /// A point's deviation grows by this fraction of its excess loss over its cell's best.
  static let excessFraction = 0.02

  /// The priors of a and b.
  static let exponentPrior = (stepSum: 1.0 / 3, noiseSum: 0.5, deviation: 0.1)

  /// The prior of ln α.
  static let biasExponentPrior = (mean: 0.4, deviation: 0.5)

  /// The Huber threshold in standard deviations.
  private static let robustWidth = 3.0

  init?(fittedTo cells: [TunedCell]) {
    let points = LossPoints(cells)
    guard cells.count >= LossModelFit.fewest.cells,
      points.losses.count >= LossModelFit.fewest.points
    else { return nil }
    var method = NonlinearLeastSquares()
    method.width = Self.robustWidth
    var best: NonlinearLeastSquares.Result?
    for alpha in [0.2, 0.5, 1] {
      for rate in [0.25, 0.5, 1, 2] {
        let found = method.minimise(
          from: points.start(alpha: alpha, rate: rate), count: points.losses.count + 3,
          points.residuals)
        if found.value < best?.value ?? .infinity { best = found }
      }
    }
    guard let best, best.point.allSatisfy(\.isFinite) else { return nil }
    self = points.model(best.point)
  }
}

/// A sweep's points as logarithms relative to their means; parameters C, ln A′, ln α, ln B′, ln q, ln r
/// refer to these.
private struct LossPoints {
  var rates: [Double] = []
  var stepSums: [Double] = []
  var noiseSums: [Double] = []
  var losses: [Double] = []
  var deviations: [Double] = []
  let centre: (rate: Double, stepSum: Double, noiseSum: Double)

  init(_ cells: [TunedCell]) {
    for tuned in cells {
      let best = tuned.cell.points.map(\.loss).min() ?? 0
      let noise = tuned.cell.noise
      for (point, terms) in zip(tuned.cell.points, tuned.pointTerms) {
        rates.append(log(point.baseLearningRate))
        stepSums.append(log(terms.stepSum))
        noiseSums.append(log(terms.noiseSum))
        losses.append(point.loss)
        let excess = LossModel.excessFraction * (point.loss - best)
        let form = LossModel.formDeviation
        deviations.append(
          (noise * noise / Double(point.runs) + form * form + excess * excess).squareRoot())
      }
    }
    func centred(_ values: inout [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(max(1, values.count))
      for index in values.indices { values[index] -= mean }
      return mean
    }
    centre = (centred(&rates), centred(&stepSums), centred(&noiseSums))
  }

  /// A start with given α and q and r = (α + q)/2; the other parameters follow by linear least squares.
  func start(alpha: Double, rate: Double) -> [Double] {
    let exponent = 0.5 * (alpha + rate)
    let rows = losses.indices.map { index in
      [
        1, exp(-alpha * (rates[index] + stepSums[index])),
        exp(rate * rates[index] + exponent * noiseSums[index]),
      ]
    }
    let weights = deviations.map { 1 / ($0 * $0) }
    let least = losses.min() ?? 0
    let range = max((losses.max() ?? 0) - least, LossModel.formDeviation)
    let linear = leastSquares(rows: rows, values: losses, weights: weights)
    // Replace a negative term by a small positive one.
    func positive(_ value: Double?) -> Double { max(value ?? 0, 0.1 * range) }
    return [
      linear?[0] ?? least - range, log(positive(linear?[1])), log(alpha), log(positive(linear?[2])),
      log(rate), log(exponent),
    ]
  }

  /// Standardised residuals, followed by those of the priors of a, b and ln α.
  func residuals(at point: [Double], into residuals: inout NonlinearLeastSquares.Residuals) {
    let (alpha, rate, exponent) = (exp(point[2]), exp(point[4]), exp(point[5]))
    for index in losses.indices {
      let biasLog = rates[index] + stepSums[index]
      let bias = exp(point[1] - alpha * biasLog)
      let noise = exp(point[3] + rate * rates[index] + exponent * noiseSums[index])
      let scale = 1 / deviations[index]
      residuals.values[index] = (point[0] + bias + noise - losses[index]) * scale
      let row = 6 * index
      residuals.jacobian[row] = scale
      residuals.jacobian[row + 1] = bias * scale
      residuals.jacobian[row + 2] = -bias * alpha * biasLog * scale
      residuals.jacobian[row + 3] = noise * scale
      residuals.jacobian[row + 4] = noise * rate * rates[index] * scale
      residuals.jacobian[row + 5] = noise * exponent * noiseSums[index] * scale
    }
    let total = alpha + rate
    let (stepSumPrior, noiseSumPrior, deviation) = LossModel.exponentPrior
    let (stepSum, noiseSum) = (alpha / total, exponent / total)
    let prior = LossModel.biasExponentPrior
    let first = losses.count
    residuals.values[first] = (stepSum - stepSumPrior) / deviation
    residuals.values[first + 1] = (noiseSum - noiseSumPrior) / deviation
    residuals.values[first + 2] = (point[2] - log(prior.mean)) / prior.deviation
    for entry in 6 * first..<6 * (first + 3) { residuals.jacobian[entry] = 0 }
    // da/d ln α = −da/d ln q = a(1 − a); db/d ln r = b, db/d ln α = −ba, db/d ln q = −b(1 − a).
    residuals.jacobian[6 * first + 2] = stepSum * (1 - stepSum) / deviation
    residuals.jacobian[6 * first + 4] = -stepSum * (1 - stepSum) / deviation
    residuals.jacobian[6 * first + 8] = -noiseSum * stepSum / deviation
    residuals.jacobian[6 * first + 10] = -noiseSum * (1 - stepSum) / deviation
    residuals.jacobian[6 * first + 11] = noiseSum / deviation
    residuals.jacobian[6 * first + 14] = 1 / prior.deviation
  }

  func model(_ point: [Double]) -> LossModel {
    let (alpha, rate, exponent) = (exp(point[2]), exp(point[4]), exp(point[5]))
    return LossModel(
      constant: point[0], logBias: point[1] + alpha * (centre.rate + centre.stepSum),
      biasExponent: alpha,
      logNoise: point[3] - rate * centre.rate - exponent * centre.noiseSum, rateExponent: rate,
      noiseSumExponent: exponent)
  }
}

extension TunedCell {
  fileprivate func errors(of model: LossModel) -> [Double] {
    zip(cell.points, pointTerms).map { point, terms in
      model.loss(at: point.baseLearningRate, terms: terms) - point.loss
    }
  }
}

/// √(Σ x²/n); 0 for no values.
func rootMeanSquare(_ values: [Double]) -> Double {
  (values.reduce(0) { $0 + $1 * $1 } / Double(max(1, values.count))).squareRoot()
}
