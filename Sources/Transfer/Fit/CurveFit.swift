import Glibc
import Numerics
import Runs
import Support

/// A law fitted to whole loss curves.
///
/// Residuals of ln L are robust beyond 10⁻³ (Huber). Each start of the law is tried with several α, with
/// linear coefficients from least squares.
public struct CurveFit: Sendable {
  /// A parameter of the law.
  public struct Parameter: Equatable, Sendable {
    /// Its published name.
    public let name: String

    /// Its value.
    public let value: Double
  }

  /// The law.
  public let law: CurveLaw

  /// Its parameters.
  public let parameters: [Parameter]

  /// The root mean square of prediction − loss over the fitted rows, in nats.
  public let trainingError: Double

  /// The number of fitted rows.
  public let rows: Int

  /// L0, ln A, ln α, ln K and θ.
  private let point: [Double]

  /// The Huber threshold for residuals of ln L.
  static let robustWidth = 1e-3

  private static let exponentStarts = [0.2, 0.5, 1.0]

  /// Fits a law to one or more curves; nil if no start leads to finite losses.
  ///
  /// Rows that a later curve repeats are fitted once. `progress` receives the number of each start and
  /// their count. Takes some hundred passes over the curves per start, each O(rows²) for the multi-power
  /// law.
  public init?(
    _ law: CurveLaw, to curves: [LossCurve], progress: (Int, Int) -> Void = { _, _ in }
  ) {
    let kept = curves.indices.map { curves[$0].rowsNotRepeated(from: Array(curves[..<$0])) }
    let count = kept.reduce(0) { $0 + $1.count }
    let problem = Problem(
      law: law, curves: Array(zip(curves.map { CurveTerms(of: $0) }, kept)))
    var method = NonlinearLeastSquares()
    method.width = 1
    method.tolerance = 1e-9
    let starts = law.starts.flatMap { theta in Self.exponentStarts.map { ($0, theta) } }
    var best: NonlinearLeastSquares.Result?
    for (index, start) in starts.enumerated() {
      progress(index + 1, starts.count)
      guard let point = problem.start(exponent: start.0, theta: start.1) else { continue }
      let found = method.minimise(from: point, count: count + law.priors.count, problem.residuals)
      if found.value < best?.value ?? .infinity { best = found }
    }
    guard let best, best.value.isFinite else { return nil }
    self.law = law
    point = best.point
    rows = count
    parameters = law.parameters(
      (best.point[0], exp(best.point[1]), exp(best.point[2]), exp(best.point[3])),
      Array(best.point.dropFirst(4)))
    trainingError = rootMeanSquare(
      problem.curves.flatMap { curve, rows in
        let losses = problem.losses(of: curve, at: best.point)
        return rows.map { losses[$0] - curve.losses[$0] }
      })
  }

  /// Returns the predicted losses, in nats, of a curve with the same model and peak learning rate.
  public func losses(of curve: LossCurve) -> [Double] {
    Problem(law: law, curves: []).losses(of: CurveTerms(of: curve), at: point)
  }

  /// Returns the score on the rows of a curve that the training curves do not contain; nil if there are
  /// none.
  public func score(on curve: LossCurve, unseenIn training: [LossCurve]) -> Score? {
    let rows = curve.rowsUnseen(in: training)
    guard let last = rows.last else { return nil }
    let losses = losses(of: curve)
    let errors = rows.map { losses[$0] - curve.losses[$0] }
    return Score(
      rows: rows.count, error: rootMeanSquare(errors), worst: errors.map(abs).max() ?? 0,
      last: losses[last] - curve.losses[last])
  }

  /// The errors of a law on a curve.
  public struct Score: Sendable {
    /// The number of scored rows.
    public let rows: Int

    /// The root mean square of prediction − loss, in nats.
    public let error: Double

    /// The largest |prediction − loss|.
    public let worst: Double

    /// Prediction − loss at the last row.
    public let last: Double
  }
}

/// Several laws fitted to the same loss curves, with their scores on others.
public struct CurveLawComparison: Sendable {
  /// A fitted law with its scores.
  public struct Entry: Sendable {
    /// The fitted law.
    public let fit: CurveFit

    /// Its score on each scored curve; nil for curves without unseen rows.
    public let scores: [CurveFit.Score?]
  }

  /// The laws that could be fitted, in the order of ``CurveLaw``.
  public let entries: [Entry]

  /// The laws that could not be fitted.
  public let diagnostics: [Diagnostic]

