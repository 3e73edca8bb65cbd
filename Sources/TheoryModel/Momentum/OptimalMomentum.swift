import Glibc
import Numerics
import Support

/// The heavy ball whose learning rates and momenta together make the loss at the end least.
///
/// ln η and ln(1 − β) are linear between knots that are dense at both ends of the run, and are searched
/// together (this project's own; the smoothness of the knots keeps out spikes).
public struct OptimalMomentum: Sendable {
  /// η and β of every step.
  public let steps: MomentumSteps

  /// L_T − σ².
  public let excess: Double

  /// The same with β = 0 throughout and the best η of the same smoothness.
  public let plainExcess: Double

  /// How many times smaller the excess loss is with momentum.
  public var gain: Double { plainExcess / excess }

  /// η/(1 − β) at every step.
  public var effectiveRates: [Double] {
    zip(steps.rates, steps.momenta).map { $0 / (1 - $1) }
  }

  /// The longest run that is searched.
  public static let mostSteps = 20_000

  /// Searches both over T steps, 2 to 20 000, with η up to a cap, by default the stability edge; and the
  /// plain optimum beside them.
  ///
  /// `progress` is called after each iteration with its number, over all three searches; false stops one.
  ///
  /// - Throws: `InputError`.
  /// - Complexity: O(T·modes) an iteration, some hundred iterations; O(T·modes) memory.
  public init(
    for model: FeatureModel, steps: Int, cap: Double? = nil, gradientNoise: GradientNoise,
    progress: @escaping (Int) -> Bool = { _ in true }
  ) throws(InputError) {
    guard steps >= 2 else {
      throw InputError(
        problem: "momentum shows from the second step on", hint: "give at least 2 steps")
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
    // From plain steps that are slightly heavy, and from heavy ones.
    let starts = [
      plain.point + [Double](repeating: log(0.7), count: plain.point.count),
      search.constant(rate: cap / 4, momentum: 0.8),
    ]
    let found = starts.map { search.best(from: $0, usesMomentum: true) }
    guard let best = found.min(by: { $0.excess < $1.excess }), best.excess.isFinite else {
      throw .notConverged("the best momentum over \(steps) steps")
    }
    self.steps = search.steps(best.point)
    excess = best.excess
  }

  /// The search over the knots: those of ln η first, then those of ln(1 − β).
  private struct Search {
    let model: FeatureModel
    let spline: LogarithmicSpline
    let cap: Double
    let gradientNoise: GradientNoise
    let progress: () -> Bool

    /// The same values at every knot; without momentum the knots of ln η alone.
    func constant(rate: Double, momentum: Double) -> [Double] {
      let rates = [Double](repeating: log(rate), count: spline.knots.count)
      guard momentum > 0 else { return rates }
      return rates + [Double](repeating: log(1 - momentum), count: spline.knots.count)
    }

    /// The least ln(1 − β): a memory a thousand times as long as the run is as good as one without end,
    /// whose β = 1 has no η/(1 − β).
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
