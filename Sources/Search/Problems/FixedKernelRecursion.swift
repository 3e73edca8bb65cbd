import Numerics
import Support

/// The exact expected loss of SGD on ``LinearRegression`` with a given kernel.
///
/// M = E zzᵀ obeys M ← (1 − ηK)M(1 − ηK) + η²k·K(D·diag M − M)K with k = (D − B)/(B(D − 1)), from the first two
/// moments of a batch drawn without replacement (derived here). It is computed in the kernel's eigenbasis.
public struct FixedKernelRecursion: Workload {
  /// The problem.
  public let problem: LinearRegression

  /// T.
  public let steps: Int

  /// V, with the kernel's eigenvectors as columns.
  public let eigenvectors: SquareMatrix

  fileprivate let basis: String
  private let transposed: SquareMatrix

  /// Creates the recursion for T ≥ 1 steps and an orthogonal matrix of D eigenvectors; `basis` names them in
  /// the identity.
  public init(
    _ problem: LinearRegression, steps: Int, eigenvectors: SquareMatrix, basis: String = "given"
  ) {
    precondition(eigenvectors.size == problem.dimension, "a basis for the problem")
    self.problem = problem
    self.steps = steps
    self.eigenvectors = eigenvectors
    self.basis = basis
    transposed = eigenvectors.transposed
  }

  /// Creates the recursion for a kernel with random eigenvectors drawn from a seed.
  ///
  /// Throws `InputError` for more than 1000 data points. O(D³).
  public init(_ problem: LinearRegression, steps: Int, kernelSeed: Int = 0) throws(InputError) {
    try InputError.check(Double(problem.dimension), in: 2...1000, "the number of data points")
    self.init(
      problem, steps: steps,
      eigenvectors: .orthogonal(size: problem.dimension, seed: kernelSeed),
      basis: "seed-\(kernelSeed)")
  }

  /// The problem, the kernel's basis and the number of steps.
  public var identity: String { "linear-exact \(problem.identity) basis=\(basis) steps=\(steps)" }

  /// Returns the expected final loss, in O(T·D³); diverged if it ever exceeds 10⁶ times the first.
  public func outcome(of trial: Trial) -> TrialOutcome {
    TrialOutcome(losses(of: trial.learningRates).last ?? .infinity)
  }

  /// Returns the expected loss after each step of η_1, η_2, …, in O(D³) per step.
  ///
  /// Ends with infinity as soon as the loss exceeds 10⁶ times the first.
  public func losses(of rates: [Double]) -> [Double] {
    let size = problem.dimension
    let strength =
      (Double(size) - Double(problem.batch)) / (Double(problem.batch) * (Double(size) - 1))
    var moments = SquareMatrix(diagonal: problem.start)
    // E(z z₀ᵀ), needed for weight decay, stays diagonal.
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

/// SGD on ``LinearRegression`` with a fixed random kernel; the seed draws the initial residuals and batches.
public struct SampledLinearRegression: Workload {
  /// The exact expected losses, with the problem and the kernel.
  public let mean: FixedKernelRecursion

  private let kernel: SquareMatrix

  /// Creates SGD over T steps with eigenvectors drawn from a seed.
  ///
  /// Throws `InputError` for more than 1000 data points. O(D³).
  public init(_ problem: LinearRegression, steps: Int, kernelSeed: Int = 0) throws(InputError) {
    mean = try FixedKernelRecursion(problem, steps: steps, kernelSeed: kernelSeed)
    let eigenvectors = mean.eigenvectors
    kernel = eigenvectors * SquareMatrix(diagonal: problem.eigenvalues) * eigenvectors.transposed
  }

  /// T.
  public var steps: Int { mean.steps }

  /// The problem, the kernel's seed and the number of steps.
  public var identity: String {
    "linear-sgd \(mean.problem.identity) basis=\(mean.basis) steps=\(steps)"
  }

  /// True: the seed draws the initial residuals and batches.
  public var isRandom: Bool { true }

  /// Returns the final loss, in O(D² + T·B·D); diverged if it is NaN or 10⁶ times the expected first.
  public func outcome(of trial: Trial) -> TrialOutcome {
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(trial.seed)))
    let problem = mean.problem
    let size = problem.dimension
    let first = mean.eigenvectors * problem.start.map { $0.squareRoot() * generator.nextNormal() }
    var residuals = first
    var next = first
    var order = Array(0..<size)
    let scale = Double(size) / Double(problem.batch)
    for rate in trial.learningRates {
      let pull = rate * problem.weightDecay
      for index in 0..<size {
        next[index] = (1 - pull) * residuals[index] + pull * first[index]
      }
      for drawn in 0..<problem.batch {
        order.swapAt(drawn, drawn + generator.nextIndex(below: size - drawn))
        let point = order[drawn]
        let factor = rate * scale * residuals[point]
        for index in 0..<size { next[index] -= factor * kernel.entries[point * size + index] }
      }
      swap(&residuals, &next)
    }
    let loss = residuals.reduce(0) { $0 + $1 * $1 } / (2 * Double(size))
    let expected = problem.start.reduce(0, +) / (2 * Double(size))
    return loss <= LinearRegression.divergenceFactor * expected ? .loss(loss) : .diverged
  }
}
