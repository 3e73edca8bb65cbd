import Numerics
import Schedules

/// SGD itself on ``LinearRegression``: a kernel with random eigenvectors that all trials share, first
/// residuals and batches that the seed draws.
public struct SampledLinearRegression: Workload {
  /// The problem.
  public let problem: LinearRegression

  /// T.
  public let steps: Int

  /// V, whose columns are the kernel's eigenvectors.
  public let eigenvectors: SquareMatrix

  private let kernelSeed: Int
  private let kernel: SquareMatrix

  /// SGD over a number of steps.
  ///
  /// - Parameters:
  ///   - problem: the problem, of at most 1000 data points.
  ///   - steps: T, at least 1.
  ///   - kernelSeed: what makes the kernel's eigenvectors.
  /// - Throws: ``WorkloadError`` for more data points.
  /// - Complexity: O(D³).
  public init(_ problem: LinearRegression, steps: Int, kernelSeed: Int = 0) throws(WorkloadError) {
    precondition(steps > 0, "a run has at least one step")
    try WorkloadError.check(Double(problem.dimension), in: 2...1000, "the number of data points")
    self.problem = problem
    self.steps = steps
    self.kernelSeed = kernelSeed
    eigenvectors = .orthogonal(size: problem.dimension, seed: kernelSeed)
    kernel = eigenvectors * SquareMatrix(diagonal: problem.eigenvalues) * eigenvectors.transposed
  }

  /// What is trained.
  public var identity: String {
    "linear-sgd \(problem.identity) basis=seed-\(kernelSeed) steps=\(steps)"
  }

  /// The seed draws the first residuals and the batches.
  public let isRandom = true

  /// The loss after the last step.
  ///
  /// - Parameter trial: of ``steps`` steps.
  /// - Returns: the loss; diverged where it is a million times what is expected of the first, or no number.
  /// - Complexity: O(D² + T·B·D).
  public func outcome(of trial: Trial) -> TrialOutcome {
    precondition(trial.schedule.steps == steps, "the schedule has the workload's steps")
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(trial.seed)))
    let size = problem.dimension
    let first = eigenvectors * problem.start.map { $0.squareRoot() * generator.nextNormal() }
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
