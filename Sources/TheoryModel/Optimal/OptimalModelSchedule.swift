import Glibc
import Numerics
import Support

/// The learning rates that minimise the final loss of the recursion itself.
///
/// A quasi-Newton search in ln η uses the adjoint's slopes, from the semi-analytic schedule. Learning rates
/// are capped: without a cap optima have spikes, like Chebyshev's steps, that no real problem would bear.
public struct OptimalModelSchedule: Sendable {
  /// η_1 … η_T.
  public let learningRates: [Double]

  /// L_T − σ².
  public let excess: Double

  /// The learning-rate cap.
  public let cap: Double

  /// The largest |∂ ln(L_T − σ²)/∂ ln η_t| over the free steps.
  public let projectedGradient: Double

  /// The number of iterations.
  public let iterations: Int

  /// −dL_T/dT at each step, η_t·(2·B_t − η_t·D_t): in the limit of small learning rates constant along the
  /// optimum, capped or not, and so a certificate.
  public let firstIntegral: [Double]

  /// The largest |η_t/(B_t/D_t) − 1| over the steps below the cap.
  public let coordinateResidual: Double

  /// −d ln(L_T − σ²)/d ln T at this T, by the first integral in the middle of the run.
  public var localExponent: Double {
    Double(learningRates.count) * firstIntegral[firstIntegral.count / 2] / excess
  }

  /// Whether the search converged: a projected gradient of at most 10⁻⁵/T.
  public var isConverged: Bool {
    excess.isFinite && projectedGradient <= 1e-5 / Double(learningRates.count)
  }

  /// The fraction of steps with a learning rate below half the cap.
  public var annealedFraction: Double {
    Double(learningRates.filter { $0 < cap / 2 }.count) / Double(learningRates.count)
  }

  /// The longest supported run.
  public static let mostSteps = 200_000

  /// Searches the optimum over T steps, 1 to 200,000, under a cap, by default the stability edge.
  ///
  /// Starts from the semi-analytic schedule or the given positive learning rates. `progress` gets each iteration's
  /// number and excess, and stops the search by returning false. Takes 10 to 100 iterations of O(T·modes).
  public init(
    for model: FeatureModel, steps: Int, cap: Double? = nil, start: [Double]? = nil,
    recursion: Recursion = .exact, progress: (Int, Double) -> Bool = { _, _ in true }
  ) throws(InputError) {
    try InputError.check(steps: steps, most: Self.mostSteps)
    let cap = try model.usableCap(cap)
    let limit = try SemiAnalyticSchedule(for: model, steps: Double(steps), cap: cap)
    let start = start ?? limit.learningRates
    precondition(start.count == steps, "one learning rate per step")
    for (index, rate) in start.enumerated() where !(rate > 0 && rate <= 1e50) {
      throw .learningRate(rate, at: index)
    }
    let bound = log(cap)
    var rates = start
    func logarithmOfExcess(_ point: [Double], _ gradient: inout [Double]) -> Double {
      for (index, logarithm) in point.enumerated() {
        rates[index] = logarithm >= bound ? cap : exp(logarithm)
      }
      let slopes = FinalLossGradient(unchecked: model, rates, batches: nil, recursion: recursion)
      for index in point.indices {
        gradient[index] = rates[index] * slopes.rateSlopes[index] / slopes.excess
      }
      return log(slopes.excess)
    }
    // Gradient entries are of order 1/T.
    var method = BoundedQuasiNewton()
    method.tolerance = 1e-8 / Double(steps)
    let result = method.minimise(
      logarithmOfExcess, from: start.map { log(min($0, cap)) },
      upperBounds: [Double](repeating: bound, count: steps),
      progress: { progress($0, exp($1)) })
    learningRates = result.point.map { $0 >= bound ? cap : exp($0) }
    let slopes = FinalLossGradient(
      unchecked: model, learningRates, batches: nil, recursion: recursion)
    excess = slopes.excess
    self.cap = cap
    projectedGradient = result.projectedGradient
    iterations = result.iterations
    var integral: [Double] = []
    var residual = 0.0
    for (index, rate) in learningRates.enumerated() {
      // −∂L_T/∂η_t = 2·B_t − 2·η_t·D_t.
      integral.append(rate * (slopes.signals[index] - slopes.rateSlopes[index] / 2))
      if rate < cap { residual = max(residual, abs(rate / slopes.coordinateOptima[index] - 1)) }
    }
    firstIntegral = integral
    coordinateResidual = residual
  }
}
