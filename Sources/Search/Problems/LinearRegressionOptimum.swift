/// Learning rates that make the recursion's loss least, one for every step and free in every way, without
/// weight decay.
///
/// The loss is a quadratic in each single η_t, whose minimum is closed: η_t = Σaλm/Σaλ²(m + cΣm), with m before
/// the step and a = ∂L/∂m after it. Sweeps from the last step to the first lower the loss every time (derived
/// here). Where batches are small they end at one optimum from wherever they start; the less noise there is,
/// the more local optima there are, and with weight decay there are many.
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
  ///   - recursion: the problem, without weight decay, and its number of steps.
  ///   - start: factors of the first learning rates, one a step, relative to those that are stable; nil for 1.
  ///   - mostSweeps: where to stop at the latest.
  /// - Complexity: O(T·D) a sweep and as much memory; some forty sweeps where batches are small.
  public init(
    of recursion: LinearRegressionRecursion, start: [Double]? = nil, mostSweeps: Int = 2000
  ) {
    let problem = recursion.problem
    precondition(problem.weightDecay == 0, "the sweeps know no weight decay")
    let top = max(problem.eigenvalues.max() ?? 1, 1e-300)
    // Inside the region of stability, and so with a finite loss.
    let stable = 1 / (top + problem.noiseStrength * problem.eigenvalues.reduce(0, +))
    var rates = (start ?? [Double](repeating: 1, count: recursion.steps)).map { stable * $0 }
    precondition(rates.count == recursion.steps, "one learning rate a step")
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

  /// One sweep from the last step to the first.
  private static func sweep(_ problem: LinearRegression, _ rates: [Double]) -> [Double] {
    let (eigenvalues, noise) = (problem.eigenvalues, problem.noiseStrength)
    // The second moments before each step.
    var states = [problem.start]
    for rate in rates.dropLast() {
      states.append(advanced(states[states.count - 1], rate, problem))
    }
    var rates = rates
    let scale = 1 / (2 * Double(problem.dimension))
    // a = ∂L/∂m after the step.
    var slopes = [Double](repeating: scale, count: problem.dimension)
    for step in rates.indices.reversed() {
      let squares = states[step]
      let sum = squares.reduce(0, +)
      // L = constant − 2·gain·η + cost·η².
      var gain = 0.0
      var cost = 0.0
      var noiseSlope = 0.0
      for index in eigenvalues.indices {
        let eigenvalue = eigenvalues[index]
        let kick = noise * eigenvalue * eigenvalue
        gain += slopes[index] * (eigenvalue * squares[index])
        cost += slopes[index] * (eigenvalue * (eigenvalue * squares[index]) + kick * sum)
        noiseSlope += slopes[index] * kick
      }
      let rate = cost > 0 ? max(0, gain / cost) : rates[step]
      rates[step] = rate
      for index in eigenvalues.indices {
        let factor = 1 - rate * eigenvalues[index]
        slopes[index] = factor * factor * slopes[index] + rate * rate * noiseSlope
      }
    }
    return rates
  }

  private static func advanced(_ squares: [Double], _ rate: Double, _ problem: LinearRegression)
    -> [Double]
  {
    let sum = squares.reduce(0, +)
    return zip(squares, problem.eigenvalues).map { square, eigenvalue in
      let factor = 1 - rate * eigenvalue
      return factor * factor * square
        + rate * rate * problem.noiseStrength * eigenvalue * eigenvalue * sum
    }
  }
}
