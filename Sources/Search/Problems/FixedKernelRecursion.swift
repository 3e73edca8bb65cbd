import Numerics
import Support

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

  fileprivate let basis: String
  private let transposed: SquareMatrix

  /// The recursion for a kernel with given eigenvectors.
  ///
  /// - Parameters:
  ///   - problem: the problem.
  ///   - steps: T, at least 1.
  ///   - eigenvectors: an orthogonal matrix of D rows, the eigenvectors its columns.
  ///   - basis: the name of the eigenvectors in the identity.
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

  /// The recursion for a kernel with random eigenvectors, drawn by a seed.
  ///
  /// - Throws: `InputError` for a problem of more than 1000 data points.
  /// - Complexity: O(D³).
  public init(_ problem: LinearRegression, steps: Int, kernelSeed: Int = 0) throws(InputError) {
    try InputError.check(Double(problem.dimension), in: 2...1000, "the number of data points")
    self.init(
      problem, steps: steps,
      eigenvectors: .orthogonal(size: problem.dimension, seed: kernelSeed),
      basis: "seed-\(kernelSeed)")
  }

  /// What is trained.
  public var identity: String { "linear-exact \(problem.identity) basis=\(basis) steps=\(steps)" }

  /// The expected loss after the last step; diverged where it once exceeds a million times the first.
  ///
  /// - Complexity: O(T·D³).
  public func outcome(of trial: Trial) -> TrialOutcome {
    TrialOutcome(losses(of: trial.learningRates).last ?? .infinity)
  }

  /// The expected loss after each step.
  ///
  /// - Parameter rates: η_1, η_2, ….
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

/// SGD itself on ``LinearRegression``: a kernel with random eigenvectors that all trials share, first
/// residuals and batches that the seed draws.
public struct SampledLinearRegression: Workload {
  /// The exact expectation of the losses, with the problem and the kernel.
  public let mean: FixedKernelRecursion

  private let kernel: SquareMatrix

  /// SGD over T steps, the kernel's eigenvectors drawn by a seed.
  ///
  /// - Throws: `InputError` for a problem of more than 1000 data points.
  /// - Complexity: O(D³).
  public init(_ problem: LinearRegression, steps: Int, kernelSeed: Int = 0) throws(InputError) {
    mean = try FixedKernelRecursion(problem, steps: steps, kernelSeed: kernelSeed)
    let eigenvectors = mean.eigenvectors
    kernel = eigenvectors * SquareMatrix(diagonal: problem.eigenvalues) * eigenvectors.transposed
  }

  /// T.
  public var steps: Int { mean.steps }

  /// What is trained.
  public var identity: String {
    "linear-sgd \(mean.problem.identity) basis=\(mean.basis) steps=\(steps)"
  }

  /// The seed draws the first residuals and the batches.
  public var isRandom: Bool { true }

  /// The loss after the last step; diverged where it is NaN or a million times the expected first.
  ///
  /// - Complexity: O(D² + T·B·D).
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
