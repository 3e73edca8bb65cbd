import Schedules

/// The expected loss of SGD on ``LinearRegression`` with one given kernel, exactly.
///
/// M = E zzᵀ obeys M ← (1 − ηK)M(1 − ηK) + η²k·K(D·diag M − M)K with k = (D − B)/(B(D − 1)): the first two moments
/// of a batch drawn without replacement (derived here). It is carried along in the kernel's eigenbasis.
public struct FixedKernelRecursion: Workload {
  /// The problem.
  public let problem: LinearRegression

  /// T.
  public let steps: Int

  /// V, whose columns are the kernel's eigenvectors.
  public let eigenvectors: SquareMatrix

  private let basis: String
  private let transposed: SquareMatrix

  /// The recursion for a kernel with given eigenvectors.
  ///
  /// - Parameters:
  ///   - problem: the problem.
  ///   - steps: T, at least 1.
  ///   - eigenvectors: an orthogonal matrix of D rows, the eigenvectors its columns.
  ///   - basis: what the eigenvectors are called in the identity.
  public init(
    _ problem: LinearRegression, steps: Int, eigenvectors: SquareMatrix, basis: String = "given"
  ) {
    precondition(steps > 0 && eigenvectors.size == problem.dimension, "a basis for the problem")
    self.problem = problem
    self.steps = steps
    self.eigenvectors = eigenvectors
    self.basis = basis
    transposed = eigenvectors.transposed
  }

  /// The recursion for a kernel with random eigenvectors.
  ///
  /// - Parameters:
  ///   - problem: the problem, of at most 1000 data points.
  ///   - steps: T, at least 1.
  ///   - kernelSeed: what makes the eigenvectors.
  /// - Throws: ``WorkloadError`` for more data points.
  /// - Complexity: O(D³).
  public init(_ problem: LinearRegression, steps: Int, kernelSeed: Int = 0) throws(WorkloadError) {
    try WorkloadError.check(Double(problem.dimension), in: 2...1000, "the number of data points")
    self.init(
      problem, steps: steps,
      eigenvectors: .orthogonal(size: problem.dimension, seed: kernelSeed),
      basis: "seed-\(kernelSeed)")
  }

  /// What is trained.
  public var identity: String { "linear-exact \(problem.identity) basis=\(basis) steps=\(steps)" }

  /// It is an expectation.
  public let isRandom = false

  /// The expected loss after the last step.
  ///
  /// - Parameter trial: of ``steps`` steps.
  /// - Returns: the loss; diverged where it once exceeds a million times the first.
  /// - Complexity: O(T·D³).
  public func outcome(of trial: Trial) -> TrialOutcome {
    precondition(trial.schedule.steps == steps, "the schedule has the workload's steps")
    return TrialOutcome(losses(of: trial.learningRates).last ?? .infinity)
  }

  /// The expected loss after each step.
  ///
  /// - Parameter rates: η_1, η_2, …
  /// - Returns: one loss a step; it ends on infinity as soon as one exceeds a million times the first.
  /// - Complexity: O(rates · D³).
  public func losses(of rates: [Double]) -> [Double] {
    let size = problem.dimension
    let strength =
      (Double(size) - Double(problem.batch)) / (Double(problem.batch) * (Double(size) - 1))
    var moments = SquareMatrix(diagonal: problem.start)
    // E(z z₀ᵀ), which weight decay needs; it stays diagonal.
    var correlations = problem.start
    let scale = 1 / (2 * Double(size))
    let limit = LinearRegression.divergenceFactor * problem.start.reduce(0, +) * scale
    var losses: [Double] = []
    for rate in rates {
      let pull = rate * problem.weightDecay
      let factors = problem.eigenvalues.map { (1 - pull) - rate * $0 }
      // diag M in the basis of the data, and back.
      let half = eigenvectors * moments
      let perPoint = (0..<size).map { row in
        (0..<size).reduce(0) { $0 + half[row, $1] * eigenvectors[row, $1] }
      }
      var weighted = eigenvectors
      for row in 0..<size {
        for column in 0..<size { weighted[row, column] *= perPoint[row] }
      }
      let spread = transposed * weighted
      for row in 0..<size {
        for column in 0..<size {
          let noise =
            rate * rate * strength * problem.eigenvalues[row] * problem.eigenvalues[column]
            * (Double(size) * spread[row, column] - moments[row, column])
          moments[row, column] = factors[row] * factors[column] * moments[row, column] + noise
        }
        let carried = factors[row] * correlations[row]
        moments[row, row] += 2 * pull * carried + pull * pull * problem.start[row]
        correlations[row] = carried + pull * problem.start[row]
      }
      let loss = moments.diagonal.reduce(0, +) * scale
      guard loss <= limit else { return losses + [.infinity] }
      losses.append(loss)
    }
    return losses
  }
}