  /// Fits every law to the same curves and scores it on others, if any.
  ///
  /// `progress` receives the law, the number of each start and their count. Throws `InputError` of kind
  /// `unanswerable` if no law fits.
  public init(
    fittedTo curves: [LossCurve], scoredOn scored: [LossCurve],
    progress: (CurveLaw, Int, Int) -> Void = { _, _, _ in }
  ) throws(InputError) {
    var entries: [Entry] = []
    var diagnostics: [Diagnostic] = []
    for law in CurveLaw.allCases {
      if let fit = CurveFit(law, to: curves, progress: { progress(law, $0, $1) }) {
        entries.append(
          Entry(fit: fit, scores: scored.map { fit.score(on: $0, unseenIn: curves) }))
      } else {
        diagnostics.append(
          Diagnostic(
            code: "no-fit", message: "the law '\(law.rawValue)' could not be fitted from any start")
        )
      }
    }
    guard !entries.isEmpty else {
      throw InputError(
        .unanswerable, problem: "no law fits the curves",
        hint: "check their learning rates and losses")
    }
    (self.entries, self.diagnostics) = (entries, diagnostics)
  }
}

private struct Problem {
  let law: CurveLaw
  let curves: [(curve: CurveTerms, rows: [Int])]

  func losses(of curve: CurveTerms, at point: [Double]) -> [Double] {
    let term = law.annealing(of: curve, at: Array(point.dropFirst(4)))
    let exponent = exp(point[2])
    let gain = law.sign * exp(point[3])
    return zip(curve.stepSums, term.values).map { sum, value in
      point[0] + exp(point[1] - exponent * log(sum)) + gain * value
    }
  }

  /// The linear coefficients by least squares; wrong signs become small values of the right sign.
  func start(exponent: Double, theta: [Double]) -> [Double]? {
    var rows: [[Double]] = []
    var values: [Double] = []
    for (curve, kept) in curves {
      let term = law.annealing(of: curve, at: theta)
      for row in kept {
        rows.append([1, pow(curve.stepSums[row], -exponent), law.sign * term.values[row]])
        values.append(curve.losses[row])
      }
    }
    guard let least = values.min(), let most = values.max(), rows.allSatisfy({ $0[2].isFinite })
    else { return nil }
    let range = max(most - least, 1e-3)
    func size(_ column: Int) -> Double { rows.reduce(0) { max($0, abs($1[column])) } }
    let linear = leastSquares(
      rows: rows, values: values, weights: [Double](repeating: 1, count: values.count))
    func positive(_ column: Int) -> Double {
      let smallest = 0.01 * range / max(size(column), 1e-300)
      return max(linear?[column] ?? 0, smallest)
    }
    var point = [linear?[0] ?? 0.9 * least, log(positive(1)), log(exponent), log(positive(2))]
    if point[0] <= 0 { point[0] = 0.5 * least }
    return point + theta
  }

  /// Residuals of ln L in units of the Huber threshold, followed by those of the priors.
  func residuals(at point: [Double], into residuals: inout NonlinearLeastSquares.Residuals) {
    let parameters = point.count
    let exponent = exp(point[2])
    let gain = law.sign * exp(point[3])
    let unit = 1 / CurveFit.robustWidth
    var index = 0
    for (curve, kept) in curves {
      let term = law.annealing(of: curve, at: Array(point.dropFirst(4)))
      for row in kept {
        let logSum = log(curve.stepSums[row])
        let bias = exp(point[1] - exponent * logSum)
        let annealed = gain * term.values[row]
        let loss = point[0] + bias + annealed
        residuals.values[index] = unit * log(loss / curve.losses[row])
        let slope = unit / loss
        let first = index * parameters
        residuals.jacobian[first] = slope
        residuals.jacobian[first + 1] = slope * bias
        residuals.jacobian[first + 2] = -slope * bias * exponent * logSum
        residuals.jacobian[first + 3] = slope * annealed
        for extra in 0..<parameters - 4 {
          residuals.jacobian[first + 4 + extra] =
            slope * gain * term.derivatives[row * (parameters - 4) + extra]
        }
        index += 1
      }
    }
    for (extra, prior) in law.priors.enumerated() {
      residuals.values[index] = (point[4 + extra] - prior.mean) / prior.deviation
      for column in 0..<parameters {
        residuals.jacobian[index * parameters + column] =
          column == 4 + extra ? 1 / prior.deviation : 0
      }
      index += 1
    }
  }
}
