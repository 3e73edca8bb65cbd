import Glibc
import Numerics
import Support

/// The learning rates that minimise the final loss in the limit of small learning rates, at the same cost
/// for any number of steps.
///
/// At the intrinsic time u = Σ η the best is η(u) = min(cap, A/√(K(τ − u)·(σ² + F(u)))), with A set by the
/// number of steps ∫ du/η = T, and τ by a search in one variable (derived here by Cauchy–Schwarz; neglects
/// the noise that earlier noise makes). Run step by step, its loss is within about 1 % of the optimum's.
public struct SemiAnalyticSchedule: Sendable {
  /// T.
  public let steps: Double

  /// τ = Σ η.
  public let intrinsicTime: Double

  /// The learning-rate cap.
  public let cap: Double

  /// L_T − σ² in the limit: F(τ) and the remaining noise.
  public let excess: Double

  /// The fraction of steps with a learning rate below half the cap.
  public let annealedFraction: Double

  private let times: [Double]
  private let rates: [Double]

  /// Searches the best schedule over T steps, 1 to 10¹⁸, under a cap, by default the stability edge.
  public init(for model: FeatureModel, steps: Double, cap: Double? = nil) throws(InputError) {
    try InputError.check(steps, in: 1...1e18, "number of steps")
    let cap = try model.usableCap(cap)
    self.steps = steps
    self.cap = cap
    let longest = log(cap * steps)
    // Down to where nothing is learned.
    let points = max(16, Int(((longest + 7) / 0.75).rounded(.up)))
    let candidates = (0...points).map { longest - 0.75 * Double($0) }
    let values = candidates.map {
      Plan(model, intrinsicTime: exp($0), steps: steps, cap: cap).excess
    }
    let least = values.indices.min { values[$0] < values[$1] } ?? 0
    let lower = candidates[min(least + 1, points)]
    let upper = candidates[max(least - 1, 0)]
    let best = minimum(in: lower...upper, tolerance: 1e-6) {
      Plan(model, intrinsicTime: exp($0), steps: steps, cap: cap).excess
    }
    let plan = Plan(model, intrinsicTime: exp(best.argument), steps: steps, cap: cap)
    intrinsicTime = exp(best.argument)
    excess = plan.excess
    times = plan.times
    rates = plan.rates
    annealedFraction = plan.fraction(below: cap / 2)
  }

  /// The learning rate of every step.
  public var learningRates: [Double] {
    var index = 0
    return (0..<Int(steps)).map { step in
      let time = Double(step) + 0.5
      while index < times.count - 2, times[index + 1] < time { index += 1 }
      let width = times[index + 1] - times[index]
      let part = width > 0 ? min(max((time - times[index]) / width, 0), 1) : 0
      return rates[index] * (1 - part) + rates[index + 1] * part
    }
  }

  /// The best learning rates for a given τ.
  private struct Plan {
    let excess: Double
    let times: [Double]
    let rates: [Double]

    init(_ model: FeatureModel, intrinsicTime: Double, steps: Double, cap: Double) {
      let grid = IntrinsicGrid(model, intrinsicTime: intrinsicTime)
      let levels = grid.noise.map { $0.squareRoot() }
      func duration(_ amplitude: Double) -> Double {
        grid.integral { max(1 / cap, levels[$0] / amplitude) }
      }
      // Without the cap the amplitude is Σ/T; with it the uncapped steps must be faster.
      let free = grid.integral { levels[$0] } / steps
      var amplitude = free
      if duration(free) > steps * (1 + 1e-12) {
        let widest = log(free) + 60
        let found = root(in: log(free)...widest, tolerance: 1e-10) { duration(exp($0)) - steps }
        amplitude = exp(found ?? widest)
      }
      let rates = levels.map { amplitude < cap * $0 ? amplitude / $0 : cap }
      self.rates = rates
      excess = grid.signal + grid.integral { rates[$0] * grid.noise[$0] } / model.task.batch
      var time = 0.0
      var times = [0.0]
      for index in 1..<grid.times.count {
        let width = grid.times[index] - grid.times[index - 1]
        time += width * (1 / rates[index] + 1 / rates[index - 1]) / 2
        times.append(time)
      }
      // Stretches the trapezoid rule's duration to T.
      let stretch = steps / time
      self.times = times.map { $0 * stretch }
    }

    func fraction(below level: Double) -> Double {
      var below = 0.0
      for index in 1..<times.count where (rates[index] + rates[index - 1]) / 2 < level {
        below += times[index] - times[index - 1]
      }
      return below / (times.last ?? 1)
    }
  }
}
