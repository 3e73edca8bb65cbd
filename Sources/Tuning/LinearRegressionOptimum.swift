import Numerics
import Workloads

/// The learning rates that make the recursion's loss least, one for every step and free in every way: the
/// ground truth that a search over shapes is measured by.
///
/// The loss is a quadratic in each single η_t, whose minimum is closed: without weight decay
/// η_t = Σaλm/Σaλ²(m + cΣm), with m before the step and a = ∂L/∂m after it. Sweeps from the last step to the
/// first lower the loss every time (derived here).
public struct LinearRegressionOptimum: Sendable {
  /// η_1 … η_T.
  public let learningRates: [Double]

  /// The loss after the last step.
  public let loss: Double

  /// How many sweeps it took.
  public let sweeps: Int

  /// Whether the last sweep lowered the loss by less than 10⁻¹⁴ of it.
  public let isConverged: Bool

  /// Searches the optimum.
  ///
  /// - Parameters:
  ///   - recursion: the problem and its number of steps.
  ///   - mostSweeps: where to stop at the latest.
  /// - Complexity: O(T·D) a sweep and as much memory; some forty sweeps where batches are small.
  public init(of recursion: LinearRegressionRecursion, mostSweeps: Int = 2000) {
    let problem = recursion.problem
    let top = max(problem.eigenvalues.max() ?? 1, 1e-300)
    // Inside the region of stability, and so with a finite loss.
    var rates = [Double](
      repeating: 1 / (top + problem.noiseStrength * problem.eigenvalues.reduce(0, +)),
      count: recursion.steps)
    var loss = recursion.loss(of: rates)
    var sweeps = 0
    var isConverged = false
    while sweeps < mostSweeps, !isConverged {
      rates = Self.sweep(problem, rates)
      sweeps += 1
      let next = recursion.loss(of: rates)
      isConverged = loss - next <= 1e-14 * next
      loss = next
    }
    learningRates = rates
    self.loss = loss
    self.sweeps = sweeps
    self.isConverged = isConverged
  }

  /// The state before a step: second moments, and correlations with the start.
  private struct Moments {
    var squares: [Double]
    var correlations: [Double]
  }

  /// One sweep from the last step to the first.
  private static func sweep(_ problem: LinearRegression, _ rates: [Double]) -> [Double] {
    let (eigenvalues, decay, noise) =
      (problem.eigenvalues, problem.weightDecay, problem.noiseStrength)
    var states = [Moments(squares: problem.start, correlations: problem.start)]
    for rate in rates.dropLast() {
      states.append(advanced(states[states.count - 1], rate, problem))
    }
    var rates = rates
    let scale = 1 / (2 * Double(problem.dimension))
    // a = ∂L/∂m and b = ∂L/∂r after the step.
    var slopes = [Double](repeating: scale, count: problem.dimension)
    var correlationSlopes = [Double](repeating: 0, count: problem.dimension)
    for step in rates.indices.reversed() {
      let state = states[step]
      let sum = state.squares.reduce(0, +)
      // L = constant − 2·gain·η + cost·η².
      var gain = 0.0
      var cost = 0.0
      var noiseSlope = 0.0
      for index in eigenvalues.indices {
        let (square, correlation, start) =
          (state.squares[index], state.correlations[index], problem.start[index])
        let pull = eigenvalues[index] + decay
        let kick = noise * eigenvalues[index] * eigenvalues[index]
        gain +=
          slopes[index] * (pull * square - decay * correlation)
          + correlationSlopes[index] * (pull * correlation - decay * start) / 2
        cost +=
          slopes[index]
          * (pull * (pull * square - 2 * decay * correlation) + decay * decay * start + kick * sum)
        noiseSlope += slopes[index] * kick
      }
      let rate = cost > 0 ? max(0, gain / cost) : rates[step]
      rates[step] = rate
      for index in eigenvalues.indices {
        let factor = 1 - rate * (eigenvalues[index] + decay)
        correlationSlopes[index] =
          factor * correlationSlopes[index] + 2 * factor * rate * decay * slopes[index]
        slopes[index] = factor * factor * slopes[index] + rate * rate * noiseSlope
      }
    }
    return rates
  }

  private static func advanced(_ state: Moments, _ rate: Double, _ problem: LinearRegression)
    -> Moments
  {
    var next = state
    let sum = state.squares.reduce(0, +)
    let pull = rate * problem.weightDecay
    for index in problem.eigenvalues.indices {
      let eigenvalue = problem.eigenvalues[index]
      let factor = 1 - rate * (eigenvalue + problem.weightDecay)
      let carried = factor * state.correlations[index]
      next.squares[index] =
        factor * factor * state.squares[index] + 2 * pull * carried
        + pull * pull * problem.start[index]
        + rate * rate * problem.noiseStrength * eigenvalue * eigenvalue * sum
      next.correlations[index] = carried + pull * problem.start[index]
    }
    return next
  }
}
