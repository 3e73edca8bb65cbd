import Glibc
import Numerics
import Support

/// The heavy ball whose learning rates and momenta together minimise the final loss.
///
/// ln η and ln(1 − β) are linear between knots that are dense at both ends of the run, which keeps out
/// spikes (this project's own method).
public struct OptimalMomentum: Sendable {
  /// η and β of every step.
  public let steps: MomentumSteps

  /// L_T − σ².
  public let excess: Double

  /// The same with β = 0 throughout.
  public let plainExcess: Double

  /// The factor by which momentum lowers the excess loss.
  public var gain: Double { plainExcess / excess }

  /// η/(1 − β) at every step.
  public var effectiveRates: [Double] {
    zip(steps.rates, steps.momenta).map { $0 / (1 - $1) }
  }

  /// The longest supported run.
  public static let mostSteps = 20_000

  /// Searches η and β over T steps, 2 to 20,000, with η up to a cap, by default the stability edge; and η alone.
  ///
  /// `progress` gets the number of each iteration over all three searches, and stops one by returning false.
  /// Takes some hundred iterations of O(T·modes) time and memory.
  public init(
    for model: FeatureModel, steps: Int, cap: Double? = nil, gradientNoise: GradientNoise,
    progress: @escaping (Int) -> Bool = { _ in true }
  ) throws(InputError) {
    guard steps >= 2 else {
      throw InputError(
        problem: "momentum needs at least 2 steps", hint: "give 2 or more")
    }
    try InputError.check(steps: steps, most: Self.mostSteps)
    let cap = try model.usableCap(cap)
    var iterations = 0
    let search = Search(
      model: model, spline: LogarithmicSpline(steps: steps), cap: cap, gradientNoise: gradientNoise
    ) {
      iterations += 1
      return progress(iterations)
    }
    let plain = search.best(from: search.constant(rate: cap / 4, momentum: 0), usesMomentum: false)
    plainExcess = plain.excess
    // Starts from slightly heavy plain steps, and from heavy ones.
    let starts = [
      plain.point + [Double](repeating: log(0.7), count: plain.point.count),
      search.constant(rate: cap / 4, momentum: 0.8),
    ]
    let found = starts.map { search.best(from: $0, usesMomentum: true) }
    guard let best = found.min(by: { $0.excess < $1.excess }), best.excess.isFinite else {
      throw .notConverged("the momentum search over \(steps) steps")
    }
    self.steps = search.steps(best.point)
    excess = best.excess
  }

  /// The search over the knots of ln η, then of ln(1 − β).
  private struct Search {
    let model: FeatureModel
    let spline: LogarithmicSpline
    let cap: Double
    let gradientNoise: GradientNoise
    let progress: () -> Bool

    /// Equal values at every knot; without momentum only the knots of ln η.
    func constant(rate: Double, momentum: Double) -> [Double] {
      let rates = [Double](repeating: log(rate), count: spline.knots.count)
      guard momentum > 0 else { return rates }
      return rates + [Double](repeating: log(1 - momentum), count: spline.knots.count)
    }

    /// The least ln(1 − β): a memory a thousand times the run's length is as good as an infinite one, where
    /// η/(1 − β) would be undefined.
    private var leastLogarithm: Double { -log(1000 * Double(spline.count)) }

    func steps(_ point: [Double]) -> MomentumSteps {
      let knots = spline.knots.count
      let rates = spline.values(point[..<knots]).map { min(exp($0), cap) }
      let zeros = [Double](repeating: 0, count: rates.count)
      let momenta =
        point.count == knots
        ? zeros : spline.values(point[knots...]).map { 1 - exp(max(leastLogarithm, min($0, 0))) }
      return MomentumSteps(unchecked: rates, momenta: momenta, gradientRates: zeros)
    }

    func best(from start: [Double], usesMomentum: Bool) -> (point: [Double], excess: Double) {
      let knots = spline.knots.count
      func evaluate(_ point: [Double], _ gradient: inout [Double]) -> Double {
        let steps = steps(point)
        let slopes = MomentumGradient(of: model, steps: steps, gradientNoise: gradientNoise)
        let rates = zip(slopes.rateSlopes, steps.rates).map { $0 * $1 / slopes.excess }
        var entries = spline.slopes(rates)
        if usesMomentum {
          // dβ/d ln(1 − β) = −(1 − β).
          let momenta = zip(slopes.momentumSlopes, steps.momenta).map {
            -$0 * (1 - $1) / slopes.excess
          }
          entries += spline.slopes(momenta)
        }
        for index in entries.indices { gradient[index] = entries[index] }
        return log(slopes.excess)
      }
      var method = BoundedQuasiNewton()
      // The excess is off by about the square of this.
      method.tolerance = 1e-6
      method.mostIterations = 400
      var bounds = [Double](repeating: log(cap), count: knots)
      if usesMomentum { bounds += [Double](repeating: 0, count: knots) }
      let result = method.minimise(evaluate, from: start, upperBounds: bounds) { _, _ in progress()
      }
      return (result.point, exp(result.value))
    }
  }
}
